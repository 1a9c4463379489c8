package io.carafe.engine.endtoend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A `config.json` that is put together for a test: the least that runs a script, and what the test is about.
final class ConfigText {
    /// Property names to maps of the same kind, or to JSON.
    private final Map<String, Object> properties = new LinkedHashMap<>();

    private final List<String> mounts = new ArrayList<>();

    private ConfigText() {}

    /// A shell with a `/proc` and a `/dev`, as root without any capability.
    static ConfigText script(String script) {
        return new ConfigText()
                .with("ociVersion", "\"1.3.0\"")
                .with("root.path", "\"rootfs\"")
                .with("process.cwd", "\"/\"")
                .with("process.args", "[\"sh\", \"-c\", " + quoted(script) + "]")
                .with("process.env", "[\"PATH=/bin\"]")
                .with("process.user", "{\"uid\": 0, \"gid\": 0}")
                .with(
                        "linux.namespaces",
                        "[{\"type\": \"pid\"}, {\"type\": \"mount\"}, {\"type\": \"ipc\"}, {\"type\": \"uts\"},"
                                + " {\"type\": \"network\"}]")
                .mount("{\"destination\": \"/proc\", \"type\": \"proc\", \"source\": \"proc\"}")
                .mount("{\"destination\": \"/dev\", \"type\": \"tmpfs\", \"source\": \"tmpfs\","
                        + " \"options\": [\"nosuid\", \"mode=755\"]}");
    }

    /// @param path  as `linux.memoryPolicy`
    /// @param value JSON; "" leaves it out
    ConfigText with(String path, String value) {
        String[] names = path.split("\\.");
        Map<String, Object> at = properties;
        for (int i = 0; i < names.length - 1; i++) {
            at = below(at, names[i]);
        }
        if (path.equals("mounts")) {
            mounts.clear();
        }
        if (value.isEmpty()) {
            at.remove(names[names.length - 1]);
        } else {
            at.put(names[names.length - 1], value);
        }
        return this;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> below(Map<String, Object> map, String name) {
        return (Map<String, Object>) map.computeIfAbsent(name, _ -> new LinkedHashMap<String, Object>());
    }

    /// One more.
    ConfigText mount(String json) {
        mounts.add(json);
        return this;
    }

    /// Without the mounts so far.
    ConfigText withoutMounts() {
        mounts.clear();
        return this;
    }

    /// All five sets but the ambient one.
    ConfigText capabilities(String... names) {
        String list = "[\"" + String.join("\", \"", names) + "\"]";
        return with(
                "process.capabilities",
                "{\"bounding\": " + list + ", \"effective\": " + list + ", \"permitted\": " + list + "}");
    }

    /// These namespaces alone.
    ConfigText namespaces(String... types) {
        var list = new ArrayList<String>();
        for (String type : types) {
            int equals = type.indexOf('=');
            list.add(
                    equals < 0
                            ? "{\"type\": \"" + type + "\"}"
                            : "{\"type\": \"" + type.substring(0, equals) + "\", \"path\": \""
                                    + type.substring(equals + 1) + "\"}");
        }
        return with("linux.namespaces", "[" + String.join(", ", list) + "]");
    }

    String text() {
        var all = new LinkedHashMap<>(properties);
        if (!mounts.isEmpty()) {
            all.put("mounts", "[" + String.join(",\n", mounts) + "]");
        }
        return json(all);
    }

    private static String json(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value.toString();
        }
        var fields = new ArrayList<String>();
        map.forEach((name, child) -> fields.add(quoted(name.toString()) + ": " + json(child)));
        return "{" + String.join(",\n", fields) + "}";
    }

    static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                + "\"";
    }
}
