package io.carafe.engine.runtime;

/// The name of a container: at least one of `a-zA-Z0-9_+.-`, neither `.` nor `..`. It names a directory.
public record ContainerId(String text) {
    private static final int LENGTH_MAX = 255; // NAME_MAX

    /// Checks it.
    ///
    /// @throws IllegalArgumentException if it is none
    public ContainerId {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("container id cannot be empty");
        }
        if (text.length() > LENGTH_MAX || text.equals(".") || text.equals("..") || !isPlain(text)) {
            throw new IllegalArgumentException("invalid container id format: \"" + text
                    + "\": letters, digits, _, +, - and . make one, at most " + LENGTH_MAX);
        }
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && "_+.-".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
