package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/attacks.md 12 and 22.
@Timeout(10)
class BoxFilesTest {
    @TempDir
    Path directory;

    private Path root;
    private Path file;
    private BoxFiles files;

    @BeforeEach
    void tree() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        Files.createDirectories(root.resolve("etc"));
        Files.createDirectories(root.resolve("usr/etc"));
        Files.writeString(root.resolve("usr/etc/passwd"), "inside");
        Files.writeString(directory.resolve("passwd"), "outside");
        file = root.resolve("etc/passwd");
        files = new BoxFiles(root);
    }

    @Test
    void readsLines() throws IOException {
        Files.writeString(file, "a\nb\n");
        assertThat(files.lines("/etc/passwd")).containsExactly("a", "b");
    }

    /// The mark of overlays in a user namespace, which unpacked layers have too.
    @Test
    void anOpaqueDirectoryHidesWhatLowerLayersHaveInIt() throws Exception {
        Path upper = Files.createDirectories(directory.resolve("upper/etc/a"));
        Path below = Files.createDirectories(directory.resolve("below/etc/a"));
        Files.writeString(below.resolve("file"), "below");
        Files.writeString(below.resolveSibling("passwd"), "below");
        var layered = new BoxFiles(List.of(directory.resolve("upper"), directory.resolve("below")));
        assertThat(layered.lines("/etc/a/file")).containsExactly("below");
        var marks = Files.getFileAttributeView(upper, UserDefinedFileAttributeView.class);
        assumeTrue(marks != null, "the temporary directory's file system has no user attributes");
        marks.write("overlay.opaque", ByteBuffer.wrap(new byte[] {'y'}));
        assertThat(layered.lines("/etc/a/file")).isEmpty();
        assertThat(layered.lines("/etc/passwd")).containsExactly("below");
        Files.writeString(upper.resolve("file"), "upper");
        assertThat(layered.lines("/etc/a/file")).containsExactly("upper");
    }

    /// As overlayfs shows them.
    @Test
    void theUpperLayerIsReadFirst() throws Exception {
        Path upper = Files.createDirectories(directory.resolve("upper/etc"));
        Path below = Files.createDirectories(directory.resolve("below/etc"));
        var layered = new BoxFiles(java.util.List.of(upper.getParent(), below.getParent(), directory.resolve("none")));
        assertThat(layered.lines("/etc/passwd")).isEmpty();
        Files.writeString(below.resolve("passwd"), "below");
        assertThat(layered.lines("/etc/passwd")).containsExactly("below");
        Files.writeString(below.resolve("target"), "through a link");
        Files.createSymbolicLink(upper.resolve("passwd"), Path.of("target"));
        assertThat(layered.lines("/etc/passwd")).containsExactly("through a link");
        Files.delete(upper.resolve("passwd"));
        Files.delete(upper);
        Files.createFile(upper); // a file hides a directory
        assertThat(layered.lines("/etc/passwd")).isEmpty();
    }

    @Test
    void nothingThereIsNoLine() throws IOException {
        assertThat(files.lines("/etc/passwd")).isEmpty();
        assertThat(files.lines("/no/such/place")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/usr/etc/passwd", "../usr/etc/passwd", "../../../../usr/etc/passwd", "/../usr/./etc//passwd"})
    void linksStayInTheRoot(String target) throws IOException {
        Files.createSymbolicLink(file, Path.of(target));
        assertThat(files.lines("/etc/passwd")).containsExactly("inside");
    }

    @Test
    void aLinkOfTheHostLeadsNowhere() throws IOException {
        Files.createSymbolicLink(file, directory.resolve("passwd"));
        assertThat(files.lines("/etc/passwd")).isEmpty();
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("../../passwd"));
        assertThat(files.lines("/etc/passwd")).isEmpty();
    }

    @Test
    void aDirectoryCanBeALinkToo() throws IOException {
        Files.delete(root.resolve("etc"));
        Files.createSymbolicLink(root.resolve("etc"), Path.of("/usr/etc"));
        assertThat(files.lines("/etc/passwd")).containsExactly("inside");
        assertThat(files.resolve("/etc/passwd")).isEqualTo(root.resolve("usr/etc/passwd"));
    }

    @Test
    void aLoopOfLinksEnds() throws IOException {
        Files.createSymbolicLink(file, Path.of("passwd"));
        assertThatThrownBy(() -> files.lines("/etc/passwd")).hasMessage("too many links on the way to /etc/passwd");
    }

    @Test
    void aFifoIsNotOpened() throws Exception {
        new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
        assertThatThrownBy(() -> files.lines("/etc/passwd")).hasMessage("/etc/passwd is not a regular file");
    }

    @Test
    void aLinkToADeviceOfTheHostIsNotFollowed() throws IOException {
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        assertThat(files.lines("/etc/passwd")).isEmpty();
    }

    @Test
    void fiveGigabytesAreNotRead() throws IOException {
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(5L << 30);
        }
        assertThatThrownBy(() -> files.lines("/etc/passwd")).hasMessage("/etc/passwd is larger than 1048576 bytes");
    }

    @Test
    void anEndlessLineIsNotTaken() throws IOException {
        Files.writeString(file, "x".repeat(70_000));
        assertThatThrownBy(() -> files.lines("/etc/passwd"))
                .hasMessage("/etc/passwd has a line of more than 65536 characters");
    }
}
