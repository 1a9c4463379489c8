package io.carafe.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.store.Digest;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packs what was unpacked, as root.
class PackingIT {
    private static final long NEVER = Long.MAX_VALUE;

    @TempDir
    private Path directory;

    private final Host host = new HostProbe(Map.of()).host();
    private Layers layers;

    @BeforeEach
    void open() {
        layers = new Layers(directory.resolve("layers"), () -> host);
    }

    @Test
    void aLayerComesBackAsItWas() throws IOException {
        byte[] tar = new TarBuilder()
                .directory("./")
                .directory("dir/")
                .file("dir/big", "x".repeat(700_000))
                .mode(04755)
                .owner(5, 3_000_000_000L)
                .file("dir/set-user-id", "x")
                .owner(0, 0)
                .mode(0777)
                .symbolicLink("dir/to", "a".repeat(150))
                .mode(0644)
                .file("dir/two", "names")
                .hardLink("dir/two-again", "dir/two")
                .device('3', "null", 1, 3)
                .pax(
                        "SCHILY.xattr.security.capability",
                        new byte[] {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                .pax("SCHILY.xattr.user.a", new byte[] {'\n', 0, '='})
                .pax("mtime", "1000000000.5")
                .file("ping", "p")
                .bytes();
        Layer layer = unpack(tar);

        byte[] packed = changes(layer);

        assertThat(entries(packed)).isEqualTo(entries(tar));
        layers.remove(layer.diffId());
        assertThat(changes(unpack(packed))).isEqualTo(packed);
    }

    @Test
    void whatALayerHidesComesBackAsWhiteouts() throws IOException {
        Layer layer = unpack(new TarBuilder()
                .file(".wh.gone", "")
                .directory("d")
                .file("d/.wh..wh..opq", "")
                .file("d/f", "")
                .bytes());

        assertThat(names(changes(layer))).containsExactly("./", "d/", "d/.wh..wh..opq", "d/f", ".wh.gone");
    }

    @Test
    void layersAreSeenAsOne() throws IOException {
        Layer lower = unpack(
                new TarBuilder().file("a", "1").file("b", "1").file("d/x", "1").bytes());
        Layer upper = unpack(new TarBuilder()
                .file("a", "2")
                .file(".wh.b", "")
                .file("d/.wh..wh..opq", "")
                .file("d/y", "2")
                .bytes());

        byte[] both = files(List.of(upper.files(), lower.files()), "", 7);

        assertThat(names(both)).containsExactly("./", "a", "d/", "d/y");
        assertThat(entries(both).get(1).seconds()).isEqualTo(7);
        assertThat(names(files(List.of(upper.files(), lower.files()), "d/y", 7)))
                .containsExactly("d/y");
    }

    private Layer unpack(byte[] tar) {
        return layers.unpack(Digest.ofContent(tar), new ByteArrayInputStream(tar), Bounds.DEFAULT);
    }

    private byte[] changes(Layer layer) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarWriter(bytes)) {
            Packing.changes(layer.files(), NEVER, tar, host);
        }
        return bytes.toByteArray();
    }

    private byte[] files(List<Path> layers, String path, long latest) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarWriter(bytes)) {
            Packing.files(layers, ByteString.of(path), ByteString.of(path), latest, tar, host);
        }
        return bytes.toByteArray();
    }

    private static List<TarEntry> entries(byte[] tar) throws IOException {
        var reader = new TarReader(new ByteArrayInputStream(tar));
        var entries = new ArrayList<TarEntry>();
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            entries.add(entry);
        }
        return entries;
    }

    private static List<String> names(byte[] tar) throws IOException {
        return entries(tar).stream().map(entry -> entry.path().toString()).toList();
    }
}
