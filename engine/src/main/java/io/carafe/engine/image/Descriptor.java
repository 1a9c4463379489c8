package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Points to some content (OCI image specification, descriptor.md). Its digest and its size are what the content
/// is checked against.
///
/// @param size         bytes
/// @param platform     of a manifest in an index, else null
/// @param annotations  in their order
/// @param artifactType "" if there is none
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        @Nullable Platform platform,
        Map<String, String> annotations,
        String artifactType) {
    public Descriptor {
        annotations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, null, Map.of(), "");
    }

    /// Reads one. What is wrong with it is put down with the node's problems; empty then.
    public static Optional<Descriptor> read(Node node) {
        String mediaType = node.get("mediaType").needed();
        Node digest = node.get("digest");
        String text = digest.needed();
        long size = node.get("size").neededNumber(0, Long.MAX_VALUE);
        Optional<Digest> parsed = Digest.parse(text);
        if (parsed.isEmpty() && !text.isEmpty()) {
            digest.problem("not a digest of an algorithm that we know: " + Node.quoted(text));
        }
        Map<String, String> annotations = new LinkedHashMap<>();
        node.get("annotations").properties().forEach((name, value) -> annotations.put(name, value.text()));
        Platform platform = platform(node.get("platform"));
        String artifactType = node.get("artifactType").text();
        return parsed.map(it -> new Descriptor(mediaType, it, size, platform, annotations, artifactType));
    }

    private static @Nullable Platform platform(Node node) {
        if (!node.isThere()) {
            return null;
        }
        try {
            return new Platform(
                    node.get("os").needed(),
                    node.get("architecture").needed(),
                    node.get("variant").text());
        } catch (IllegalArgumentException e) {
            node.problem(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// As it stands in manifests and indexes.
    public void write(JsonWriter json) {
        json.beginObject();
        json.put("mediaType", mediaType).put("digest", digest.toString()).put("size", size);
        if (!artifactType.isEmpty()) {
            json.put("artifactType", artifactType);
        }
        if (platform != null) {
            json.name("platform").beginObject();
            json.put("architecture", platform.architecture()).put("os", platform.os());
            if (!platform.variant().isEmpty()) {
                json.put("variant", platform.variant());
            }
            json.endObject();
        }
        if (!annotations.isEmpty()) {
            json.put("annotations", annotations);
        }
        json.endObject();
    }

    /// The same with other annotations.
    public Descriptor with(Map<String, String> others) {
        return new Descriptor(mediaType, digest, size, platform, others, artifactType);
    }

    /// The same of another platform.
    public Descriptor with(@Nullable Platform other) {
        return new Descriptor(mediaType, digest, size, other, annotations, artifactType);
    }
}
