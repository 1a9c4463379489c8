package io.carafe.engine.image;

import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.io.Serial;
import java.util.List;

/// A manifest, an index or a configuration is none, or not one that we take. Somebody else has written it.
public final class InvalidImage extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    InvalidImage(String message) {
        super(message);
    }

    /// @param name of what was read
    /// @throws InvalidImage if there are problems
    static void check(String name, List<Problem> problems) throws InvalidImage {
        if (!problems.isEmpty()) {
            Problem first = problems.getFirst();
            String more = problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : "";
            throw new InvalidImage((first.where().equals(name) ? "" : name + ": ") + first + more);
        }
    }
}
