package io.carafe.sandbox;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.InvalidSpec;
import java.io.Serial;
import java.util.List;

/// A box as described can't be made on this machine, or by nobody. Nothing has happened yet. All problems that
/// were found are told at once.
public final class InvalidBox extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    InvalidBox(String problem) {
        super(problem);
        this.problems = List.of(problem);
    }

    /// For a room that finds out by itself that there can be no such box.
    public static InvalidBox because(String problem) {
        return new InvalidBox(problem);
    }

    InvalidBox(InvalidSpec e) {
        super(e.getMessage(), e);
        this.problems = e.problems().stream().map(Problem::toString).toList();
    }

    /// Each with the property first, in the runtime specification's words: `process.cwd: not an absolute path:
    /// x`.
    public List<String> problems() {
        return problems;
    }
}
