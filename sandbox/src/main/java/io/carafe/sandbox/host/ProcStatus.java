package io.carafe.sandbox.host;

import java.util.HashMap;
import java.util.Map;

/// `/proc/self/status`, proc_pid_status(5): who we are, without a system call of our own.
///
/// @param seccomp 0 for none, 1 strict, 2 filtered
record ProcStatus(int pid, int seccomp, Privileges privileges) {

    /// @throws IllegalArgumentException if a line is missing or isn't what it should be
    static ProcStatus parse(String text, int lastCapability) {
        Map<String, String> values = new HashMap<>();
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return new ProcStatus(
                Integer.parseInt(value(values, "Pid")),
                Integer.parseInt(values.getOrDefault("Seccomp", "0")), // absent in a kernel without it
                new Privileges(
                        effective(values, "Uid"),
                        effective(values, "Gid"),
                        mask(values, "CapInh"),
                        mask(values, "CapPrm"),
                        mask(values, "CapEff"),
                        mask(values, "CapBnd"),
                        mask(values, "CapAmb"),
                        lastCapability));
    }

    private static String value(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("/proc/self/status has no line " + key);
        }
        return value;
    }

    /// The second of real, effective, saved and file system id.
    private static int effective(Map<String, String> values, String key) {
        return Integer.parseUnsignedInt(value(values, key).split("\\s+")[1]);
    }

    private static long mask(Map<String, String> values, String key) {
        return Long.parseUnsignedLong(value(values, key), 16);
    }
}
