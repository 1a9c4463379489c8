package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.carafe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `carafe explain --from`, with what other runtimes write.
@EndToEnd
class ConfigJsonIT {
    @TempDir
    Path bundle;

    @Test
    void whatRuncWritesIsExplained() throws IOException {
        explains("runc");
    }

    @Test
    void whatCrunWritesIsExplained() throws IOException {
        explains("crun");
    }

    private void explains(String runtime) throws IOException {
        assumeTrue(Carafe.shell("command -v " + runtime).code() == 0, "no " + runtime + " here");
        assertThat(Carafe.shell("cd " + bundle + " && " + runtime + " spec").code())
                .isZero();
        Path file = bundle.resolve("config.json");
        // the rule on devices is not there yet
        Files.writeString(file, Files.readString(file).replaceFirst("(?s)\"devices\": \\[.*?\\]", "\"devices\": []"));
        Run run = carafe("explain", "--from", bundle.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains(bundle + "/rootfs", "set host name " + runtime, "CLONE_NEWPID", "execute sh")
                .contains("attach mount at /proc", "at /dev/pts", "mask /proc/kcore");
        run = carafe("explain", "--from", bundle.toString(), "--diff-from", file.toString());
        assertThat(run).isEqualTo(new Run(0, "", ""));
    }
}
