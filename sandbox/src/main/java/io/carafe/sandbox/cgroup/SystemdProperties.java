package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.BusMessage.Count;
import io.carafe.sandbox.cgroup.BusMessage.Property;
import io.carafe.sandbox.cgroup.BusMessage.Text;
import io.carafe.sandbox.cgroup.BusMessage.Texts;
import io.carafe.sandbox.cgroup.BusMessage.Truth;
import io.carafe.sandbox.cgroup.BusMessage.Value;
import io.carafe.sandbox.cgroup.BusMessage.Whole;
import io.carafe.sandbox.json.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Annotations `org.systemd.property.NAME`, whose value is in GVariant's text form. Annotations may be
/// anybody's, and a unit's properties can run programs as root (CVE-2024-3154): so only those are let through
/// that can't do more than say when the unit ends. docs/attacks.md 34.
final class SystemdProperties {
    private static final String PREFIX = "org.systemd.property.";
    private static final long SECOND = 1_000_000; // microseconds

    private SystemdProperties() {}

    static List<Property> read(Map<String, String> annotations, List<Problem> problems) {
        var properties = new ArrayList<Property>();
        new TreeMap<>(annotations).forEach((annotation, text) -> {
            if (!annotation.startsWith(PREFIX)) {
                return;
            }
            String name = annotation.substring(PREFIX.length());
            String shown = name.replaceAll("[^A-Za-z0-9]", "?");
            Property property = property(name, text.strip());
            if (property == null) {
                problems.add(new Problem("annotations", "no value for " + PREFIX + shown + ": " + clean(text)));
            } else if (property.name().isEmpty()) {
                problems.add(new Problem("annotations", "no annotation may set systemd's " + shown));
            } else {
                properties.add(property);
            }
        });
        return properties;
    }

    /// Null if the value is of another type; without a name if that isn't among those.
    private static @Nullable Property property(String name, String text) {
        return switch (name) {
            case "CollectMode", "OOMPolicy" -> of(name, string(text));
            case "TimeoutStopUSec", "RuntimeMaxUSec" -> of(name, count(text, 1));
            case "TimeoutStopSec", "RuntimeMaxSec" -> of(name.replace("Sec", "USec"), count(text, SECOND));
            case "SendSIGHUP", "SendSIGKILL", "DefaultDependencies" -> of(name, truth(text));
            case "KillSignal" -> of(name, whole(text));
            case "After", "Before" -> of(name, strings(text));
            default -> new Property("", new Truth(false));
        };
    }

    private static @Nullable Property of(String name, @Nullable Value value) {
        return value == null ? null : new Property(name, value);
    }

    private static @Nullable Value string(String text) {
        return isString(text) ? new Text(text.substring(1, text.length() - 1)) : null;
    }

    /// In quotes of either kind, with nothing in it that would mean something else.
    private static boolean isString(String text) {
        return text.matches("'[^'\"\\\\\\p{Cntrl}]*'|\"[^'\"\\\\\\p{Cntrl}]*\"");
    }

    private static @Nullable Value strings(String text) {
        String list = text.startsWith("@as ") ? text.substring(4).strip() : text;
        if (!list.startsWith("[") || !list.endsWith("]")) {
            return null;
        }
        var strings = new ArrayList<String>();
        String inner = list.substring(1, list.length() - 1).strip();
        for (String part : inner.isEmpty() ? new String[0] : inner.split(",", -1)) {
            String word = part.strip();
            if (!isString(word)) {
                return null;
            }
            strings.add(word.substring(1, word.length() - 1));
        }
        return new Texts(strings);
    }

    private static @Nullable Value count(String text, long unit) {
        String digits = text.replaceFirst("^(u?int(16|32|64)|byte) ", "");
        return digits.matches("[0-9]{1,12}") ? new Count(Long.parseLong(digits) * unit) : null;
    }

    private static @Nullable Value whole(String text) {
        String digits = text.replaceFirst("^int32 ", "");
        return digits.matches("[0-9]{1,3}") ? new Whole(Integer.parseInt(digits)) : null;
    }

    private static @Nullable Value truth(String text) {
        return text.equals("true") || text.equals("false") ? new Truth(text.equals("true")) : null;
    }

    private static String clean(String text) {
        String safe = text.replaceAll("\\p{Cntrl}", "?");
        return safe.length() > 64 ? safe.substring(0, 64) + "…" : safe;
    }
}
