package io.carafe.engine.repro;

import io.carafe.engine.repro.FileState.Kind;
import io.carafe.engine.repro.Receipt.Asked;
import io.carafe.engine.repro.Receipt.Inputs;
import io.carafe.engine.repro.Receipt.Mounted;
import io.carafe.engine.repro.Receipt.Outcome;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A receipt as a file. It may come from anybody: the words in it are read as those of a command line are, and nothing
/// else in it is done.
public final class ReceiptJson {
    /// Bytes.
    public static final int SIZE_MAX = 256 << 20;

    private static final int VERSION = 1;
    private static final int MODE_MAX = 07777;

    private ReceiptJson() {}

    public static String text(Receipt receipt) {
        var json = new JsonWriter();
        json.beginObject().put("receipt", VERSION);
        Asked asked = receipt.asked();
        json.name("asked").beginObject().put("directory", asked.directory());
        json.put("arguments", asked.arguments()).put("environment", asked.environment());
        json.endObject();
        json.name("in").beginObject().put("facts", receipt.in().facts());
        json.name("mounts").beginObject();
        receipt.in()
                .mounts()
                .forEach((place, mount) -> json.name(place)
                        .beginObject()
                        .put("source", mount.source())
                        .put("options", mount.options())
                        .put("digest", mount.digest())
                        .endObject());
        json.endObject().endObject();
        json.name("out").beginObject().put("exit", receipt.out().exit());
        json.name("changed").beginObject();
        receipt.out()
                .changed()
                .forEach((path, state) -> json.name(path)
                        .beginObject()
                        .put("kind", state.kind().word())
                        .put("mode", Integer.toOctalString(state.mode()))
                        .put("content", state.content())
                        .endObject());
        return json.endObject().endObject().endObject().text() + "\n";
    }

    /// Reads one.
    ///
    /// @throws IOException if it is none
    public static Receipt read(String text, String name) throws IOException {
        var problems = new ArrayList<Problem>();
        Node json = Node.of(text, name, problems).object();
        if (json.get("receipt").neededNumber(0, Integer.MAX_VALUE) != VERSION) {
            json.get("receipt").problem("is not " + VERSION + ", the only kind that there is");
        }
        Node asked = json.get("asked").object();
        var receipt = new Receipt(
                new Asked(
                        asked.get("directory").absolute(),
                        asked.get("arguments").texts(),
                        texts(asked.get("environment"))),
                new Inputs(
                        new TreeMap<>(texts(json.get("in").get("facts"))),
                        mounts(json.get("in").get("mounts"))),
                new Outcome(
                        (int) json.get("out").get("exit").neededNumber(0, 255),
                        changed(json.get("out").get("changed"))));
        if (!problems.isEmpty()) {
            throw new IOException(problems.getFirst().toString());
        }
        return receipt;
    }

    private static Map<String, String> texts(Node node) {
        var texts = new LinkedHashMap<String, String>();
        node.properties().forEach((name, value) -> texts.put(name, value.text()));
        return texts;
    }

    private static SortedMap<String, Mounted> mounts(Node node) {
        var mounts = new TreeMap<String, Mounted>();
        node.properties()
                .forEach((place, mount) -> mounts.put(
                        place,
                        new Mounted(
                                mount.get("source").text(),
                                mount.get("options").texts(),
                                mount.get("digest").text())));
        return mounts;
    }

    private static SortedMap<String, FileState> changed(Node node) {
        var kinds = new LinkedHashMap<String, Kind>();
        List.of(Kind.values()).forEach(kind -> kinds.put(kind.word(), kind));
        var changed = new TreeMap<String, FileState>();
        node.properties().forEach((path, state) -> {
            String kind = state.get("kind").oneOf(Set.copyOf(kinds.keySet()), "kind of file", "other");
            changed.put(
                    path,
                    new FileState(
                            kinds.getOrDefault(kind, Kind.OTHER),
                            mode(state.get("mode")),
                            state.get("content").text()));
        });
        return changed;
    }

    private static int mode(Node node) {
        try {
            int mode = Integer.parseInt(node.text(), 8);
            if (mode >= 0 && mode <= MODE_MAX) {
                return mode;
            }
        } catch (NumberFormatException e) {
            // likewise
        }
        node.problem("not a mode, as 644");
        return 0;
    }
}
