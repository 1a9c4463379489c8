package io.carafe.engine.container;

import java.util.regex.Pattern;

/// What somebody calls a container: a letter or digit, then more of these, `_`, `.` and `-`. Docker's rule, but that
/// one character is enough.
public record ContainerName(String text) {
    private static final Pattern RULE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final int LENGTH_MAX = 128;

    /// Checks it.
    ///
    /// @throws IllegalArgumentException if it is none
    public ContainerName {
        if (text.length() > LENGTH_MAX || !RULE.matcher(text).matches()) {
            throw new IllegalArgumentException("invalid container name (" + text
                    + "): a letter or digit, then letters, digits, _, . and -, at most " + LENGTH_MAX + " in all");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
