package io.carafe.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On the machine itself; no privilege. Root's own cache in `/run/carafe` is used and made.
class HostProbeIT {

    @Test
    void thisMachineHasWhatABoxNeeds() {
        Host host = new HostProbe(System.getenv()).host();

        assertThat(host.kernel().atLeast(5, 14)).isTrue();
        assertThat(host.calls())
                .contains("openat2", "clone3", "open_tree", "move_mount", "fsopen", "mount_setattr", "close_range");
        assertThat(host.filesystems()).contains("proc", "sysfs", "tmpfs", "devpts", "mqueue", "overlay");
        assertThat(host.namespaces()).contains("mnt", "pid", "uts", "ipc", "net", "cgroup");
        assertThat(host.privileges().lastCapability()).isGreaterThanOrEqualTo(40);
        assertThat(host.memory()).isGreaterThan(1 << 28);
    }

    /// FFM costs a cold JVM 30 ms and more, so a JVM for one command must do without.
    @Test
    void aSecondJvmOfABootNeedsNoFfm(@TempDir Path runtime) throws Exception {
        start(runtime);

        assertThat(start(runtime))
                .contains("io.carafe.sandbox.host.HostProbe ")
                .doesNotContain("io.carafe.sandbox.linux.Libc", "io.carafe.sandbox.host.Trial");
    }

    private static String start(Path runtime) throws Exception {
        var builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xshare:auto",
                "-Xlog:class+load",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName(),
                runtime.toString());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /// What the JVM runs.
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            new HostProbe(Map.of("XDG_RUNTIME_DIR", arguments[0])).host();
        }
    }
}
