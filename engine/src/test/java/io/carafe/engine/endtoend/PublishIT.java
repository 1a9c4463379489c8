package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What an image publishes by itself, the machine as its boxes see it, and what `doctor` says of somebody
/// else's filter: on a machine with network and mount namespaces of its own.
@EndToEnd
class PublishIT {
    private static final String PRELUDE = """
            export CARAFE_DATA_ROOT=$dir/data
            carafe() { timeout 30 $carafe "$@"; }
            """;

    private static Machine machine;

    @BeforeAll
    static void begin() {
        machine = Machine.with("nft", "socat", "busybox");
    }

    @AfterAll
    static void end() {
        if (machine != null) {
            machine.close();
        }
    }

    private static String get(String script) {
        Run run = machine.run(PRELUDE + script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    @Test
    void whatAnImageExposesGetsFreePorts() {
        assertThat(get("""
                mkdir -p $dir/root/bin; cp $(command -v busybox) $dir/root/bin/; ln -sf busybox $dir/root/bin/sh
                tar -C $dir/root -c . | carafe import --change 'EXPOSE 80/tcp' --change 'EXPOSE 53/udp' - exposing:1 >/dev/null
                carafe run -d --name web -P exposing:1 sh -c 'while true; do echo exposed | busybox nc -l -p 80; done' >/dev/null
                carafe port web | sed 's/:.*/:PORT/'
                for i in $(seq 100); do socat -T2 - TCP:$(carafe port web 80) </dev/null 2>/dev/null | grep . && break; sleep 0.05; done
                carafe rm -f web""")).isEqualTo("""
                        80/tcp -> 127.0.0.1:PORT
                        53/udp -> 127.0.0.1:PORT
                        exposed
                        web""");
    }

    @Test
    void theMachineHasAName() {
        assertThat(get("""
                socat TCP-LISTEN:9000,fork,reuseaddr SYSTEM:'echo machine' & s=$!
                carafe run --rm --network bridge --add-host me:host-gateway host sh -c '
                    for i in $(seq 100); do socat -T2 - TCP:me:9000 </dev/null 2>/dev/null && exit; sleep 0.05; done'
                kill $s""")).isEqualTo("machine");
    }

    @Test
    void theDoctorFindsWhoDropsWhatIsForwarded() {
        assertThat(get("""
                carafe doctor | grep -o ' forwarding  *works'
                nft add table ip other
                nft add chain ip other f '{ type filter hook forward priority 0; policy drop; }'
                carafe doctor | grep -oE ' forwarding  *in part|ip other f drops'; nft delete table ip other""")).containsSubsequence("works", "in part", "ip other f drops");
    }
}
