package io.carafe.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.host.RootListing.Entry;
import io.carafe.sandbox.host.RootListing.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootListingTest {
    @TempDir
    Path root;

    private String mount(String path, String type, String source) {
        return "36 35 98:0 / " + root.resolve(path) + " rw - " + type + " " + source + " rw\n";
    }

    private void file(String path) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), "");
    }

    @Test
    void aDirectoryWithoutMountsIsHadAsAWhole() throws IOException {
        file("etc/passwd");

        assertThat(RootListing.of(
                        root,
                        "36 35 98:0 / " + root + " rw - ext4 x rw\n" + "36 35 98:0 / " + root + "2/a rw - ext4 x rw\n"))
                .isEmpty();
    }

    @Test
    void onlyWhatHoldsMountsIsTakenApart() throws IOException {
        file("etc/passwd");
        file("etc/resolv.conf");
        file("etc/ssl/certs");
        file("home/me/file");
        file("usr/bin/sh");
        Files.createDirectory(root.resolve("proc"));
        Files.createSymbolicLink(root.resolve("bin"), Path.of("usr/bin"));
        Files.setPosixFilePermissions(root.resolve("home"), PosixFilePermissions.fromString("rwxr-x---"));

        assertThat(RootListing.of(
                        root,
                        mount("etc/resolv.conf", "ext4", "/dev/vda")
                                + mount("home", "ext4", "/dev/vdb")
                                + mount("proc", "proc", "proc")))
                .containsExactly(
                        new Entry(Kind.LINK, "bin", 0, "usr/bin"),
                        new Entry(Kind.DIRECTORY, "etc", 0755, ""),
                        new Entry(Kind.FILE, "etc/passwd", 0, ""),
                        new Entry(Kind.FILE, "etc/resolv.conf", 0, ""),
                        new Entry(Kind.TREE, "etc/ssl", 0755, ""),
                        new Entry(Kind.DIRECTORY, "home", 0750, ""), // another file system's is left out
                        new Entry(Kind.DIRECTORY, "proc", 0755, ""),
                        new Entry(Kind.TREE, "usr", 0755, ""));
    }

    /// The root of a box in a box: what the outer carafe has put together is the root, and no other file system.
    @Test
    void whatCarafeHasPutTogetherItTakesApartAgain() throws IOException {
        file("usr/bin/sh");
        file("usr/lib/mnt/file");
        file("var/lib/file");

        assertThat(RootListing.of(
                        root,
                        mount("usr", "overlay", "carafe-root")
                                + mount("var", "overlay", "carafe-root")
                                + mount("usr/lib/mnt", "ext4", "/dev/vdb")))
                .containsExactly(
                        new Entry(Kind.DIRECTORY, "usr", 0755, ""),
                        new Entry(Kind.TREE, "usr/bin", 0755, ""),
                        new Entry(Kind.DIRECTORY, "usr/lib", 0755, ""),
                        new Entry(Kind.DIRECTORY, "usr/lib/mnt", 0755, ""),
                        new Entry(Kind.TREE, "var", 0755, ""));
    }

    /// What lies in it comes and goes, and would be gone when the box is made.
    @Test
    void aDirectoryForEverybodysFilesWithMountsInItIsAnEmptyOne() throws Exception {
        file("tmp/file");
        file("tmp/m/file");
        var mode = new ProcessBuilder("chmod", "1777", root.resolve("tmp").toString()).start();
        assertThat(mode.waitFor()).isZero();

        assertThat(RootListing.of(root, mount("tmp/m", "tmpfs", "x")))
                .containsExactly(new Entry(Kind.DIRECTORY, "tmp", 01777, ""));
    }

    @Test
    void tooManyFilesBesideAMountAreAnErrorThatSaysSo() throws IOException {
        for (int i = 0; i < 900; i++) {
            file("mail/" + i);
        }
        assertThatThrownBy(() -> RootListing.of(root, mount("mail/5", "ext4", "x")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(root.resolve("mail") + " has too many files beside what is mounted in it");
    }
}
