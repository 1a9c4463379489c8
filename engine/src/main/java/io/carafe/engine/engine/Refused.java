package io.carafe.engine.engine;

import io.carafe.sandbox.json.Problem;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;

/// What was asked for can't be had. Nothing has happened yet. All problems that were found are told at once.
public final class Refused extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    Refused(List<Problem> problems) {
        super(String.join("\n", sentences(problems)));
        this.problems = List.copyOf(problems);
    }

    /// The problems as sentences: lower case, no full stop.
    public List<String> sentences() {
        return sentences(problems);
    }

    private static List<String> sentences(List<Problem> problems) {
        var sentences = new ArrayList<String>();
        for (Problem problem : problems) {
            sentences.add(problem.toString());
        }
        return sentences;
    }
}
