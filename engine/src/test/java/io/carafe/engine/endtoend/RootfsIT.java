package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--rootfs DIR`: another system's programs over a directory that never changes.
@EndToEnd
class RootfsIT {
    @Test
    void aRealDebianRuns() {
        String debian = Rootfs.debian().toString();
        Run list = run("--rootfs", debian, "apt", "list", "--installed");
        assertThat(list.code()).isZero();
        assertThat(list.out()).contains("apt/", "base-files/", "libc6/");
        assertThat(run("--rootfs", debian, "bash", "-lc", "echo ok")).isEqualTo(new Run(0, "ok\n", ""));
        assertThat(run("--rootfs", debian, "sh", "-c", "seq 1000 | sort -rn | tail -1 | sed s/1/one/")
                        .out())
                .isEqualTo("one\n");
        assertThat(run("--rootfs", debian, "cat", "/etc/debian_version").out())
                .isEqualTo(host("cat", debian + "/etc/debian_version").out());
    }

    @Test
    void aDebianCanBeWreckedAndIsUnchanged() {
        Path debian = Rootfs.debian();
        String before = fingerprint(debian);
        Run box = run("--rootfs", debian.toString(), "bash", "-c", """
                dpkg --purge --force-all tzdata >/dev/null 2>&1; echo new >/etc/new; rm -rf /usr/share; chmod 0 /etc/passwd
                mv /etc/debian_version /etc/x; ls /etc/new /etc/x; ls /usr/share""");
        assertThat(box.out()).isEqualTo("/etc/new\n/etc/x\n");
        assertThat(fingerprint(debian)).isEqualTo(before);
        assertThat(run("--rootfs", debian.toString(), "test", "-e", "/etc/new").code())
                .isEqualTo(1);
    }

    @Test
    void aRootWithoutProcOrDevGetsThemInTheBoxOnly(@TempDir Path directory) throws Exception {
        Path root = Rootfs.busybox(directory.resolve("root"));
        assertThat(run("--rootfs", root.toString(), "sh", "-c", "ls -d /proc/1 /sys/class /dev/null; id -u")
                        .out())
                .isEqualTo("/dev/null\n/proc/1\n/sys/class\n0\n");
        assertThat(root.toFile().list()).containsExactlyInAnyOrder("bin", "etc", "tmp");
    }

    @Test
    void aRelativeRootIsTheCallers(@TempDir Path directory) throws Exception {
        Rootfs.busybox(directory.resolve("root"));
        for (String root : new String[] {"root", "./root"}) {
            Run box = Carafe.started(
                            java.util.Map.of(),
                            directory,
                            java.util.List.of(Carafe.PROGRAM.toString(), "run", "--rootfs", root, "ls", "/bin/busybox"))
                    .finish();
            assertThat(box).isEqualTo(new Run(0, "/bin/busybox\n", ""));
        }
    }

    @Test
    void linksOfTheRootLeadNowhereButBelowIt(@TempDir Path directory) throws Exception {
        Path root = Rootfs.busybox(directory.resolve("root"));
        Files.createSymbolicLink(root.resolve("etc/passwd"), Path.of("/../../../../etc/passwd"));
        Files.createSymbolicLink(root.resolve("proc"), directory.resolve("outside"));
        Run box = run("--rootfs", root.toString(), "-u", "daemon", "true");
        assertThat(box.code()).isEqualTo(125); // the host has a daemon, this root has none
        run("--rootfs", root.toString(), "true");
        assertThat(directory.resolve("outside")).doesNotExist();
    }

    private static String fingerprint(Path root) {
        return host(
                        "sh",
                        "-c",
                        "cd " + root + " && find . -printf '%p %y %m %U %G %s %T@ %C@ %l\\n' | sort | sha256sum")
                .out();
    }
}
