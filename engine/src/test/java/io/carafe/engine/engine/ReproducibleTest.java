package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Rlimit;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReproducibleTest {
    @Test
    void theSurroundingsAreStated() {
        Spec spec = spec(Boxes.of("make"));
        assertThat(spec.process().env())
                .containsExactly(
                        "HOME=/root",
                        "HOSTNAME=carafe",
                        "LANG=C.UTF-8",
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "SOURCE_DATE_EPOCH=315532800",
                        "TZ=UTC");
        assertThat(spec.hostname()).isEqualTo("carafe");
        assertThat(spec.process().user().umask()).isEqualTo(022);
        assertThat(spec.linux().personality().flags()).containsExactly("ADDR_NO_RANDOMIZE");
        assertThat(spec.process().rlimits()).contains(new Rlimit("RLIMIT_NOFILE", 1024, 1024));
        assertThat(spec.supervision().processors()).matches("[0-9]+");
    }

    @Test
    void whatIsAskedForByNameCounts() {
        assertThat(spec(Boxes.options(it -> it.environment = List.of("TZ=Asia/Tokyo", "SOURCE_DATE_EPOCH", "A=b")))
                        .process()
                        .env())
                .contains("A=b", "TZ=Asia/Tokyo")
                .noneMatch(it -> it.startsWith("SOURCE_DATE_EPOCH"));
    }

    @Test
    void whatWouldMakeThemOthersIsRefused() {
        assertThatThrownBy(() -> spec(Boxes.options(it -> it.network = Network.HOST)))
                .isInstanceOf(Refused.class)
                .hasMessage("--network: with --reproducible there is none: nobody gets the same of it twice");
    }

    private static Spec spec(RunOptions options) {
        return new Reproducible(options).spec(Boxes.HOST, Boxes.ID, Connector.NONE);
    }
}
