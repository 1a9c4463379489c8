package io.carafe.engine.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.Zstd;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.host.HostProbe;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Layers that want more than a directory of their own: the cases that other engines have had to learn, one by one
/// (CVE-2021-29136, CVE-2026-17106, CVE-2014-9357 …), and what must come of them here. As root, who could do harm.
class HostileLayerIT {
    private static final int BEYOND_FREE = (256 << 20) + (1 << 20);

    @TempDir
    private Path directory;

    private Path canary;
    private Layers layers;

    @BeforeEach
    void open() throws IOException {
        canary = Files.createDirectory(directory.resolve("outside")).resolve("canary");
        Files.writeString(canary, "sings");
        layers = new Layers(directory.resolve("layers"), new HostProbe(Map.of())::host);
    }

    @AfterEach
    void nothingOutsideHasChanged() throws IOException {
        assertThat(canary).hasContent("sings");
        try (var outside = Files.list(canary.getParent())) {
            assertThat(outside).containsExactly(canary);
        }
        for (Layer layer : layers.all()) {
            assertThat(layers.remove(layer.diffId())).isTrue();
        }
        assertThat(directory.resolve("layers/incoming")).isDirectoryNotContaining(Files::isDirectory);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(new TarBuilder().file("../evil", "x"), "the name ../evil has .. in it"),
                Arguments.of(new TarBuilder().file("a/../../evil", "x"), "the name a/../../evil has .. in it"),
                Arguments.of(new TarBuilder().symbolicLink("/.", "/"), "the root of the layer is no directory"),
                Arguments.of(new TarBuilder().hardLink(".", "a"), "the root of the layer is no directory"),
                Arguments.of(new TarBuilder().hardLink("a", "../../outside/canary"), "has .. in it"),
                Arguments.of(new TarBuilder().hardLink("a", "/etc/passwd"), "a -> etc/passwd: ENOENT"),
                Arguments.of(new TarBuilder().hardLink("a", "./"), "the hard link a leads to no file"),
                Arguments.of(new TarBuilder().directory("d").hardLink("a", "d"), "a -> d: EPERM"),
                Arguments.of(new TarBuilder().file("f", "").file("f/g", "x"), "f/g: ENOTDIR"),
                Arguments.of(
                        new TarBuilder().symbolicLink("l", "/proc/1/root/tmp").file("l/x", ""), "l/x: ENOENT"),
                Arguments.of(new TarBuilder().symbolicLink("l", "l").file("l/x", ""), "l/x: ELOOP"),
                Arguments.of(new TarBuilder().symbolicLink("l", ""), "a target that the kernel doesn't take"),
                Arguments.of(new TarBuilder().file("d/.wh.", ""), "d/.wh. is a whiteout of nothing"),
                Arguments.of(new TarBuilder().file(".wh..", ""), ".wh.. is a whiteout of nothing"),
                Arguments.of(new TarBuilder().file("d/.wh...", ""), "d/.wh... is a whiteout of nothing"),
                Arguments.of(new TarBuilder().file(".wh.d/f", ""), ".wh.d/f lies below a whiteout"),
                Arguments.of(
                        new TarBuilder()
                                .file("a".repeat(100) + "/" + "b", "")
                                .pax("path", "c".repeat(256))
                                .file("a", ""),
                        "a name of 256 bytes is longer"),
                Arguments.of(
                        new TarBuilder().pax("path", "c/".repeat(2050) + "c").file("a", ""), "is longer than"),
                Arguments.of(
                        new TarBuilder().pax("path", new byte[] {'a', 0, 'b'}).file("a", ""), "has a NUL in it"),
                Arguments.of(new TarBuilder().raw('0', "a", "", new byte[0], -1), "a size below zero"),
                Arguments.of(new TarBuilder().raw('0', "a", "", new byte[512], 4096), "is cut"),
                Arguments.of(new TarBuilder().owner(1L << 32, 0).file("a", ""), "an owner or device number"),
                Arguments.of(new TarBuilder().entry('M', "a", "", new byte[0]), "a is of a type that no layer has"),
                Arguments.of(new TarBuilder().raw('x', "a", "", new byte[0], 2 << 20), "larger than 1 MiB"),
                Arguments.of(new TarBuilder().raw('x', "a", "", "9 a=b\n".getBytes(UTF_8), 6), "PAX header is damaged"),
                Arguments.of(new TarBuilder().block(new byte[] {1}), "no tar file, or damaged"),
                Arguments.of(
                        new TarBuilder()
                                .pax("GNU.sparse.map", "0,10,5,10")
                                .pax("GNU.sparse.size", "100")
                                .file("a", "x".repeat(20)),
                        "the list of holes of a is wrong"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void isRefused(TarBuilder tar, String words) {
        byte[] bytes = tar.bytes();
        Digest diffId = Digest.ofContent(bytes);

        Throwable failure =
                catchThrowable(() -> layers.unpack(diffId, new ByteArrayInputStream(bytes), Bounds.DEFAULT));

        assertThat(failure).isInstanceOf(EngineException.Failed.class).hasMessageContaining("unpack layer " + diffId);
        assertThat(failure).hasMessageContaining(words);
        assertThat(layers.find(diffId)).isEmpty();
    }

    @Test
    void linksAreFollowedInsideTheLayerAlone() throws IOException {
        Path files = unpack(new TarBuilder()
                .directory("usr/bin")
                .symbolicLink("bin", "usr/bin")
                .file("bin/a", "a")
                .symbolicLink("up", "../../../../usr")
                .file("up/b", "b")
                .symbolicLink("abs", "/usr/bin")
                .file("abs/c", "c")
                .symbolicLink("last", canary.toString())
                .file("last", "replaced"));

        assertThat(files.resolve("usr/bin/a")).hasContent("a");
        assertThat(files.resolve("usr/b")).hasContent("b");
        assertThat(files.resolve("usr/bin/c")).hasContent("c");
        assertThat(Files.isSymbolicLink(files.resolve("last"))).isFalse();
    }

    @Test
    void theLastOfSeveralCounts() throws IOException {
        Path files = unpack(new TarBuilder()
                .file("a", "1")
                .directory("a")
                .file("a/b", "2")
                .directory("d")
                .file("d/deep/er", "3")
                .mode(0600)
                .file("d", "4")
                .directory("e")
                .file("e/f", "5")
                .mode(0700)
                .directory("e"));

        assertThat(files.resolve("a/b")).hasContent("2");
        assertThat(files.resolve("d")).hasContent("4");
        assertThat(files.resolve("e/f")).hasContent("5");
        assertThat(Files.getAttribute(files.resolve("e"), "unix:mode")).isEqualTo(040700);
    }

    @Test
    void aWhiteoutHidesOnlyWhatLiesBelow() throws IOException {
        Path files = unpack(new TarBuilder()
                .file(".wh.gone", "")
                .file("file", "1")
                .file(".wh.file", "")
                .file(".wh.later", "")
                .directory("later")
                .directory("before")
                .file(".wh.before", "")
                .directory("opaque")
                .file("opaque/.wh..wh..opq", "")
                .file(".wh..wh.plnk/1.2", ""));

        assertThat(Files.getAttribute(files.resolve("gone"), "unix:rdev", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(0L);
        assertThat(files.resolve("file")).hasContent("1");
        for (String name : new String[] {"later", "before", "opaque"}) {
            assertThat((byte[]) Files.getAttribute(files.resolve(name), "user:overlay.opaque"))
                    .as(name)
                    .containsExactly('y');
        }
        assertThat(files.resolve(".wh..wh.plnk")).doesNotExist();
    }

    @Test
    void attributesOfTheHostAreNotTheImages() throws IOException {
        Path files = unpack(new TarBuilder()
                .pax("SCHILY.xattr.security.selinux", "system_u:object_r:shadow_t:s0")
                .pax("SCHILY.xattr.user.overlay.redirect", "/etc")
                .pax("SCHILY.xattr.trusted.overlay.redirect", "/etc")
                .pax("SCHILY.xattr.user.kept", "k")
                .directory("d"));

        assertThat(Files.readAttributes(files.resolve("d"), "user:*")).containsOnlyKeys("kept");
    }

    @Test
    void holesTakeNoRoom() throws IOException {
        Path files = unpack(new TarBuilder()
                .pax("GNU.sparse.major", "1")
                .pax("GNU.sparse.minor", "0")
                .pax("GNU.sparse.name", "sparse")
                .pax("GNU.sparse.realsize", String.valueOf(4L << 30))
                .file("GNUSparseFile.0/sparse", "1\n4294967290\n3\n" + "\0".repeat(497) + "end"));

        assertThat(Files.size(files.resolve("sparse"))).isEqualTo(4L << 30);
        try (var channel = Files.newByteChannel(files.resolve("sparse"))) {
            channel.position(4294967290L);
            var end = ByteBuffer.allocate(10);
            channel.read(end);
            assertThat(end.array()).startsWith('e', 'n', 'd', 0, 0, 0);
        }
    }

    @Test
    void aDeepTreeIsMadeAndRemoved() throws IOException {
        Path files =
                unpack(new TarBuilder().pax("path", "d/".repeat(2000) + "f").file("x", "deep"));

        assertThat(files.resolve("d/d/d")).isDirectory();
    }

    @Test
    void bombsAreRefused() {
        byte[] tar = new TarBuilder().file("zeros", new byte[BEYOND_FREE]).bytes();
        byte[] bomb = Zstd.compress(tar);

        assertThat(message(tar, bomb, Bounds.DEFAULT)).contains("it looks like a bomb");
        assertThat(message(tar, bomb, new Bounds(1 << 20, 10, 1 << 20))).contains("larger than the limit of 1048576");
        byte[] many = new TarBuilder().file("a", "").file("b", "").file("c", "").bytes();
        assertThat(message(many, many, new Bounds(1 << 20, 2, 10))).contains("more files than the limit of 2");
        byte[] sparse = new TarBuilder()
                .pax("GNU.sparse.map", "0,1")
                .pax("GNU.sparse.size", "4294967296")
                .file("a", "x")
                .bytes();
        assertThat(message(sparse, sparse, new Bounds(1 << 30, 2, 10))).contains("larger than the limit");
    }

    private String message(byte[] tar, byte[] blob, Bounds bounds) {
        Digest diffId = Digest.ofContent(tar);
        return String.valueOf(catchThrowable(() -> layers.unpack(diffId, new ByteArrayInputStream(blob), bounds))
                .getMessage());
    }

    private Path unpack(TarBuilder tar) {
        byte[] bytes = tar.bytes();
        return layers.unpack(Digest.ofContent(bytes), new ByteArrayInputStream(bytes), Bounds.DEFAULT)
                .files();
    }
}
