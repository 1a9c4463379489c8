package io.carafe.engine.secret;

/// What a secret is called: fit to be a file's name.
public record SecretName(String text) implements Comparable<SecretName> {
    private static final int LENGTH_MAX = 64; // Docker's

    /// @throws IllegalArgumentException if no secret can be called so
    public SecretName {
        if (text.isEmpty()
                || text.length() > LENGTH_MAX
                || !isFirst(text.charAt(0))
                || !text.chars().allMatch(c -> isFirst((char) c) || c == '_' || c == '.' || c == '-')) {
            throw new IllegalArgumentException("no secret can be called '" + text + "': letters, digits, _ . and -,"
                    + " the first a letter or digit, at most " + LENGTH_MAX);
        }
    }

    private static boolean isFirst(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    @Override
    public int compareTo(SecretName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
