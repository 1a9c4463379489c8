package io.carafe.sandbox.json;

import java.io.Serial;

/// A text is no JSON. It doesn't leave this room: [Node#of] puts it down with the other problems.
final class MalformedJson extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    MalformedJson(Problem problem) {
        super(problem.toString());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
