package io.carafe.sandbox.forensic;

import java.util.ArrayList;
import java.util.List;

/// A line of `/proc/PID/maps` (proc_pid_maps(5)).
///
/// @param start       the first address
/// @param end         the first one behind
/// @param permissions `r-xp`
/// @param offset      in the file, bytes
/// @param path        of the file, or `[stack]` and the like; `""` if it is anonymous
record Mapping(long start, long end, String permissions, long offset, String path) {

    /// All of a process, in the order of addresses. A line that isn't one is passed over.
    static List<Mapping> parse(String maps) {
        var mappings = new ArrayList<Mapping>();
        for (String line : maps.split("\n")) {
            String[] words = line.split(" +", 6);
            int dash = words[0].indexOf('-');
            if (words.length < 5 || dash < 0) {
                continue;
            }
            try {
                mappings.add(new Mapping(
                        Long.parseUnsignedLong(words[0].substring(0, dash), 16),
                        Long.parseUnsignedLong(words[0].substring(dash + 1), 16),
                        words[1],
                        Long.parseUnsignedLong(words[2], 16),
                        words.length < 6 ? "" : words[5]));
            } catch (NumberFormatException e) {
                // not a line of the kernel's
            }
        }
        return mappings;
    }

    long size() {
        return end - start;
    }

    boolean has(long address) {
        return Long.compareUnsigned(start, address) <= 0 && Long.compareUnsigned(address, end) < 0;
    }

    boolean isReadable() {
        return permissions.startsWith("r") && end > 0; // vsyscall lies above what a file offset can say
    }

    boolean isWritable() {
        return permissions.startsWith("rw");
    }

    boolean isFile() {
        return path.startsWith("/");
    }

    /// Its program header's flags: `PF_X`, `PF_W`, `PF_R`.
    int flags() {
        return (permissions.startsWith("r") ? 4 : 0)
                | (permissions.startsWith("w", 1) ? 2 : 0)
                | (permissions.startsWith("x", 2) ? 1 : 0);
    }
}
