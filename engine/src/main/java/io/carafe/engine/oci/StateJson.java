package io.carafe.engine.oci;

import io.carafe.engine.runtime.ContainerFile;
import io.carafe.engine.runtime.State;
import io.carafe.sandbox.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The specification's state of a container (runtime.md, "State") with what runc adds to it.
final class StateJson {
    private StateJson() {}

    static String of(State state) {
        return object(state, "  ", "\n") + "\n";
    }

    static String of(List<State> states) {
        var json = new StringBuilder("[");
        for (State state : states) {
            json.append(json.length() == 1 ? "" : ",").append(object(state, "", ""));
        }
        return json.append("]\n").toString();
    }

    private static String object(State state, String indent, String end) {
        ContainerFile file = state.file();
        String colon = end.isEmpty() ? ":" : ": ";
        var json = new StringBuilder("{").append(end);
        put(json, indent, "ociVersion", colon, JsonWriter.quoted(file.version()), end);
        put(json, indent, "id", colon, JsonWriter.quoted(file.id()), end);
        put(json, indent, "pid", colon, Integer.toString(state.pid()), end);
        put(json, indent, "status", colon, JsonWriter.quoted(state.status().toString()), end);
        put(json, indent, "bundle", colon, JsonWriter.quoted(file.bundle()), end);
        put(json, indent, "rootfs", colon, JsonWriter.quoted(file.rootfs()), end);
        put(json, indent, "created", colon, JsonWriter.quoted(file.created()), end);
        if (!file.annotations().isEmpty()) {
            put(json, indent, "annotations", colon, annotations(file.annotations()), end);
        }
        json.append(indent).append("\"owner\"").append(colon).append(JsonWriter.quoted(owner(file.owner())));
        return json.append(end).append('}').toString();
    }

    private static void put(StringBuilder json, String indent, String name, String colon, String value, String end) {
        json.append(indent)
                .append('"')
                .append(name)
                .append('"')
                .append(colon)
                .append(value)
                .append(',')
                .append(end);
    }

    private static String annotations(Map<String, String> annotations) {
        var json = new StringBuilder("{");
        annotations.forEach((key, value) -> json.append(json.length() == 1 ? "" : ",")
                .append(JsonWriter.quoted(key))
                .append(':')
                .append(JsonWriter.quoted(value)));
        return json.append('}').toString();
    }

    /// The user's name, or the number where that has none.
    static String owner(int uid) {
        try (var lines = Files.lines(Path.of("/etc/passwd"))) {
            return lines.map(line -> line.split(":"))
                    .filter(fields -> fields.length > 2 && fields[2].equals(Integer.toUnsignedString(uid)))
                    .map(fields -> fields[0])
                    .findFirst()
                    .orElse(Integer.toUnsignedString(uid));
        } catch (IOException e) {
            return Integer.toUnsignedString(uid);
        }
    }
}
