package io.carafe.sandbox.seccomp;

import java.util.List;

/// What a filter says to a system call: a `SECCOMP_RET_` value at once, or one that depends on the arguments.
sealed interface Verdict {
    record Always(int value) implements Verdict {}

    /// The first clause that holds decides.
    record ByArguments(List<Clause> clauses, int otherwise) implements Verdict {
        public ByArguments {
            clauses = List.copyOf(clauses);
        }
    }

    /// A value, and comparisons that must all hold for it.
    record Clause(int value, List<Comparison> comparisons) {
        public Clause {
            comparisons = List.copyOf(comparisons);
        }
    }
}
