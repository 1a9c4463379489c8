package io.carafe.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.pack.Item.Body;
import io.carafe.engine.pack.PackedLayer.Compression;
import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedLayerTest {
    private static final String LONG = "/usr/" + "long-".repeat(30);

    @TempDir
    Path directory;

    @Test
    void sameFilesAreTheSameLayer() throws IOException {
        PackedLayer one = layer(Compression.ZSTD, "one");
        Files.setLastModifiedTime(directory.resolve("one/source"), FileTime.fromMillis(1));
        Files.setPosixFilePermissions(directory.resolve("one/source"), PosixFilePermissions.fromString("rwx------"));
        assertThat(layer(Compression.ZSTD, "one")).isEqualTo(one);
        assertThat(layer(Compression.GZIP, "one").diffId()).isEqualTo(one.diffId());
        assertThat(layer(Compression.GZIP, "two").blob())
                .isEqualTo(layer(Compression.GZIP, "one").blob());
    }

    @Test
    void uncompressedLayerIsItsTarFile() throws IOException {
        PackedLayer layer = layer(Compression.NONE, "one");
        assertThat(layer.blob().digest()).isEqualTo(layer.diffId());
        assertThat(layer.blob().mediaType()).isEqualTo(MediaTypes.LAYER);
        assertThat(Digest.ofContent(Files.readAllBytes(directory.resolve("layer"))))
                .isEqualTo(layer.diffId());
        assertThat(layer.blob().size()).isEqualTo(Files.size(directory.resolve("layer")));
    }

    /// A change of one byte in how a layer is written would change the digest of every image.
    @Test
    void layerIsAsItAlwaysWas() throws IOException {
        assertThat(layer(Compression.NONE, "one").diffId())
                .hasToString("sha256:e02f37fdc8ac93c5f06bff10c285d3347ff8c014982aa20bd21acd1d62db314a");
    }

    @Test
    void fileThatChangesItsSizeIsTold() throws IOException {
        layer(Compression.NONE, "one");
        Files.writeString(directory.resolve("one/source"), "cut");
        assertThatThrownBy(() -> layer(Compression.NONE, "one"))
                .hasMessage("/bin/one became shorter while it was packed");
        Files.writeString(directory.resolve("one/source"), "longer than it was");
        assertThatThrownBy(() -> layer(Compression.NONE, "one"))
                .hasMessage("/bin/one became longer while it was packed");
    }

    private PackedLayer layer(Compression compression, String name) throws IOException {
        Path source = Files.createDirectories(directory.resolve(name)).resolve("source");
        if (!Files.exists(source)) {
            Files.writeString(source, "content");
        }
        var items = List.of(
                new Item("/bin", new Body.Directory(false), List.of()),
                new Item("/bin/one", new Body.File(source, 04755, 7), List.of(new Reason.Asked())),
                new Item("/bin/sh", new Body.Link("one"), List.of()),
                new Item(LONG, new Body.Link(LONG.substring(1)), List.of()),
                new Item("/usr/caf\udce9", new Body.Made("caf\udce9"), List.of()));
        var contents = new Contents(items, List.of(), List.of(), "amd64", List.of(), List.of(), List.of());
        return PackedLayer.write(contents, compression, 1_000_000_000, directory.resolve("layer"));
    }
}
