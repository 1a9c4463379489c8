package io.carafe.engine.volume;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/// What is kept of a volume beside its files: `volume.json`.
final class VolumeRecord {
    static final String FILE = "volume.json";

    private VolumeRecord() {}

    static String json(Volume volume) {
        return new JsonWriter()
                        .beginObject()
                        .put("name", volume.name().text())
                        .put("created", volume.created())
                        .put("driver", "local")
                        .put("labels", volume.labels())
                        .put("options", volume.options())
                        .put("anonymous", volume.anonymous())
                        .endObject()
                        .text()
                + "\n";
    }

    static Volume read(VolumeName name, Path place, String text) throws IOException {
        var problems = new ArrayList<Problem>();
        Node json = Node.of(text, FILE, problems).object();
        Map<String, String> options = texts(json.get("options"));
        String created = json.get("created").needed();
        boolean anonymous = json.get("anonymous").truth();
        Map<String, String> labels = texts(json.get("labels"));
        if (!problems.isEmpty()) {
            throw new IOException(place.resolve(FILE) + " is damaged: " + problems.getFirst());
        }
        try {
            VolumeOptions known = VolumeOptions.of(options);
            return new Volume(name, place, created, labels, options, known.source(), known.readOnly(), anonymous);
        } catch (IllegalArgumentException e) {
            throw new IOException(place.resolve(FILE) + " is damaged: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> texts(Node node) {
        var texts = new TreeMap<String, String>();
        node.properties().forEach((name, value) -> texts.put(name, value.text()));
        return texts;
    }
}
