package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images for another processor: a busybox and a Debian for arm64, from Debian's mirror.
@EndToEnd
class PlatformIT {
    /// Kept between runs.
    private static final Path BUSYBOX = Path.of("/var/tmp/carafe-test-arm64-busybox.tar");
    private static final Path DEBIAN = Path.of("/var/tmp/carafe-test-arm64-debian.tar");

    @TempDir
    Path directory;

    private ImageStore store;

    @BeforeEach
    void image() throws IOException {
        assumeTrue(
                Files.exists(Path.of("/usr/bin/qemu-aarch64-static")),
                "no qemu-aarch64-static: qemu-user-static has it");
        extracted(BUSYBOX, "extract", "busybox-static");
        store = new ImageStore(directory.resolve("data"));
        store.image("docker.io/library/arm:latest", "linux/arm64", """
                {"Cmd":["/bin/busybox","uname","-m"]}""", BUSYBOX);
    }

    /// Its packages, as they are before anything of them runs.
    private static void extracted(Path tar, String variant, String packages) {
        if (!Files.exists(tar)) {
            Run made = Carafe.shell("""
                    sources=$(apt-get indextargets --format '$(CODENAME) $(SITE)' 'Identifier: Packages' 'Origin: Debian' | head -1)
                    set -- $sources; made=%1$s.$$; trap 'rm -f $made' EXIT
                    timeout 300 mmdebstrap --quiet --format=tar --arch=arm64 --variant=%2$s --include=%3$s $1 $made $2 2>&1 \\
                        && mv $made %1$s
                    """.formatted(tar, variant, packages), Duration.ofMinutes(6));
            assumeTrue(
                    made.code() == 0,
                    "no arm64 packages from the mirror: " + made.out().strip());
        }
    }

    /// In a mount namespace of its own, with which what is registered goes, unless the host has the list mounted: so it
    /// is also taken back.
    private Run apart(String script) {
        String undo = "trap \"{ echo -1 >/proc/sys/fs/binfmt_misc/carafe-qemu-aarch64; } 2>/dev/null\" EXIT; ";
        return store.shell("unshare -m --propagation private bash -c '" + undo + script + "'");
    }

    @Test
    void aProgramForAnotherProcessorRuns() {
        assertThat(apart("\"$carafe\" run arm; \"$carafe\" run --platform arm64 arm; ls /proc/sys/fs/binfmt_misc; "
                                + "\"$carafe\" run arm")
                        .out())
                .isEqualTo("aarch64\naarch64\ncarafe-qemu-aarch64\nregister\nstatus\naarch64\n");
        assertThat(Carafe.host("ls", "/proc/sys/fs/binfmt_misc").out()).doesNotContain("carafe");
    }

    @Test
    void theProgramKnowsItsName() {
        assertThat(apart("\"$carafe\" run arm /bin/busybox sh -c \"exec -a nosuch /bin/busybox\"")
                        .err())
                .contains("nosuch: applet not found");
    }

    @Test
    void aUserNamespaceHasAListOfItsOwn() {
        Run run = store.run(
                "--uidmap",
                "0:100000:65536",
                "arm",
                "/bin/busybox",
                "sh",
                "-c",
                "busybox uname -m; busybox ls /proc/sys/fs/binfmt_misc; echo 0 >/proc/sys/fs/binfmt_misc/status");
        assertThat(run.out()).isEqualTo("aarch64\ncarafe-qemu-aarch64\nregister\nstatus\n");
        assertThat(run.err()).contains("Read-only file system");
        assertThat(Carafe.host("ls", "/proc/sys/fs/binfmt_misc").out()).doesNotContain("carafe");
    }

    @Test
    void anOrdinaryUserRunsThemToo() throws IOException {
        Carafe.host("chown", "-R", OrdinaryUser.UID + ":" + OrdinaryUser.UID, store.root.toString());
        Carafe.open(directory);
        Run run = OrdinaryUser.withRanges().shell("export CARAFE_DATA_ROOT='" + store.root + "'; $carafe run arm");
        assertThat(run.out()).as(run.err()).isEqualTo("aarch64\n");
    }

    @Test
    void aDebianForAnotherProcessorRuns() throws IOException {
        extracted(DEBIAN, "extract", "dash,coreutils,dpkg,sed,libc-bin,perl-base");
        store.image("docker.io/library/debian:arm64", "linux/arm64", "{\"Cmd\":[\"sh\"]}", DEBIAN);
        Run run = store.run(
                "--uidmap",
                "0:100000:65536",
                "debian:arm64",
                "/bin/dash",
                "-c",
                "dpkg --print-architecture; seq 100 | sed -n 42p; perl -e \"print 6*7, qq(\\n)\"");
        assertThat(run.out()).as(run.err()).isEqualTo("arm64\n42\n42\n");
    }

    @Test
    void withoutAnEmulatorTheErrorSaysWhatBringsIt() {
        Run run = apart(
                "mount -t tmpfs none /usr/bin/../lib/binfmt.d; mount --bind /dev/null /usr/bin/qemu-aarch64-static;"
                        + " \"$carafe\" run arm");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err()).contains("install qemu-user-static");
    }
}
