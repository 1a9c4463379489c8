package io.carafe.engine.command;

import java.io.Serial;
import java.util.List;

/// The command line can't be meant. Nothing has happened yet. All problems that were found are told at once.
public final class UsageError extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    public UsageError(String problem) {
        this(List.of(problem));
    }

    public UsageError(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /// Docker's sentence about a value.
    public static String invalid(Flag flag, String word, String what) {
        return "invalid argument \"" + word + "\" for \"" + flag + "\" flag: " + what;
    }

    public List<String> problems() {
        return problems;
    }
}
