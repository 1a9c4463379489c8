package io.carafe.engine.cli;

/// Words of an image's, for a terminal: who has made it may want to write more to it than text.
final class Harmless {
    private Harmless() {}

    /// On one line, without control characters.
    static String line(String text) {
        var line = new StringBuilder(text);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                line.setCharAt(i, c == '\t' || c == '\n' ? ' ' : '?');
            }
        }
        return line.toString();
    }
}
