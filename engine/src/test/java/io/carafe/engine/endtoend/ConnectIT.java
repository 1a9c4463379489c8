package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `carafe network connect` and `disconnect`, of containers that run and of such that don't, on a machine with network
/// and mount namespaces of its own.
@EndToEnd
class ConnectIT {
    private static Machine machine;

    /// A server that says its name to everybody, what is asked of one, and what must be gone at the end.
    private static final String PRELUDE = """
            export CARAFE_DATA_ROOT=$dir/data
            carafe() { timeout 30 $carafe "$@"; }
            server() { # NAME NETWORK OPTION...
                name=$1 network=$2; shift 2
                carafe run -d --name $name --network $network "$@" host socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:"echo $name" >/dev/null
            }
            ask() { carafe exec $1 sh -c "for i in \\$(seq 100); do socat -T2 - TCP:$2:80,connect-timeout=1 2>/dev/null </dev/null && exit; sleep 0.05; done; exit 9"; }
            knows() { carafe exec $1 getent ahostsv4 $2 >/dev/null && echo yes || echo no; }
            left() {
                ip -br link | grep -E '^(cf|cv)'; nft list tables | grep carafe; pgrep -x carafe-net
                find /run/carafe/networks -type f 2>/dev/null
            }
            gone() { for i in $(seq 100); do [ -z "$(left)" ] && return; sleep 0.05; done; echo "left: $(left)"; exit 8; }
            """;

    @BeforeAll
    static void machines() {
        machine = Machine.with("nft", "ip", "socat", "getent");
    }

    @AfterAll
    static void gone() {
        if (machine != null) {
            machine.close();
        }
    }

    private static String get(String script) {
        Run run = machine.run(PRELUDE + script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    private static String refused(String script) {
        Run run = machine.run(PRELUDE + script);
        assertThat(run.code()).as(run.toString()).isNotZero();
        return run.err();
    }

    /// What a test that has failed leaves running would fail the next one, too.
    @AfterEach
    void calm() {
        machine.run(PRELUDE + """
                carafe rm -f $(carafe ps -aq) >/dev/null 2>&1
                carafe network prune -f; for i in $(seq 200); do pgrep -x carafe-net || break; sleep 0.05; done""");
    }

    @Test
    void whoIsConnectedIsReachedByNameAndWhoIsDisconnectedIsNot() {
        assertThat(get("""
                carafe network create --ipv6 one >/dev/null; carafe network create --ipv6 two >/dev/null
                server a one; server b two
                knows a b
                carafe network connect --alias store two a
                ask a b; ask b a; ask b store
                carafe exec a sh -c 'ls /sys/class/net; ip route show default | wc -l'
                carafe exec a sh -c 'getent ahostsv6 b | head -1 | cut -c1-2'
                carafe network inspect -f '{{json .Containers}}' two | grep -o '"Name":"[ab]"' | sort
                carafe network rm two 2>&1 | grep -cE 'in use by (a, b|b, a);'
                B=$(carafe exec b hostname -I | cut -d' ' -f1)
                carafe network disconnect two a
                knows a b; knows b a; knows b store; carafe exec a ls /sys/class/net
                carafe exec a socat - TCP:$B:80,connect-timeout=1 2>&1 </dev/null | grep -oE 'timed out|unreachable'
                carafe rm -f b >/dev/null; carafe network rm two
                carafe rm -f a >/dev/null; gone
                """)).isEqualTo("""
                        no
                        b
                        a
                        a
                        eth0
                        eth1
                        lo
                        1
                        fd
                        "Name":"a"
                        "Name":"b"
                        1
                        no
                        no
                        no
                        eth0
                        lo
                        timed out
                        two""");
    }

    @Test
    void nothingIsLeftOfNetworksThatCameLaterWhoeverIsKilled() {
        assertThat(get("""
                echo 0 >/proc/sys/net/ipv4/ip_forward
                carafe network create --internal apart >/dev/null; carafe network create out >/dev/null
                carafe run --rm -d --name a --network apart --egress deny host sleep 1000 >/dev/null
                cat /proc/sys/net/ipv4/ip_forward
                carafe network connect out a; cat /proc/sys/net/ipv4/ip_forward
                nft list table inet carafe | grep -c 'chain from-'
                carafe rm -f a; gone; cat /proc/sys/net/ipv4/ip_forward
                carafe run -d --name b --network apart host sleep 1000 >/dev/null; carafe network connect out b
                kill -9 $(pgrep -o -x carafe-monitor); gone; echo swept; carafe rm -f b
                """)).isEqualTo("0\n1\n2\na\n0\nswept\nb");
    }

    @Test
    void portsAndTheWayOutGoByTheNetworksThatAreLeft() {
        assertThat(get("""
                for n in one two; do carafe network create $n >/dev/null; done
                ip link add outer type bridge; ip addr add 198.51.100.1/24 dev outer; ip link set outer up
                server a one -p 8080:80 -p 198.51.100.1:8081:80
                from() { for i in $(seq 50); do socat -T2 - TCP:$1 2>/dev/null </dev/null | grep . && return; sleep 0.05; done; echo nobody; }
                from 127.0.0.1:8080; from 198.51.100.1:8081
                carafe network connect two a; carafe network disconnect one a
                from 127.0.0.1:8080; from 198.51.100.1:8081; carafe port a | wc -l
                carafe exec a ip route show default | grep -o 'dev eth1'
                nft list map inet carafe ports4 | grep -c 8081
                carafe network disconnect two a
                socat -T2 - TCP:127.0.0.1:8080 </dev/null; carafe port a | wc -l; carafe exec a ls /sys/class/net
                nft list map inet carafe ports4 | grep -c 8081
                carafe network connect one a; from 127.0.0.1:8080; from 198.51.100.1:8081; carafe port a 80
                nft flush ruleset; carafe network connect two a; from 198.51.100.1:8081
                nft list map inet carafe ports4 | grep -c 8081
                carafe restart a >/dev/null; from 127.0.0.1:8080; carafe exec a ls /sys/class/net
                carafe rm -f a >/dev/null; ip link del outer; gone
                """))
                .isEqualTo("a\na\na\na\n2\ndev eth1\n1\n0\nlo\n0\na\na\n127.0.0.1:8080\n198.51.100.1:8081\na\n1\na\n"
                        + "eth0\neth1\nlo");
    }

    @Test
    void whatDoesntRunHasItAtItsNextStart() {
        assertThat(get("""
                carafe network create --subnet 10.77.0.0/24 chosen >/dev/null; carafe network create other >/dev/null
                carafe create --name a --network other host sleep 1000 >/dev/null
                carafe network connect --ip 10.77.0.9 --mac-address 02:00:00:00:00:09 --alias nine chosen a
                carafe network disconnect other a
                carafe start a >/dev/null
                carafe exec a sh -c 'ip -br -4 addr show eth0 | grep -o 10.77.0.9/24; cat /sys/class/net/eth0/address; ls /sys/class/net'
                carafe exec a getent hosts nine | grep -o 10.77.0.9
                carafe network connect --ip 10.77.0.9 other a 2>&1 | grep -o 'is no address of a box'
                carafe rm -f a >/dev/null; gone
                """)).isEqualTo("10.77.0.9/24\n02:00:00:00:00:09\neth0\nlo\n10.77.0.9\nis no address of a box");
    }

    @Test
    void listsShowPortsAndNetworks() {
        assertThat(get("""
                carafe network create one >/dev/null; carafe network create two >/dev/null
                carafe run -d --name a --network one --network two -p 8080:80 -p 0.0.0.0:9000-9002:90-92/udp host sleep 1000 >/dev/null
                carafe run -d --name b --network two host sleep 1000 >/dev/null; carafe create --name c --network one host true >/dev/null
                carafe ps | grep -oE 'PORTS|127.0.*tcp, 0.*udp'
                carafe ps -a --format '{{.Names}} {{.Ports}} {{.Networks}}' | sort
                carafe ps -a --filter network=two --format '{{.Names}}' | sort
                carafe ps -a --filter network=$(carafe network inspect -f '{{.Id}}' one) -q | wc -l
                carafe network disconnect two b; carafe ps --filter network=two --format json | grep -o '"Names":"."'
                carafe inspect -f '{{json .NetworkSettings.Ports}}' a | grep -oE '"80/tcp":[^]]*]' | tr -d ' '
                carafe inspect -f '{{.NetworkSettings.Networks.two.Interface}} {{.HostConfig.NetworkMode}}' a
                """)).isEqualTo("""
                        PORTS
                        127.0.0.1:8080->80/tcp, 0.0.0.0:9000-9002->90-92/udp
                        a 127.0.0.1:8080->80/tcp, 0.0.0.0:9000-9002->90-92/udp one,two
                        b  two
                        c  one
                        a
                        b
                        2
                        "Names":"a"
                        "80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]
                        eth1 one""");
    }

    @Test
    void whatCanNotBeIsRefused() {
        get("""
                carafe network create one >/dev/null; carafe network create two >/dev/null
                server a one; carafe run -d --name apart --network none host sleep 1000 >/dev/null
                carafe run -d --name same --network host host sleep 1000 >/dev/null
                carafe run -d --name with --network container:a host sleep 1000 >/dev/null""");
        assertThat(refused("carafe network connect one a")).contains("container a is already connected to network one");
        assertThat(refused("carafe network disconnect two a")).contains("a is not connected to network two");
        assertThat(refused("carafe network connect nowhere a")).contains("network nowhere");
        assertThat(refused("carafe network disconnect nowhere a")).contains("network nowhere");
        assertThat(refused("carafe network connect one nobody")).contains("container nobody does not exist");
        assertThat(refused("carafe network disconnect -f one nobody")).contains("container nobody does not exist");
        assertThat(refused("carafe network connect one apart")).contains("made with --network none");
        assertThat(refused("carafe network connect one same")).contains("the host's network");
        assertThat(refused("carafe network connect one with")).contains("shares the network of another one");
        assertThat(refused("carafe network connect --mac-address x two a")).contains("six bytes");
    }
}
