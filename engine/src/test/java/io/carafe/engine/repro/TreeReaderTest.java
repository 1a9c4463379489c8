package io.carafe.engine.repro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.repro.FileState.Kind;
import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeReaderTest {
    private static final String EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path directory;

    private Path tree() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree/sub")).getParent();
        mode(tree, "rwxr-xr-x");
        mode(tree.resolve("sub"), "rwx------");
        mode(Files.createFile(tree.resolve("sub/file")), "rw-r-----");
        Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc/shadow"));
        return tree;
    }

    private static void mode(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aTreeIsItsPathsModesContentsAndLinks() throws IOException {
        assertThat(TreeReader.of(tree()).files())
                .containsEntry("/", new FileState(Kind.DIRECTORY, 0755, ""))
                .containsEntry("/sub", new FileState(Kind.DIRECTORY, 0700, ""))
                .containsEntry("/sub/file", new FileState(Kind.FILE, 0640, EMPTY))
                .containsEntry("/link", new FileState(Kind.LINK, 0, "/etc/shadow"))
                .hasSize(4);
    }

    @Test
    void theDigestKnowsNoTimesAndNoPlaces() throws IOException {
        Path tree = tree();
        var digest = TreeReader.of(tree).digest();
        Path moved = Files.move(tree, directory.resolve("moved"));
        Files.setLastModifiedTime(moved.resolve("sub/file"), FileTime.fromMillis(0));
        assertThat(TreeReader.of(moved).digest()).isEqualTo(digest);
        Files.writeString(moved.resolve("sub/file"), "x");
        assertThat(TreeReader.of(moved).digest()).isNotEqualTo(digest);
    }

    @Test
    void changesAreWhatIsNewOtherOrGone() throws IOException {
        Path tree = tree();
        Tree before = TreeReader.of(tree);
        Files.delete(tree.resolve("link"));
        Files.createFile(tree.resolve("new"));
        mode(tree.resolve("sub/file"), "rwxr-xr-x");
        assertThat(before.changesTo(TreeReader.of(tree)).keySet()).containsExactly("/link", "/new", "/sub/file");
        assertThat(before.changesTo(TreeReader.of(tree))).containsEntry("/link", FileState.GONE);
    }

    /// In any locale of the JVM.
    @Test
    void namesAreBytes() throws IOException, InterruptedException {
        Path tree = tree();
        String script =
                "printf x >\"$(printf 'a\\377 %%b')\"; ln -s \"$(printf 't\\376')\" \"$(printf 'l\\303\\274')\"";
        assertThat(new ProcessBuilder("sh", "-c", script)
                        .directory(tree.toFile())
                        .start()
                        .waitFor())
                .isZero();
        var files = TreeReader.of(tree).files();
        assertThat(files).containsKey("/" + Utf8.decode(new byte[] {'a', (byte) 0xff, ' ', '%', 'b'}));
        assertThat(files).containsEntry("/lü", new FileState(Kind.LINK, 0, Utf8.decode(new byte[] {'t', (byte) 0xfe})));
    }

    @Test
    void anUpperLayersDirectoriesCountOnlyIfNothingIsInThem() throws IOException {
        Path tree = tree();
        Files.createDirectory(tree.resolve("empty"));
        assertThat(TreeReader.ofUpper(tree).files().keySet()).containsExactly("/empty", "/link", "/sub/file");
    }

    @Test
    void aSingleFileIsATreeToo() throws IOException {
        assertThat(TreeReader.of(tree().resolve("sub/file")).files()).containsOnlyKeys("/");
    }

    @Test
    void aCopyIsTheSameWithItsTimes() throws IOException {
        Path tree = tree();
        Files.setLastModifiedTime(tree.resolve("sub"), FileTime.fromMillis(1000));
        Path copy = directory.resolve("copy");
        TreeCopy.of(tree, copy);
        assertThat(TreeReader.of(copy)).isEqualTo(TreeReader.of(tree));
        assertThat(Files.getLastModifiedTime(copy.resolve("sub"))).isEqualTo(FileTime.fromMillis(1000));
    }

    @Test
    void aFifoIsNeitherOpenedNorCopied() throws IOException, InterruptedException {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        assertThat(TreeReader.of(directory).files().get("/fifo").kind()).isEqualTo(Kind.OTHER);
        assertThatThrownBy(() -> TreeCopy.of(fifo, directory.resolve("copy"))).hasMessageContaining("FIFO");
    }
}
