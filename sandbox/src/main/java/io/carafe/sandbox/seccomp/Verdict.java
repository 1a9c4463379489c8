package io.carafe.sandbox.seccomp;

import java.util.List;

/// What a filter says to a system call: the value of the first clause that holds, or `otherwise`. Both are
/// `SECCOMP_RET_` values.
record Verdict(List<Clause> clauses, int otherwise) {
    /// A value, and comparisons that must all hold for it.
    record Clause(int value, List<Comparison> comparisons) {
        public Clause {
            comparisons = List.copyOf(comparisons);
        }
    }

    Verdict {
        clauses = List.copyOf(clauses);
    }

    /// The same value whatever the arguments.
    static Verdict always(int value) {
        return new Verdict(List.of(), value);
    }

    /// True if both always say the same. By hand: a record's `equals` costs a cold JVM some milliseconds.
    boolean isAlwaysLike(Verdict other) {
        return clauses.isEmpty() && other.clauses.isEmpty() && otherwise == other.otherwise;
    }
}
