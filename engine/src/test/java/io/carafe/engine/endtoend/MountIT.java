package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `-v`, `--mount`, `--tmpfs` and `--read-only`.
@EndToEnd
class MountIT {
    @TempDir
    Path directory;

    @BeforeEach
    void makeFile() throws Exception {
        Files.writeString(directory.resolve("file"), "the host's\n");
    }

    @Test
    void aDirectoryIsSharedBothWays() {
        assertThat(run("-v", directory + ":/mnt", "host", "sh", "-c", "cat /mnt/file; echo new >/mnt/new"))
                .isEqualTo(new Run(0, "the host's\n", ""));
        assertThat(directory.resolve("new")).hasContent("new");
    }

    @Test
    void aReadOnlyMountCanNotBeWritten() {
        for (String option :
                List.of("-v=" + directory + ":/mnt:ro", "--mount=type=bind,src=" + directory + ",dst=/mnt,readonly")) {
            Run box = run(
                    option,
                    "--cap-add",
                    "ALL",
                    "host",
                    "sh",
                    "-c",
                    "cat /mnt/file; echo x >/mnt/file; mount -o remount,rw /mnt");
            assertThat(box.out()).isEqualTo("the host's\n");
            assertThat(box.err()).contains("Read-only file system");
        }
        assertThat(directory.resolve("file")).hasContent("the host's");
    }

    @Test
    void aReadOnlyMountIsSoAllTheWayDown() throws Exception {
        Path below = Files.createDirectory(directory.resolve("below"));
        Carafe.host("mount", "-t", "tmpfs", "carafe-test", below.toString());
        try {
            assertThat(run("-v", directory + ":/mnt:ro", "host", "touch", "/mnt/below/file")
                            .err())
                    .contains("Read-only file system");
            assertThat(run("-v", directory + ":/mnt", "host", "touch", "/mnt/below/file")
                            .code())
                    .isZero();
        } finally {
            Carafe.host("umount", below.toString());
        }
    }

    @Test
    void aSingleFileIsMounted() {
        assertThat(run(
                        "-v",
                        directory + "/file:/etc/hostname",
                        "-v",
                        directory + "/file:/new/place:ro",
                        "host",
                        "cat",
                        "/etc/hostname",
                        "/new/place"))
                .isEqualTo(new Run(0, "the host's\nthe host's\n", ""));
        assertThat(Path.of("/new")).doesNotExist();
    }

    @Test
    void aRelativeSourceStartsInTheCallersDirectory() {
        for (String source : List.of(".", "./file/..", "../" + directory.getFileName(), "./")) {
            var words = List.of(Carafe.PROGRAM.toString(), "run", "-v", source + ":/mnt", "host", "ls", "/mnt");
            Run box = Carafe.started(Map.of(), directory, words).finish();
            if (source.equals("./file/..")) { // the kernel's answer, not a guess
                assertThat(box.code()).isEqualTo(125);
            } else {
                assertThat(box).isEqualTo(new Run(0, "file\n", ""));
            }
        }
    }

    @Test
    void aMissingSourceIsAnErrorAndIsNotMade() {
        Run box = run("-v", directory + "/missing:/mnt", "host", "true");
        assertThat(box.code()).isEqualTo(125);
        assertThat(box.err()).contains("bind source path does not exist: " + directory + "/missing");
        assertThat(directory.resolve("missing")).doesNotExist();
    }

    @Test
    void aMountsParentIsMountedBeforeIt() {
        Run box = run(
                "-v",
                directory + "/file:/a/b/file",
                "--tmpfs",
                "/a",
                "-v",
                directory + ":/a/b/c",
                "host",
                "find",
                "/a",
                "-type",
                "f");
        assertThat(box.out().lines()).containsExactlyInAnyOrder("/a/b/file", "/a/b/c/file");
    }

    @Test
    void sourcesWithCommasAndSpacesAreQuoted() throws Exception {
        Path odd = Files.createDirectory(directory.resolve("a, b"));
        Files.createFile(odd.resolve("file"));
        assertThat(run("--mount", "type=bind,\"src=" + odd + "\",dst=/mnt", "host", "ls", "/mnt")
                        .out())
                .isEqualTo("file\n");
    }

    @Test
    void mountsOnlyShowInTheBox() {
        run("-v", directory + ":/usr/local/carafe-test/mnt", "--tmpfs", "/carafe-test", "host", "true");
        assertThat(Path.of("/usr/local/carafe-test")).doesNotExist();
        assertThat(Path.of("/carafe-test")).doesNotExist();
    }

    @Test
    void aTmpfsIsEmptyAndItsSizeHolds() {
        Run box = run(
                "--tmpfs",
                "/etc:size=1m,mode=0700",
                "host",
                "sh",
                "-c",
                "ls -A /etc; stat -c %a /etc; head -c 2M /dev/zero >/etc/x; stat -c %s /etc/x");
        assertThat(box.out()).isEqualTo("700\n1048576\n");
        assertThat(box.err()).contains("No space left on device");
        box = run(
                "--mount",
                "type=tmpfs,dst=/mnt,tmpfs-size=64k,tmpfs-mode=1777",
                "host",
                "sh",
                "-c",
                "head -c 1M /dev/zero >/mnt/x; stat -c %s /mnt/x");
        assertThat(box.out()).isEqualTo("65536\n");
    }

    @Test
    void programsOnATmpfsDoNotRunUnlessAskedFor() {
        String copy = "cp /bin/true /mnt && /mnt/true";
        assertThat(run("--tmpfs", "/mnt", "host", "sh", "-c", copy).code()).isEqualTo(126);
        assertThat(run("--tmpfs", "/mnt:exec", "host", "sh", "-c", copy).code()).isZero();
    }

    @Test
    void aReadOnlyRootStaysSoAndItsMountsAreTheirOwn() {
        Run box = run(
                "--read-only",
                "--tmpfs",
                "/tmp",
                "-v",
                directory + ":/mnt",
                "host",
                "sh",
                "-c",
                "touch /tmp/a /mnt/a && touch /etc/a");
        assertThat(box.err()).isEqualTo("touch: cannot touch '/etc/a': Read-only file system\n");
        assertThat(directory.resolve("a")).exists();
    }

    @Test
    void theHostsRootIsSharedAsItIsAndWithoutWhatTheBoxIsBuiltOn() {
        Run box = run(
                "-v",
                "/:/host:ro",
                "host",
                "sh",
                "-c",
                "ls /host; ls -d /host/proc/1; cat /host" + directory + "/file; ! touch /host/a");
        assertThat(box.out()).isEqualTo(Carafe.host("ls", "/").out() + "/host/proc/1\nthe host's\n");
        assertThat(box.err()).contains("Read-only file system");
    }

    /// With Docker's words.
    @Test
    void onlyWhatIsSharedCanBeShared() {
        Run box = run("-v", directory + ":/mnt:shared", "host", "true");
        assertThat(box.code()).isEqualTo(125);
        assertThat(box.err())
                .contains("path " + directory + " is mounted on ")
                .contains(" but it is not a shared mount");
        box = run("--mount", "type=bind,src=" + directory + ",dst=/mnt,bind-propagation=rslave", "host", "true");
        assertThat(box.err()).contains(" but it is not a shared or slave mount");
        Carafe.host("mount", "-t", "tmpfs", "carafe-test", directory.toString());
        try {
            Carafe.host("mount", "--make-shared", directory.toString());
            assertThat(run("-v", directory + ":/mnt:rshared", "host", "grep", " /mnt ", "/proc/self/mountinfo")
                            .out())
                    .contains(" shared:");
            assertThat(run("-v", directory + ":/mnt:rslave", "host", "grep", " /mnt ", "/proc/self/mountinfo")
                            .out())
                    .contains(" master:");
            box = run("-v", directory + ":/mnt:shared", "--tmpfs", "/mnt/secret", "host", "true");
            assertThat(box.err()).contains("/mnt/secret lies in /mnt, which is shared");
            assertThat(directory.resolve("secret")).doesNotExist();
        } finally {
            Carafe.host("umount", directory.toString());
        }
    }

    @Test
    void anOverlayVolumeTakesChangesAndItsSourceKeepsNone() throws Exception {
        String volume = directory + ":/mnt:O";
        assertThat(run("-v", volume, "host", "sh", "-c", "echo mine >/mnt/file; cat /mnt/file"))
                .isEqualTo(new Run(0, "mine\n", ""));
        assertThat(directory.resolve("file")).hasContent("the host's");
        Path upper = Files.createDirectory(directory.resolve("upper"));
        Path work = Files.createDirectory(directory.resolve("work"));
        volume += ",upperdir=" + upper + ",workdir=" + work;
        assertThat(run("-v", volume, "host", "sh", "-c", "echo mine >/mnt/new").code())
                .isZero();
        assertThat(run("-v", volume, "host", "cat", "/mnt/new").out()).isEqualTo("mine\n");
        assertThat(upper.resolve("new")).hasContent("mine");
    }

    @Test
    void aFileIsNoPlaceForADirectoryNorTheOtherWayRound() {
        for (String mount : List.of(directory + ":/etc/hostname", directory + "/file:/etc")) {
            Run box = run("-v", mount, "host", "true");
            assertThat(box.code()).isEqualTo(125);
            assertThat(box.err()).contains("a directory can't be mounted on a file, nor a file on a directory");
        }
    }
}
