package io.carafe.engine.engine;

import io.carafe.engine.event.Deed;
import io.carafe.engine.event.Event;
import io.carafe.sandbox.json.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What `--filter` lets through of events, as Docker has it: of several for the same thing any, of labels all, of
/// different things all.
public final class EventFilters {
    /// What there are filters for.
    public static final List<String> NAMES =
            List.of("container", "event", "image", "label", "network", "pod", "type", "volume");

    private final Map<String, List<String>> asked = new LinkedHashMap<>();

    /// Reads them.
    ///
    /// @param words `NAME=VALUE` each
    /// @throws Refused if one of them isn't one
    public EventFilters(List<String> words) {
        var problems = new ArrayList<Problem>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (!NAMES.contains(name) || equals < 0) {
                problems.add(new Problem(
                        "--filter " + word, "no such filter; there are NAME=VALUE of " + String.join(", ", NAMES)));
                continue;
            }
            asked.computeIfAbsent(name, _ -> new ArrayList<>()).add(word.substring(equals + 1));
        }
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
    }

    /// Whether one passes.
    public boolean pass(Event event) {
        return asked.entrySet().stream()
                .allMatch(filter -> filter.getKey().equals("label")
                        ? filter.getValue().stream().allMatch(value -> hasLabel(event.deed(), value))
                        : filter.getValue().stream().anyMatch(value -> passes(event.deed(), filter.getKey(), value)));
    }

    private static boolean passes(Deed deed, String filter, String value) {
        return switch (filter) {
            case "type" -> deed.kind().word().equals(value);
            case "event" -> deed.action().equals(value) || deed.action().startsWith(value + ":");
            case "image" -> isOf(deed, value);
            default -> deed.kind().word().equals(filter) && isNamed(deed, value);
        };
    }

    private static boolean isNamed(Deed deed, String value) {
        return value.equals(deed.attributes().get("name"))
                || deed.id().equals(value)
                || (deed.kind() == Deed.Kind.CONTAINER
                        && !value.isEmpty()
                        && deed.id().startsWith(value));
    }

    private static boolean isOf(Deed deed, String image) {
        String name = deed.attributes().getOrDefault("image", deed.kind() == Deed.Kind.IMAGE ? deed.id() : "");
        return name.equals(image) || name.startsWith(image + ":");
    }

    private static boolean hasLabel(Deed deed, String word) {
        int equals = word.indexOf('=');
        String value = deed.attributes().get(equals < 0 ? word : word.substring(0, equals));
        return value != null && (equals < 0 || value.equals(word.substring(equals + 1)));
    }
}
