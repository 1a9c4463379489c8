package io.carafe.engine.metric;

/// Text from inside a container, for a terminal or a table: what a process calls itself can be any bytes, among them
/// those that move a terminal's cursor or make a second line.
public final class Printable {
    private static final char ESCAPED = '\uDC00'; // Utf8's

    private Printable() {}

    /// Bytes and characters that don't stand for themselves become `\x1b` and `\u202e`; a backslash stays.
    public static String of(String text) {
        if (text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            return text;
        }
        var out = new StringBuilder();
        text.codePoints().forEach(c -> append(out, c));
        return out.toString();
    }

    private static void append(StringBuilder out, int c) {
        if (c >= ESCAPED + 0x80 && c <= ESCAPED + 0xff) {
            out.append("\\x%02x".formatted(c - ESCAPED));
            return;
        }
        switch (Character.getType(c)) {
            case Character.CONTROL -> out.append("\\x%02x".formatted(c));
            case Character.FORMAT, // turns the direction of what follows
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> out.append("\\u%04x".formatted(c));
            default -> out.appendCodePoint(c);
        }
    }
}
