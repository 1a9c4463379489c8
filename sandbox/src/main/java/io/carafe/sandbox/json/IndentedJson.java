package io.carafe.sandbox.json;

/// A JSON text with each value on a line of its own, for people.
public final class IndentedJson {
    private static final String STEP = "    "; // Docker's

    private final StringBuilder lines = new StringBuilder();
    private int depth;

    private IndentedJson() {}

    /// The same values.
    ///
    /// @param json without blanks between its values, as [JsonWriter] makes it
    public static String of(String json) {
        var indented = new IndentedJson();
        int at = 0;
        while (at < json.length()) {
            at = indented.take(json, at);
        }
        return indented.lines.toString();
    }

    /// @return where the next one begins
    private int take(String json, int at) {
        char c = json.charAt(at);
        switch (c) {
            case '"' -> {
                int end = end(json, at);
                lines.append(json, at, end);
                return end;
            }
            case '{', '[' -> {
                char next = at + 1 < json.length() ? json.charAt(at + 1) : 0;
                if (next == '}' || next == ']') {
                    lines.append(c).append(next);
                    return at + 2;
                }
                depth++;
                line(lines.append(c));
            }
            case '}', ']' -> {
                depth--;
                line(lines);
                lines.append(c);
            }
            case ',' -> line(lines.append(c));
            case ':' -> lines.append(": ");
            default -> lines.append(c);
        }
        return at + 1;
    }

    private void line(StringBuilder text) {
        text.append('\n').append(STEP.repeat(depth));
    }

    private static int end(String json, int quote) {
        int at = quote + 1;
        while (json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        return at + 1;
    }
}
