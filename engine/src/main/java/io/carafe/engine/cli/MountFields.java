package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The fields of one `--mount`, as they come.
final class MountFields {
    String type = "";
    String source = "";
    boolean recursive = true;
    boolean readonly;
    boolean readonlyRecursive = true;
    final List<String> options = new ArrayList<>();

    private String target = "";
    /// A field that belongs to one type alone, by that type.
    private final Map<String, String> particular = new TreeMap<>();

    /// @throws IllegalArgumentException if it is no field
    void take(String field) {
        int equals = field.indexOf('=');
        String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
        String value = equals < 0 ? "" : field.substring(equals + 1);
        switch (key) {
            case "readonly", "ro" -> readonly = equals < 0 || Arguments.truth(value);
            case "bind-nonrecursive" -> {
                recursive = equals >= 0 && !Arguments.truth(value);
                belongs(key, "bind");
            }
            case "volume-nocopy" -> {
                if (equals < 0 || Arguments.truth(value)) {
                    options.add("nocopy");
                }
                belongs(key, "volume");
            }
            case "u", "chown" -> {
                if (equals < 0 || Arguments.truth(value)) {
                    options.add("U");
                }
                belongs(key, "volume");
            }
            case "idmap", "ridmap" -> {
                options.add(field);
                belongs(key, "bind");
            }
            default -> {
                if (equals < 0) {
                    throw new IllegalArgumentException("invalid field '" + field + "' must be a key=value pair");
                }
                take(field, key, value);
            }
        }
    }

    private void take(String field, String key, String value) {
        switch (key) {
            case "type" -> type = value.toLowerCase(Locale.ROOT);
            case "source", "src" -> source = value;
            case "target", "dst", "destination" -> target = value;
            case "bind-propagation" -> {
                switch (value) {
                    case "private", "rprivate", "slave", "rslave", "shared", "rshared" -> options.add(value);
                    default -> throw new IllegalArgumentException("invalid propagation: '" + value + "'");
                }
                belongs(key, "bind");
            }
            case "bind-recursive" -> {
                switch (value) {
                    case "enabled", "readonly" -> readonlyRecursive = true;
                    case "writable" -> readonlyRecursive = false;
                    case "disabled" -> recursive = false;
                    default ->
                        throw new IllegalArgumentException("invalid value for bind-recursive: '" + value
                                + "': it is enabled, disabled, writable or readonly");
                }
                belongs(key, "bind");
            }
            case "tmpfs-size" -> {
                options.add("size=" + Quantity.bytes(value));
                belongs(key, "tmpfs");
            }
            case "tmpfs-mode" -> {
                options.add("mode=" + value);
                belongs(key, "tmpfs");
            }
            case "volume-driver" -> {
                if (!value.equals("local")) {
                    throw new IllegalArgumentException("volume driver " + value + " is not there: it is local");
                }
                belongs(key, "volume");
            }
            case "volume-subpath", "subpath" -> {
                options.add(VolumeWords.SUBPATH + VolumeWords.subpath(value));
                belongs(key, "volume");
            }
            case "volume-label", "volume-opt" -> {
                options.add(key + "=" + value);
                belongs(key, "volume");
            }
            case "consistency" -> {} // of Docker's machines that aren't Linux
            default -> throw new IllegalArgumentException("unexpected key '" + key + "' in '" + field + "'");
        }
    }

    String target() {
        if (target.isEmpty()) {
            throw new IllegalArgumentException("target is required");
        }
        return target;
    }

    /// @throws IllegalArgumentException if a field belongs to another type
    void only(String wanted) {
        for (var entry : particular.entrySet()) {
            if (!entry.getKey().equals(wanted)) {
                throw new IllegalArgumentException(
                        "cannot mix '" + entry.getValue() + "' with mount type '" + wanted + "'");
            }
        }
    }

    private void belongs(String key, String to) {
        particular.put(to, key);
    }
}
