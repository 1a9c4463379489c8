package io.carafe.sandbox.spec;

import io.carafe.sandbox.json.Problem;
import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/// A spec can't be honoured. Nothing has happened yet. All problems that were found are told at once.
public final class InvalidSpec extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public InvalidSpec(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
