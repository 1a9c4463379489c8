package io.carafe.engine.layer;

import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;

/// What is kept of a layer beside its files.
record LayerRecord(long size, long tarSize, long entries, int leftOut) {
    String json() {
        return new JsonWriter()
                        .beginObject()
                        .put("size", size)
                        .put("tarSize", tarSize)
                        .put("entries", entries)
                        .put("leftOut", leftOut)
                        .endObject()
                        .text()
                + "\n";
    }

    static Layer read(Digest diffId, Path place, String text) throws IOException {
        var problems = new ArrayList<Problem>();
        Node json = Node.of(text, "layer.json", problems).object();
        var layer = new LayerRecord(
                json.get("size").neededNumber(0, Long.MAX_VALUE),
                json.get("tarSize").neededNumber(0, Long.MAX_VALUE),
                json.get("entries").neededNumber(0, Long.MAX_VALUE),
                (int) json.get("leftOut").neededNumber(0, Integer.MAX_VALUE));
        if (!problems.isEmpty()) {
            throw new IOException(place + " is damaged: " + problems.getFirst());
        }
        return layer.at(diffId, place);
    }

    Layer at(Digest diffId, Path place) {
        return new Layer(diffId, place, size, tarSize, entries, leftOut);
    }
}
