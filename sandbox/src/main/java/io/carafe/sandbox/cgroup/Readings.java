package io.carafe.sandbox.cgroup;

import java.util.LinkedHashMap;
import java.util.Map;

/// What the files of a container's groups say about how it is.
public final class Readings {
    private Readings() {}

    /// Whether it is paused, or about to be.
    public static boolean isFrozen(Groups groups, GroupFiles files) {
        String group = groups.freezer();
        if (group.isEmpty()) {
            return false;
        }
        return groups.isFreezerUnified()
                ? files.text(group + "/cgroup.freeze").strip().equals("1")
                : files.text(group + "/freezer.state").strip().matches("FROZEN|FREEZING");
    }

    /// How many of its processes were killed because its memory was at its end. Whoever wants to know when it
    /// happens asks again and again: v1 tells by an eventfd alone, which a JVM has no hand for.
    public static long oomKills(Groups groups, GroupFiles files) {
        String group = groups.of("memory");
        String file = groups.v1().containsKey("memory") ? "/memory.oom_control" : "/memory.events";
        return group.isEmpty() ? 0 : table(files.text(group + file)).getOrDefault("oom_kill", 0L);
    }

    /// `name number` a line; the numbers are unsigned.
    static Map<String, Long> table(String text) {
        Map<String, Long> table = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            int blank = line.lastIndexOf(' ');
            if (blank > 0) {
                table.put(line.substring(0, blank).strip(), number(line.substring(blank + 1)));
            }
        }
        return table;
    }

    /// Unsigned; `max` is the largest, and 0 what is no number.
    static long number(String text) {
        String digits = text.strip();
        if (digits.equals("max")) {
            return -1;
        }
        try {
            return digits.matches("[0-9]{1,20}") ? Long.parseUnsignedLong(digits) : 0;
        } catch (NumberFormatException e) {
            return 0; // beyond 64 bits
        }
    }
}
