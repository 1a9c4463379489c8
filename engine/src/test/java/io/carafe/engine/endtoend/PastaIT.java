package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `--network pasta`
@EndToEnd
class PastaIT {
    private static final String FETCH = "exec 3<>/dev/tcp/10.9.8.1/8080 && cat <&3";

    private final OrdinaryUser user = OrdinaryUser.withRanges().withNetwork();

    @BeforeEach
    void pasta() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/pasta")), "no pasta: install passt");
    }

    @Test
    void theBoxReachesTheNetworkAsItsCaller() {
        assertThat(user.run("--network", "pasta:--map-gw", "host", "bash", "-c", FETCH))
                .isEqualTo(new Run(0, "hello\n", ""));
        assertThat(OrdinaryUser.withoutRanges()
                        .withNetwork()
                        .run("--network", "pasta:--map-gw", "host", "bash", "-c", FETCH))
                .isEqualTo(new Run(0, "hello\n", ""));
    }

    @Test
    void aPublishedPortLeadsToTheBox() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/socat")), "needs socat");
        assertThat(user.shell("""
                        $carafe run --rm -p 18080:80 host socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo published' &
                        for i in $(seq 200); do
                            socat -T2 - TCP:127.0.0.1:18080 </dev/null 2>/dev/null | grep published && break; sleep 0.05
                        done
                        kill $!; wait""").out()).isEqualTo("published\n");
        assertThat(user.run("-P", "host", "true").err()).contains("with pasta -p publishes a port");
    }

    @Test
    void theHostsLoopbackIsOutOfReachUnlessAskedFor() {
        assertThat(user.run("--network", "pasta", "host", "timeout", "3", "bash", "-c", FETCH)
                        .code())
                .isNotZero();
    }

    @Test
    void pastaEndsWithTheBoxAndWithAKilledExecutor() { // its program is called passt, with a suffix for the processor
        String wait =
                "for i in $(seq 100); do pgrep -u $(id -u) passt >/dev/null || break; sleep 0.05; done; pgrep -c -u $(id -u) passt";
        assertThat(user.shell("$carafe run --network pasta host true; " + wait).out())
                .isEqualTo("0\n");
        assertThat(user.shell(
                                "$carafe run --network pasta host sleep 1000 & until pgrep -u $(id -u) passt >/dev/null; do"
                                        + " kill -0 $! || exit; sleep 0.05; done; kill -9 $!; wait; " + wait)
                        .out())
                .isEqualTo("0\n");
    }

    @Test
    void aDeviceThatCanNotBeOpenedIsToldAndNotWaitedFor() {
        Run run = user.after("chmod 600 $d/tun").run("--network", "pasta", "host", "true");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err()).contains("/dev/net/tun").contains("sudo chmod 0666 /dev/net/tun");
    }

    @Test
    void whatPastaDoesNotLikeItSaysItself() {
        Run run = user.run("--network", "pasta:--nonsense", "host", "true");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err()).contains("it says \"").contains("nonsense");
    }

    @Test
    void rootNeedsAUserNamespaceForIt() {
        assertThat(Carafe.run("--network", "pasta", "host", "true").err())
                .contains("pasta serves boxes with a user namespace");
    }
}
