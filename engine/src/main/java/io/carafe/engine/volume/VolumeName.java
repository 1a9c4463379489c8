package io.carafe.engine.volume;

import java.util.HexFormat;

/// What a volume is called: fit to be a directory's name, and none that begins as those do which nobody sees.
public record VolumeName(String text) implements Comparable<VolumeName> {
    private static final int LENGTH_MAX = 200; // room for what stands before it while it is made or removed
    private static final int DIGITS = 64; // of one that nobody has named, as Docker has it

    /// @throws IllegalArgumentException if no volume can be called so
    public VolumeName {
        if (text.isEmpty() || text.length() > LENGTH_MAX || !isFirst(text.charAt(0)) || !isRest(text)) {
            throw new IllegalArgumentException("no volume can be called '" + text + "': letters, digits, _ . and -,"
                    + " the first a letter or digit, at most " + LENGTH_MAX
                    + "; a directory of this machine has a slash in it, as ./" + text);
        }
    }

    /// One that nobody has chosen.
    ///
    /// @param random 32 bytes
    public static VolumeName anonymous(byte[] random) {
        String hex = HexFormat.of().formatHex(random);
        if (hex.length() != DIGITS) {
            throw new IllegalArgumentException(hex.length() + " digits");
        }
        return new VolumeName(hex);
    }

    private static boolean isFirst(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static boolean isRest(String text) {
        return text.chars().allMatch(c -> isFirst((char) c) || c == '_' || c == '.' || c == '-');
    }

    @Override
    public int compareTo(VolumeName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
