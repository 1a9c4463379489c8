package io.carafe.sandbox.policy;

import io.carafe.sandbox.json.Problem;
import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/// A policy can't be meant as it stands, or can't be read. All problems that were found are told at once.
public final class InvalidPolicy extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    InvalidPolicy(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = problems.stream().map(Problem::toString).toList();
    }

    /// Each with its place in the file first: `calls[3].where[0].argument: 6 is not …`.
    public List<String> problems() {
        return problems;
    }
}
