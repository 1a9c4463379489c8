package io.carafe.sandbox.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The numbers of set_mempolicy(2) in the kernel's words.
final class MemoryFlags {
    /// By number (linux/mempolicy.h).
    private static final List<String> MODES =
            List.of("DEFAULT", "PREFERRED", "BIND", "INTERLEAVE", "LOCAL", "PREFERRED_MANY", "WEIGHTED_INTERLEAVE");

    /// From bit 13 on.
    private static final List<String> FLAGS = List.of("NUMA_BALANCING", "RELATIVE_NODES", "STATIC_NODES");

    private static final int FIRST_FLAG = 13;

    private MemoryFlags() {}

    /// `MPOL_BIND|MPOL_F_STATIC_NODES`
    static String names(int mode) {
        var names = new ArrayList<String>();
        int number = mode & ((1 << FIRST_FLAG) - 1);
        names.add(number < MODES.size() ? "MPOL_" + MODES.get(number) : Integer.toString(number));
        for (int bit = 0; bit < FLAGS.size(); bit++) {
            if ((mode >> (FIRST_FLAG + bit) & 1) != 0) {
                names.add("MPOL_F_" + FLAGS.get(bit));
            }
        }
        return String.join("|", names);
    }

    /// `bind, static nodes`
    static String words(int mode) {
        return names(mode)
                .replace("MPOL_F_", "")
                .replace("MPOL_", "")
                .toLowerCase(java.util.Locale.ROOT)
                .replace("|", ", ")
                .replace('_', ' ');
    }

    /// `0-3,7`
    static String nodes(List<Long> words) {
        BitSet nodes = BitSet.valueOf(words.stream().mapToLong(Long::longValue).toArray());
        var ranges = new ArrayList<String>();
        for (int first = nodes.nextSetBit(0); first >= 0; ) {
            int end = nodes.nextClearBit(first);
            ranges.add(end == first + 1 ? Integer.toString(first) : first + "-" + (end - 1));
            first = nodes.nextSetBit(end);
        }
        return String.join(",", ranges);
    }
}
