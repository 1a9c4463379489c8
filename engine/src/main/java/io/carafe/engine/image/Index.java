package io.carafe.engine.image;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Manifests that belong together, mostly one for each platform (OCI image specification, image-index.md; Docker's
/// manifest list).
///
/// @param mediaType    one of the two that [MediaTypes#isIndex] knows
/// @param subject      the manifest that this one is about, else null
/// @param artifactType "" of images
/// @param annotations  in their order
public record Index(
        String mediaType,
        List<Descriptor> manifests,
        @Nullable Descriptor subject,
        String artifactType,
        Map<String, String> annotations) {
    public Index {
        manifests = List.copyOf(manifests);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /// Reads one.
    ///
    /// @param mediaType what it is said to be by whoever points to it
    /// @param name      what messages call it
    /// @throws InvalidImage if it is none, or could be taken for something else (CVE-2021-41190)
    public static Index read(byte[] bytes, String mediaType, String name) throws InvalidImage {
        var problems = new ArrayList<Problem>();
        Node node = Manifest.node(bytes, mediaType, name, problems);
        for (String other : List.of("config", "layers", "fsLayers")) {
            if (node.get(other).isThere()) {
                node.get(other).problem("an index has none, only a manifest");
            }
        }
        List<Descriptor> manifests = Manifest.descriptors(node.get("manifests"));
        Descriptor subject = Manifest.subject(node);
        String artifactType = node.get("artifactType").text();
        Map<String, String> annotations = Manifest.annotations(node);
        InvalidImage.check(name, problems);
        return new Index(mediaType, manifests, subject, artifactType, annotations);
    }

    /// A new one of manifests, as text.
    static String json(List<Descriptor> manifests) {
        var json = new JsonWriter();
        json.beginObject().put("schemaVersion", 2).put("mediaType", MediaTypes.INDEX);
        json.name("manifests").beginList();
        for (Descriptor manifest : manifests) {
            manifest.write(json);
        }
        return json.endList().endObject().text();
    }
}
