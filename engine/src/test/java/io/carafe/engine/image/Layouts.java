package io.carafe.engine.image;

import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Lease;
import io.carafe.sandbox.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Makes images that are small and nevertheless whole. Layers are bytes, and no tar.
public final class Layouts {
    private Layouts() {}

    /// A manifest of some platform.
    ///
    /// @param layers what is in each
    public static Descriptor image(Path dataRoot, String platform, String... layers) throws IOException {
        Images images = Images.of(dataRoot);
        try (Lease _ = Lease.adding(new DataRoot(dataRoot), () -> true)) {
            var descriptors = new ArrayList<Descriptor>();
            for (String layer : layers) {
                descriptors.add(add(images, MediaTypes.LAYER, layer));
            }
            Descriptor config = add(images, MediaTypes.CONFIG, config(Platform.of(platform), descriptors));
            return add(images, MediaTypes.MANIFEST, manifest(config, descriptors))
                    .with(Platform.of(platform));
        }
    }

    /// An index of manifests.
    public static Descriptor index(Path dataRoot, Descriptor... manifests) throws IOException {
        try (Lease _ = Lease.adding(new DataRoot(dataRoot), () -> true)) {
            return add(Images.of(dataRoot), MediaTypes.INDEX, index(manifests));
        }
    }

    static String index(Descriptor... manifests) {
        var json = new JsonWriter();
        json.beginObject().put("schemaVersion", 2).put("mediaType", MediaTypes.INDEX);
        json.name("manifests").beginList();
        for (Descriptor manifest : manifests) {
            manifest.write(json);
        }
        return json.endList().endObject().text();
    }

    static String manifest(Descriptor config, List<Descriptor> layers) {
        var json = new JsonWriter();
        json.beginObject().put("schemaVersion", 2).put("mediaType", MediaTypes.MANIFEST);
        config.write(json.name("config"));
        json.name("layers").beginList();
        layers.forEach(layer -> layer.write(json));
        return json.endList().endObject().text();
    }

    static String config(Platform platform, List<Descriptor> layers) {
        var json = new JsonWriter();
        json.beginObject().put("created", "2026-11-22T00:00:00Z");
        json.put("os", platform.os()).put("architecture", platform.architecture());
        json.put("variant", platform.variant());
        json.name("config").beginObject().put("Cmd", List.of("/bin/sh")).endObject();
        json.name("rootfs").beginObject().put("type", "layers");
        json.put(
                "diff_ids",
                layers.stream().map(layer -> layer.digest().toString()).toList());
        return json.endObject().endObject().text();
    }

    public static Descriptor add(Images images, String type, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Digest digest = images.blobs().add(bytes);
        return new Descriptor(type, digest, bytes.length);
    }
}
