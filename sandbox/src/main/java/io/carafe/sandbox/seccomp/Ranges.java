package io.carafe.sandbox.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;

/// All 2^32 numbers that a system call may have under one `AUDIT_ARCH_`, cut into ranges of one verdict.
final class Ranges {
    /// From here on 32-bit ARM has numbers of its own (`__ARM_NR_BASE`): they say nothing about a profile's age.
    private static final int PRIVATE = 0xF0000;
    /// A tracer asks for a call to be skipped by giving it this number; it must not look like one of x32's.
    private static final int SKIPPED = -1;

    private final Ruleset ruleset;
    private final List<Range> ranges = new ArrayList<>();

    private Ranges(Ruleset ruleset) {
        this.ruleset = ruleset;
    }

    /// The ranges for an architecture, and for x32 inside x86-64's.
    static List<Range> of(Ruleset ruleset, Architecture architecture, Set<Architecture> listed) {
        var it = new Ranges(ruleset);
        Verdict above = it.cut(architecture, 0);
        if (architecture == Architecture.X86_64) {
            if (listed.contains(Architecture.X32)) {
                it.cut(Architecture.X32, Architecture.X32_BIT);
            } else {
                // what libseccomp does with them too: a wrong architecture. A kernel without x32 would say ENOSYS,
                // but a program that tries is looking for a hole
                it.add(Architecture.X32_BIT, ruleset.foreign());
            }
            it.add(SKIPPED, above);
        }
        return List.copyOf(it.ranges);
    }

    /// Adds an architecture's ranges and returns the verdict on the numbers above them.
    private Verdict cut(Architecture architecture, int base) {
        NavigableMap<Integer, Verdict> verdicts = ruleset.verdicts(architecture);
        Integer highest = verdicts.lowerKey(base + PRIVATE);
        Verdict above = highest == null ? ruleset.unnamed() : ruleset.unheardOf();
        int next = base;
        for (var entry : verdicts.entrySet()) {
            int number = entry.getKey();
            if (Integer.compareUnsigned(number, next) > 0) {
                add(next, highest != null && Integer.compareUnsigned(next, highest) > 0 ? above : ruleset.unnamed());
            }
            add(number, entry.getValue());
            next = number + 1;
        }
        add(next, above);
        return above;
    }

    /// Begins a range, unless the one before says the same.
    private void add(int first, Verdict verdict) {
        if (ranges.isEmpty() || !ranges.getLast().verdict().isAlwaysLike(verdict)) {
            ranges.add(new Range(first, verdict));
        }
    }
}
