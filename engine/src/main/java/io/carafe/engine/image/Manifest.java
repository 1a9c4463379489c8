package io.carafe.engine.image;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one image, or one artifact, is made of (OCI image specification, manifest.md; Docker's image manifest,
/// version 2, schema 2).
///
/// @param mediaType    one of the two that [MediaTypes#isManifest] knows
/// @param layers       the lowest first
/// @param subject      the manifest that this one is about, else null
/// @param artifactType "" of an image
/// @param annotations  in their order
public record Manifest(
        String mediaType,
        Descriptor config,
        List<Descriptor> layers,
        @Nullable Descriptor subject,
        String artifactType,
        Map<String, String> annotations) {
    /// Bytes that a manifest or an index has at most (distribution specification).
    public static final int SIZE_MAX = 4 << 20;

    public Manifest {
        layers = List.copyOf(layers);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /// Reads one.
    ///
    /// @param mediaType what it is said to be by whoever points to it
    /// @param name      what messages call it
    /// @throws InvalidImage if it is none, or could be taken for something else (CVE-2021-41190)
    public static Manifest read(byte[] bytes, String mediaType, String name) throws InvalidImage {
        var problems = new ArrayList<Problem>();
        Node node = node(bytes, mediaType, name, problems);
        if (node.get("manifests").isThere()) {
            node.get("manifests").problem("a manifest has none, only an index");
        }
        Optional<Descriptor> config = Descriptor.read(node.get("config"));
        List<Descriptor> layers = descriptors(node.get("layers"));
        Descriptor subject = subject(node);
        String artifactType = node.get("artifactType").text();
        Map<String, String> annotations = annotations(node);
        InvalidImage.check(name, problems);
        return new Manifest(mediaType, config.orElseThrow(), layers, subject, artifactType, annotations);
    }

    /// The beginning that manifests and indexes have in common: the version, and the type that both tell.
    static Node node(byte[] bytes, String mediaType, String name, List<Problem> problems) {
        Node node = Node.of(new String(bytes, StandardCharsets.UTF_8), name, problems);
        if (problems.isEmpty()) {
            node.get("schemaVersion").neededNumber(2, 2);
            String own = node.get("mediaType").text();
            if (!own.isEmpty() && !own.equals(mediaType)) {
                node.get("mediaType")
                        .problem(Node.quoted(own) + " is not what points to it calls it: " + Node.quoted(mediaType));
            }
        }
        return node;
    }

    static List<Descriptor> descriptors(Node list) {
        var descriptors = new ArrayList<Descriptor>();
        for (Node element : list.objects()) {
            Descriptor.read(element).ifPresent(descriptors::add);
        }
        return descriptors;
    }

    static @Nullable Descriptor subject(Node node) {
        Node subject = node.get("subject").object();
        return subject.isThere() ? Descriptor.read(subject).orElse(null) : null;
    }

    static Map<String, String> annotations(Node node) {
        var annotations = new LinkedHashMap<String, String>();
        node.get("annotations").properties().forEach((key, value) -> annotations.put(key, value.text()));
        return annotations;
    }

    /// Whether it is an image, and no artifact.
    public boolean isImage() {
        return artifactType.isEmpty()
                && (config.mediaType().equals(MediaTypes.CONFIG)
                        || config.mediaType().equals(MediaTypes.DOCKER_CONFIG));
    }

    /// A new one of an image, as text.
    ///
    /// @param layers the lowest first
    public static String json(Descriptor config, List<Descriptor> layers) {
        var json = new JsonWriter();
        json.beginObject().put("schemaVersion", 2).put("mediaType", MediaTypes.MANIFEST);
        config.write(json.name("config"));
        json.name("layers").beginList();
        layers.forEach(layer -> layer.write(json));
        return json.endList().endObject().text();
    }
}
