package io.carafe.sandbox.json;

/// Something that is wrong with a spec.
///
/// @param where the property, as `process.cwd` or `--workdir`
/// @param what  what is wrong with it, the value in it
public record Problem(String where, String what) {
    /// One line, whatever it quotes: a value may come from somebody who wants to write to our reader's terminal.
    @Override
    public String toString() {
        var line = new StringBuilder(where).append(": ").append(what);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                line.setCharAt(i, '?');
            }
        }
        return line.toString();
    }
}
