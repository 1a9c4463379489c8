package io.carafe.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.host.HostProbe;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Unpacks tar files as root.
class LayersIT {
    @TempDir
    private Path directory;

    private Layers layers;

    @BeforeEach
    void open() {
        layers = new Layers(directory.resolve("layers"), new HostProbe(Map.of())::host);
    }

    @Test
    void everyKindOfFileIsMadeAsItStandsThere() throws IOException {
        Path files = unpack(new TarBuilder()
                .directory("./")
                .mode(0750)
                .owner(7, 8)
                .directory("etc/")
                .mode(04711)
                .file("etc/su", "program")
                .owner(0, 0)
                .mode(0644)
                .pax("mtime", "1234567890.123456789")
                .file("etc/new", "x".repeat(700_000))
                .symbolicLink("etc/link", "/nowhere")
                .hardLink("etc/again", "etc/su")
                .device('3', "etc/null", 1, 3)
                .entry('6', "etc/pipe", "", new byte[0])
                .pax("SCHILY.xattr.user.a", new byte[] {0, '\n', -1})
                .file("etc/attributes", ""));

        assertThat(attribute(files, "etc", "unix:mode")).isEqualTo(040750);
        assertThat(attribute(files, "etc", "unix:uid")).isEqualTo(7);
        assertThat(attribute(files, "etc/su", "unix:mode")).isEqualTo(0104711);
        assertThat(attribute(files, "etc/su", "unix:gid")).isEqualTo(8);
        assertThat(attribute(files, "etc/su", "unix:nlink")).isEqualTo(2);
        assertThat(attribute(files, "etc", "lastModifiedTime"))
                .isEqualTo(FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        assertThat(attribute(files, "etc/new", "lastModifiedTime"))
                .isEqualTo(FileTime.from(Instant.ofEpochSecond(1_234_567_890, 123_456_789)));
        assertThat(files.resolve("etc/new")).hasSize(700_000);
        assertThat(Files.readSymbolicLink(files.resolve("etc/link"))).isEqualTo(Path.of("/nowhere"));
        assertThat(attribute(files, "etc/null", "unix:rdev")).isEqualTo(0x103L);
        assertThat(attribute(files, "etc/pipe", "unix:mode")).isEqualTo(010644);
        assertThat((byte[]) attribute(files, "etc/attributes", "user:a")).containsExactly(0, '\n', -1);
    }

    private static Object attribute(Path files, String name, String attribute) throws IOException {
        return Files.getAttribute(files.resolve(name), attribute, LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void whatIsWrongLeavesNothing() {
        byte[] tar = new TarBuilder().file("a", "a").bytes();
        Digest other = Digest.ofContent(new byte[] {1});

        assertThatThrownBy(() -> layers.unpack(other, new ByteArrayInputStream(tar), Bounds.DEFAULT))
                .isInstanceOf(EngineException.Failed.class)
                .hasMessage("unpack layer " + other + ": its files are those of " + Digest.ofContent(tar));
        assertThat(layers.find(other)).isEmpty();
        assertThat(directory.resolve("layers/incoming")).isDirectoryNotContaining("glob:**/" + other.hex());
    }

    @Test
    void aLayerIsUnpackedOnce() throws IOException {
        byte[] tar = new TarBuilder().file("a", "a").bytes();
        Digest diffId = Digest.ofContent(tar);
        Layer layer = layers.unpack(diffId, new ByteArrayInputStream(tar), Bounds.DEFAULT);

        assertThat(layers.unpack(diffId, unreadable(), Bounds.DEFAULT)).isEqualTo(layer);
        assertThat(layers.find(diffId)).contains(layer);
        assertThat(layers.all()).containsExactly(layer);
        assertThat(layers.remove(diffId)).isTrue();
        assertThat(layers.all()).isEmpty();
    }

    private static InputStream unreadable() throws IOException {
        InputStream closed = InputStream.nullInputStream();
        closed.close();
        return closed;
    }

    @Test
    void gzipAndZstdAreRead() throws IOException {
        byte[] tar = new TarBuilder().file("a", "x".repeat(2_000_000)).bytes();
        Digest diffId = Digest.ofContent(tar);
        var gzip = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(gzip)) {
            out.write(tar);
        }

        layers.unpack(diffId, new ByteArrayInputStream(gzip.toByteArray()), Bounds.DEFAULT);
        assertThat(layers.remove(diffId)).isTrue();
        byte[] zstd = Zstd.compress(tar);
        Layer layer = layers.unpack(diffId, new ByteArrayInputStream(zstd), Bounds.DEFAULT);
        assertThat(layer.files().resolve("a")).hasSize(2_000_000);
    }

    private Path unpack(TarBuilder tar) {
        byte[] bytes = tar.bytes();
        return layers.unpack(Digest.ofContent(bytes), new ByteArrayInputStream(bytes), Bounds.DEFAULT)
                .files();
    }
}
