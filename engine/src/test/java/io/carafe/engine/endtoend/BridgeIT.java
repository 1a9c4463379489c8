package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `--network bridge` and `carafe network`: boxes, the machine that they are on, and another one at the end
/// of a cable. The machine has network and mount namespaces of its own, so nobody else's interfaces and
/// filters are touched.
@EndToEnd
class BridgeIT {
    private static Machine machine;
    private static Machine other;

    /// Waits until a command succeeds; a box with a name, which runs until the script ends; and what must be
    /// gone then.
    private static final String PRELUDE = """
            export CARAFE_DATA_ROOT=$dir/data PUB=198.51.100.1 OTHER=198.51.100.2
            until_true() { for i in $(seq 100); do "$@" >/dev/null 2>&1 && return; sleep 0.05; done; echo "never: $*"; exit 9; }
            carafe() { timeout 30 $carafe "$@"; }
            box() { $carafe run "$@" & }
            end() {
                kill $(jobs -p) 2>/dev/null; wait
                [ -n "$alone" ] || return 0
                for i in $(seq 100); do
                    left=$(ip -br link | grep -E '^(cf|cv)'; nft list tables | grep carafe; pgrep -x carafe-net)
                    left=$left$(find /run/carafe/networks -type f 2>/dev/null)
                    [ -z "$left" ] && return; sleep 0.05
                done
                echo "left: $left"; cat /proc/sys/net/ipv4/ip_forward
            }
            trap end EXIT
            """;

    @BeforeAll
    static void machines() {
        machine = Machine.with("nft", "ip", "socat", "getent");
        other = Machine.with("ip", "socat");
        machine.cable(other, "198.51.100.1/24", "198.51.100.2/24");
    }

    @AfterAll
    static void gone() {
        if (other != null) {
            other.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    private static Run run(String script) {
        return machine.run(PRELUDE + script);
    }

    /// Of a test that has nothing else running: nothing is left then.
    private static String alone(String script) {
        return get("alone=yes\n" + script);
    }

    private static String get(String script) {
        Run run = run(script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    /// What runs until its input ends, once it has said that it is ready.
    private static Started begun(String script) {
        return machine.start("alone=yes\n" + PRELUDE + script + "\necho ready; cat >/dev/null")
                .says("ready");
    }

    private static void end(Started begun) {
        Run run = begun.input("").finish();
        assertThat(run.out()).as(run.toString()).endsWith("ready\n"); // else something is left
    }

    /// What a test that has failed leaves running would fail the next one, too.
    @AfterEach
    void calm() {
        machine.run("pkill -x carafe-box; while pgrep -x carafe-net; do sleep 0.05; done");
    }

    @Test
    void aBoxReachesOthersWithTheMachinesAddress() {
        Started server = other.start(
                "socat TCP-LISTEN:9000,fork,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR' &"
                        + " until socat /dev/null TCP:127.0.0.1:9000; do sleep 0.05; done; echo ready; cat >/dev/null; kill %1");
        server.says("ready");
        assertThat(alone("carafe run --network bridge host socat -T2 - TCP:$OTHER:9000 </dev/null"))
                .isEqualTo("198.51.100.1");
        assertThat(
                        alone(
                                "carafe run --network none host socat -T2 - TCP:$OTHER:9000 2>&1 </dev/null | grep -o unreachable"))
                .isEqualTo("unreachable");
        assertThat(alone(
                        "carafe run --network bridge --egress deny host socat -T2 - TCP:$OTHER:9000,connect-timeout=1 2>&1"
                                + " </dev/null | grep -o 'timed out'"))
                .isEqualTo("timed out");
        assertThat(alone("carafe run --network bridge --egress $OTHER/31:9000-9001 host socat -T2 - TCP:$OTHER:9000"
                        + " </dev/null"))
                .isEqualTo("198.51.100.1");
        assertThat(alone("carafe run --network bridge --egress 198.51.100.0/24:9001 host socat -T2 -"
                        + " TCP:$OTHER:9000,connect-timeout=1 2>&1 </dev/null | grep -o 'timed out'"))
                .isEqualTo("timed out");
        server.input("").finish();
    }

    @Test
    void anImagesContainerIsOnTheBridgeWithoutAsking() {
        assertThat(alone("""
                mkdir -p $dir/root/bin && cp "$(command -v busybox)" $dir/root/bin/ls
                tar -C $dir/root -c . | carafe import - list:1 >/dev/null
                carafe run --rm list:1 ls /sys/class/net | tr '\\n' ' '
                carafe run --rm --network none list:1 ls /sys/class/net
                CARAFE_NETWORK=none carafe run --rm list:1 ls /sys/class/net
                carafe run --reproducible list:1 ls /sys/class/net""")).isEqualTo("eth0 lo lo\nlo\nlo");
    }

    /// Whose cable the kernel hasn't taken away yet.
    @Test
    void aContainerIsStartedAgainAtOnce() {
        assertThat(alone("""
                mkdir -p $dir/root/bin && cp "$(command -v busybox)" $dir/root/bin/true
                tar -C $dir/root -c . | carafe import - again:1 >/dev/null
                carafe run --name again again:1 true
                for i in $(seq 60); do carafe start -a again || echo "failed: $i"; done
                carafe rm again""")).isEqualTo("again");
    }

    @Test
    void theBridgeStaysAMomentForTheNextBox() {
        assertThat(alone("""
                for i in 1 2 3; do carafe run --network bridge host true; ls /sys/class/net | grep cf >>$dir/seen; done
                sort $dir/seen | uniq -c | tr -s ' ' | cut -d' ' -f2; pgrep -xc carafe-linger""")).isEqualTo("3\n2");
    }

    @Test
    void theDefaultNetworkMakesWayForOthersAddresses() {
        assertThat(alone("""
                carafe network ls >/dev/null
                ip link add elsewhere type bridge; ip addr add 10.91.1.1/24 dev elsewhere; ip link set elsewhere up
                carafe run --network bridge host sh -c 'ip -4 -br addr show eth0 | grep -o 10.9[12]'
                ip link del elsewhere""")).isEqualTo("10.92");
    }

    @Test
    void whoseWaysOutAreNamedCanNotForgeItsSender() {
        assertThat(run("carafe run --network bridge --egress deny --cap-add NET_RAW host true")
                        .err())
                .contains("with the capabilities NET_ADMIN or NET_RAW a box can send as somebody else");
        assertThat(alone("carafe run --network bridge --egress deny host grep CapEff /proc/self/status"))
                .isEqualTo("CapEff:\t00000000a80405fb".replace("a80405fb", bounded()));
        assertThat(run("carafe run --network bridge --egress example.org:443 host true")
                        .err())
                .contains("a domain can't be allowed");
    }

    /// What a box has, without NET_RAW (bit 13).
    private static String bounded() {
        String usual = alone("carafe run --network bridge host sh -c 'grep CapEff /proc/self/status | cut -f2'");
        return "%08x".formatted(Long.parseLong(usual, 16) & ~(1L << 13));
    }

    @Test
    void boxesFindEachOtherByNameAndAlias() {
        Started web = begun("""
                box --network bridge --network-alias web -h shop host socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo hello'
                until_true grep -qr web /run/carafe/networks""");
        assertThat(get("""
                carafe run --network bridge host sh -c '
                    a=$(getent ahostsv4 web | cut -d" " -f1 | sort -u); b=$(getent ahostsv4 shop | cut -d" " -f1 | sort -u)
                    [ "$a" = "$b" ] && getent hosts $a | grep -o web
                    until socat -T2 - TCP:web:80 2>/dev/null </dev/null; do sleep 0.05; done
                    getent hosts nobody-is-called-so || echo unknown'
                """)).isEqualTo("web\nhello\nunknown");
        end(web);
    }

    @Test
    void publishedPortsLeadToTheBoxFromWhereTheyAreMeantTo() {
        Started box = begun("""
                box --network bridge -p 8080:80 -p $PUB:8081-8082:80-81 -p 5353:53/udp host sh -c '
                    socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:"echo 80 \\$SOCAT_PEERADDR" &
                    socat TCP-LISTEN:81,fork,reuseaddr SYSTEM:"echo 81" & socat UDP-LISTEN:53,fork EXEC:cat & wait'
                until_true sh -c 'socat -T1 - TCP:127.0.0.1:8080 </dev/null | grep 80'
                until_true sh -c 'echo ping | socat -T1 - UDP:127.0.0.1:5353 | grep ping'""");
        assertThat(machine.get("""
                s() { timeout 5 socat -T2 - $1 </dev/null 2>&1; }
                s TCP:127.0.0.1:8080 | cut -d' ' -f1; s TCP:198.51.100.1:8082; s TCP:198.51.100.1:8080 | grep -o refused
                """)).isEqualTo("80\n81\nrefused");
        assertThat(other.get("""
                s() { timeout 5 socat -T2 - $1,connect-timeout=2 </dev/null 2>&1; }
                s TCP:198.51.100.1:8081; s TCP:198.51.100.1:8080 | grep -o refused
                """)).isEqualTo("80 198.51.100.2\nrefused"); // the box sees who it is
        assertThat(machine.run("CARAFE_DATA_ROOT=$dir/data $carafe run --network bridge -p 8080:80 host true")
                        .err())
                .contains("publish tcp port 8080 of 127.0.0.1: Address in use");
        machine.get("nft flush ruleset"); // a firewall that begins anew
        assertThat(other.get("timeout 5 socat -T2 - TCP:198.51.100.1:8081 </dev/null | cut -d' ' -f1"))
                .isEqualTo("80"); // meanwhile by the way of this machine's own connections
        machine.get("CARAFE_DATA_ROOT=$dir/data $carafe network reload");
        assertThat(other.get("timeout 5 socat -T2 - TCP:198.51.100.1:8081 </dev/null"))
                .isEqualTo("80 198.51.100.2");
        end(box);
    }

    @Test
    void whatIsPublishedOnTheLoopbackIsNobodyElses() { // CVE-2020-8558: a neighbour sends to 127.0.0.1 over the wire
        Started box = begun("""
                box --network bridge -p 8080:80 host socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo secret'
                until_true sh -c 'socat -T1 - TCP:127.0.0.1:8080 </dev/null | grep secret'""");
        assertThat(other.run("""
                ip route add 127.0.0.1/32 via 198.51.100.1 dev cable table 9; ip rule add to 127.0.0.1/32 pref 1 table 9
                ip rule add pref 2 table local; ip rule del pref 0
                sysctl -qw net.ipv4.conf.all.route_localnet=1
                timeout 3 socat -T1 - TCP:127.0.0.1:8080,bind=198.51.100.2,connect-timeout=1 </dev/null
                ip rule add pref 0 table local; ip rule del pref 1; ip rule del pref 2; ip route flush table 9
                sysctl -qw net.ipv4.conf.all.route_localnet=0""").out()).doesNotContain("secret");
        assertThat(other.run("""
                ip route add 10.91.0.0/16 via 198.51.100.1
                a=%s; timeout 3 socat -T1 - TCP:$a:80,connect-timeout=1 </dev/null; ip route del 10.91.0.0/16
                """.formatted(machine.get("ls /run/carafe/networks/*/cf*")))
                        .out())
                .doesNotContain("secret");
        end(box);
    }

    @Test
    void networksAreApartAndInternalOnesLeadNowhere() {
        Started boxes = begun("""
                carafe network create one >/dev/null; carafe network create --internal two >/dev/null
                box --network one --network-alias a host socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo a'
                box --network two --network-alias b host socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo b'
                until_true sh -c '[ $(ls /run/carafe/networks/*/cf*/* | wc -l) = 2 ]'""");
        assertThat(get("""
                A=$(basename $(grep -rl ' a\\|^a' /run/carafe/networks/*/cf*))
                carafe run --network two host sh -c "
                    until socat -T2 - TCP:b:80 2>/dev/null </dev/null; do sleep 0.05; done
                    getent hosts a || echo unknown
                    socat - TCP:$A:80,connect-timeout=1 2>&1 </dev/null | grep -o unreachable
                    socat - TCP:$OTHER:9000,connect-timeout=1 2>&1 </dev/null | grep -o unreachable"
                carafe run --network bridge host socat - TCP:$A:80,connect-timeout=1 2>&1 </dev/null | grep -o 'timed out'
                carafe run --network one --network two host sh -c '
                    ls /sys/class/net; for n in a b; do until socat -T2 - TCP:$n:80 2>/dev/null </dev/null; do sleep 0.05; done; done'
                """)).isEqualTo("b\nunknown\nunreachable\nunreachable\ntimed out\neth0\neth1\nlo\na\nb");
        assertThat(machine.run("CARAFE_DATA_ROOT=$dir/data $carafe network rm one")
                        .err())
                .contains("network one is in use by a");
        end(boxes);
        assertThat(machine.get("CARAFE_DATA_ROOT=$dir/data $carafe network rm one two"))
                .isEqualTo("one\ntwo");
    }

    @Test
    void addressesCanBeChosen() {
        assertThat(alone("""
                carafe network create --subnet 10.77.0.0/24 --subnet fd77::/64 --ip-range 10.77.0.128/25 -o mtu=1400 chosen >/dev/null
                carafe run --network chosen --ip 10.77.0.9 --ip6 fd77::9 --mac-address 02:00:00:00:00:09 host sh -c '
                    ip -br addr show eth0 | grep -o "10.77.0.9/24 fd77::9/64"; cat /sys/class/net/eth0/mtu /sys/class/net/eth0/address
                    ip route | grep -o "default via 10.77.0.1"; ip -6 route | grep -o "default via fd77::1"'
                carafe run --network chosen host sh -c 'ip -4 -br addr show eth0' | grep -cE '10.77.0.(12[89]|1[3-9].|2..)/'
                carafe run --network chosen --ip 10.78.0.9 host true 2>&1 | grep -o 'is no address of a box'
                carafe network create --subnet 10.77.0.0/16 overlapping 2>&1 | grep -o 'lead somewhere else already'
                carafe network rm chosen"""))
                .isEqualTo(
                        "10.77.0.9/24 fd77::9/64\n1400\n02:00:00:00:00:09\ndefault via 10.77.0.1\ndefault via fd77::1\n1\n"
                                + "is no address of a box\nlead somewhere else already\nchosen");
    }

    @Test
    void versionSixWorksAsVersionFourDoes() {
        Started box = begun("""
                carafe network create --ipv6 six >/dev/null; ip -6 addr add fd98::1/64 dev cable nodad
                box --network six --network-alias web -p '[fd98::1]:8080:80' host socat TCP6-LISTEN:80,fork,reuseaddr SYSTEM:'echo six'
                until_true sh -c 'socat -T1 - TCP6:[fd98::1]:8080 </dev/null | grep six'""");
        assertThat(get("carafe run --network six host socat -T2 - TCP6:web:80 </dev/null"))
                .isEqualTo("six");
        assertThat(other.get("""
                ip -6 addr add fd98::2/64 dev cable nodad; for i in $(seq 100); do
                    timeout 5 socat -T2 - TCP6:[fd98::1]:8080 </dev/null 2>/dev/null && break; sleep 0.1; done""")).isEqualTo("six");
        end(box);
        machine.get("CARAFE_DATA_ROOT=$dir/data $carafe network rm six; ip -6 addr del fd98::1/64 dev cable");
    }

    @Test
    void aLargeTransferArrivesWholeAndAThousandConnectionsAreMade() {
        Started box = begun("""
                head -c 200000000 /dev/urandom >$dir/large; sha256sum <$dir/large >$dir/sum
                box --network bridge -p $PUB:8083:80 -p 8084:80 -p $PUB:8085:81 -v $dir:/data:ro host sh -c '
                    socat -b 65536 TCP-LISTEN:80,fork,reuseaddr OPEN:/data/large,rdonly &
                    socat TCP-LISTEN:81,fork,reuseaddr,backlog=128 SYSTEM:true & wait'
                until_true socat /dev/null TCP:$PUB:8085""");
        String sum = machine.get("cat $dir/sum");
        assertThat(other.get("socat -u -b 65536 TCP:198.51.100.1:8083 - | sha256sum"))
                .isEqualTo(sum);
        assertThat(machine.get("socat -u -b 65536 TCP:127.0.0.1:8084 - | sha256sum"))
                .isEqualTo(sum);
        assertThat(other.get("""
                n=0; for i in $(seq 1000); do (exec 3<>/dev/tcp/198.51.100.1/8085) && n=$((n + 1)); done; echo $n""")).isEqualTo("1000");
        end(box);
        machine.get("rm $dir/large");
    }

    @Test
    void nothingIsLeftOfABoxWhoseExecutorIsKilled() {
        assertThat(alone("""
                $carafe run --network bridge -p 8080:80 host sleep 1000 & p=$!
                until_true sh -c 'pgrep -x carafe-net && nft list table inet carafe'
                kill -9 $p; until_true sh -c '! pgrep -x carafe-net && ! nft list table inet carafe'""")).isEmpty();
    }

    @Test
    void aBoxCanBeInAnothersNetworkAndHaveAUserNamespace() {
        assertThat(alone("""
                echo 'test:100000:65536' >/run/subids
                carafe run --network bridge --uidmap 0:100000:65536 host sh -c 'ip -br link show eth0 | cut -d" " -f1 | cut -d@ -f1'""")).isEqualTo("eth0");
        assertThat(alone("""
                carafe run -d --name first --network bridge --network-alias web host sleep 1000 >/dev/null
                carafe run --network container:first host sh -c 'getent hosts web | grep -o web; getent hosts first | grep -o first'
                carafe rm -f first >/dev/null""")).isEqualTo("web\nfirst");
    }
}
