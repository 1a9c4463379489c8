package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `host` is copy-on-write: the box may change every file, and the host's never change.
@EndToEnd
class FilesIT {
    @Test
    void whatIsWrittenInsideIsThereInsideAndGoneAfterwards(@TempDir Path directory) {
        Path file = directory.resolve("file");
        assertThat(run("host", "sh", "-c", "echo kept >" + file + "; cat " + file))
                .isEqualTo(new Run(0, "kept\n", ""));
        assertThat(file).doesNotExist();
        assertThat(run("host", "ls", "-A", directory.toString())).isEqualTo(new Run(0, "", ""));
    }

    @Test
    void nothingDoneToTheHostsFilesReachesThem(@TempDir Path directory) throws Exception {
        for (String name :
                new String[] {"overwritten", "appended", "deleted", "renamed", "opened", "given", "linked"}) {
            Files.writeString(directory.resolve(name), name);
        }
        Files.createDirectories(directory.resolve("removed/with/all"));
        String before = fingerprint(directory);
        Run box = run("host", "sh", "-ec", "cd " + directory + """

                echo other >overwritten
                echo more >>appended
                rm deleted
                mv renamed elsewhere
                chmod 0777 opened
                chown 1:1 given
                ln linked another
                rm -r removed
                mkdir new
                touch -d 2001-01-01 .
                ls
                """);
        assertThat(box.err()).isEmpty();
        assertThat(box.out()).isEqualTo("another\nappended\nelsewhere\ngiven\nlinked\nnew\nopened\noverwritten\n");
        assertThat(fingerprint(directory)).isEqualTo(before);
    }

    @Test
    void evenTheSystemsOwnFilesCanBeDeletedInside() {
        String before = host("sha256sum", "/etc/passwd", "/etc/hostname").out();
        Run box = run(
                "host", "bash", "-c", "rm -rf --no-preserve-root /etc /usr/lib/apt 2>/dev/null; [ ! -e /etc/passwd ]");
        assertThat(box.code()).isZero();
        assertThat(host("sha256sum", "/etc/passwd", "/etc/hostname").out()).isEqualTo(before);
    }

    @Test
    void twoBoxesDoNotSeeEachOthersFiles(@TempDir Path directory) {
        Path file = directory.resolve("file");
        var first = Carafe.start(
                "run", "-i", "host", "sh", "-c", "echo 1 >" + file + "; echo written; read x; cat " + file);
        first.says("written");
        assertThat(run("host", "sh", "-c", "[ ! -e " + file + " ] && echo 2 >" + file)
                        .code())
                .isZero();
        assertThat(first.input("\n").finish().out()).isEqualTo("written\n1\n");
    }

    @Test
    void whatIsKeptIsThereAgainAndItsUsersAreKnown(@TempDir Path directory) {
        String kept = directory.toString();
        assertThat(run("--upper", kept, "host", "sh", "-c", "echo 'me:x:4711:4711::/me:' >>/etc/passwd; mkdir /me"))
                .isEqualTo(new Run(0, "", ""));
        assertThat(run("--upper", kept + ":volatile", "-u", "me", "host", "sh", "-c", "id -u; echo $HOME; ls -d /me"))
                .isEqualTo(new Run(0, "4711\n/me\n/me\n", ""));
        assertThat(run("-u", "me", "host", "true").code()).isEqualTo(125);
        Run missing = run("--upper", kept + "/no", "host", "true");
        assertThat(missing.err()).contains("--upper: " + kept + "/no is not a directory; mkdir -p makes it");
    }

    @Test
    void rootsLieOverEachOther(@TempDir Path directory) throws Exception {
        Path below = Rootfs.busybox(directory.resolve("below"));
        Path top = Files.createDirectories(directory.resolve("top/etc")).getParent();
        Files.writeString(below.resolve("etc/which"), "below\n");
        Files.writeString(top.resolve("etc/which"), "top\n");
        Files.writeString(top.resolve("etc/passwd"), "me:x:4711:4711::/me:\n");
        assertThat(run("--rootfs", top.toString(), "--rootfs", below.toString(), "-u", "me", "cat", "/etc/which"))
                .isEqualTo(new Run(0, "top\n", ""));
        assertThat(run("--rootfs", below.toString(), "--rootfs", top.toString(), "cat", "/etc/which")
                        .out())
                .isEqualTo("below\n");
    }

    @Test
    void theBoxKnowsItsName(@TempDir Path directory) throws Exception {
        String script = "getent hosts $(hostname); cat /etc/hostname; getent hosts db; grep . /etc/resolv.conf";
        assertThat(run("-h", "me", "--add-host", "db:10.1.2.3", "--dns", "10.0.0.53", "host", "sh", "-c", script)
                        .out()
                        .replaceAll(" +", " "))
                .isEqualTo("127.0.0.1 me\nme\n10.1.2.3 db\nnameserver 10.0.0.53\n");
        Path root = Rootfs.busybox(directory.resolve("root"));
        Files.createSymbolicLink(root.resolve("etc/resolv.conf"), Path.of("../run/systemd/stub"));
        assertThat(run("--rootfs", root.toString(), "-h", "me", "cat", "/etc/hostname", "/run/systemd/stub")
                        .out())
                .isEqualTo("me\n# no network, no name server\n");
        assertThat(root.resolve("run")).doesNotExist();
        assertThat(run("--network", "host", "host", "cat", "/etc/resolv.conf").out())
                .isEqualTo(host("cat", "/etc/resolv.conf").out());
        assertThat(run("--no-hosts", "--no-hostname", "host", "cat", "/etc/hosts", "/etc/hostname")
                        .out())
                .isEqualTo(host("cat", "/etc/hosts", "/etc/hostname").out());
        assertThat(run("-v", "/etc/passwd:/etc/hosts", "host", "cat", "/etc/hosts")
                        .out())
                .isEqualTo(host("cat", "/etc/passwd").out());
    }

    @Test
    void aRootThatIsEnteredByChrootIsABoxAsAnyOther() {
        assertThat(run("--no-pivot", "host", "sh", "-c", "ls -d /etc; cat /proc/self/mountinfo | head -1")
                        .out())
                .startsWith("/etc\n")
                .contains(" / / ")
                .contains("overlay");
    }

    /// Names, types, modes, owners, times and contents.
    private static String fingerprint(Path directory) {
        return host(
                        "sh",
                        "-c",
                        "cd " + directory
                                + " && find . -printf '%p %y %m %U %G %n %T@ %C@\\n' | sort; find . -type f -exec sha256sum {} + | sort")
                .out();
    }
}
