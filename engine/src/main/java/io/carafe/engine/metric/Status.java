package io.carafe.engine.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `/proc/PID/status`: proc_pid_status(5). Lines that a kernel doesn't have are empty, or -1.
///
/// @param name  as the kernel escapes it
/// @param pids  in the PID namespaces from the reader's to the process's own
/// @param uids  real, effective, saved and file system id, as the reader sees them
/// @param seccomp 0 for none, 1 strict, 2 filtered
/// @param filters how many
public record Status(
        String name,
        List<Integer> pids,
        List<Integer> uids,
        List<Integer> gids,
        List<Integer> groups,
        long resident,
        long swap,
        long inheritable,
        long permitted,
        long effective,
        long bounding,
        long ambient,
        boolean noNewPrivileges,
        int seccomp,
        int filters,
        long voluntary,
        long involuntary) {
    /// What is said of a process that has ended.
    static final Status NONE = parse("");

    public Status {
        pids = List.copyOf(pids);
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        groups = List.copyOf(groups);
    }

    static Status parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String line : text.split("\n")) { // a name's line breaks are escaped here
            int colon = line.indexOf(':');
            if (colon > 0) {
                values.putIfAbsent(
                        line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return new Status(
                values.getOrDefault("Name", ""),
                numbers(values, "NSpid"),
                numbers(values, "Uid"),
                numbers(values, "Gid"),
                numbers(values, "Groups"),
                kilobytes(values, "VmRSS"),
                kilobytes(values, "VmSwap"),
                mask(values, "CapInh"),
                mask(values, "CapPrm"),
                mask(values, "CapEff"),
                mask(values, "CapBnd"),
                mask(values, "CapAmb"),
                number(values, "NoNewPrivs") == 1,
                (int) number(values, "Seccomp"),
                (int) number(values, "Seccomp_filters"),
                number(values, "voluntary_ctxt_switches"),
                number(values, "nonvoluntary_ctxt_switches"));
    }

    private static List<Integer> numbers(Map<String, String> values, String key) {
        var numbers = new ArrayList<Integer>();
        for (String word : values.getOrDefault(key, "").split("\\s+")) {
            if (word.matches("[0-9]{1,10}")) {
                numbers.add((int) Long.parseLong(word)); // ids are unsigned
            }
        }
        return numbers;
    }

    private static long number(Map<String, String> values, String key) {
        String value = values.getOrDefault(key, "");
        return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
    }

    private static long kilobytes(Map<String, String> values, String key) {
        String value = values.getOrDefault(key, "").replace(" kB", "");
        return value.matches("[0-9]{1,15}") ? Long.parseLong(value) << 10 : 0; // a kernel thread has none
    }

    private static long mask(Map<String, String> values, String key) {
        String value = values.getOrDefault(key, "");
        return value.matches("[0-9a-f]{16}") ? Long.parseUnsignedLong(value, 16) : 0;
    }
}
