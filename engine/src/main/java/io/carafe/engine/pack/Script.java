package io.carafe.engine.pack;

import io.carafe.sandbox.plan.Utf8;
import java.util.Arrays;
import java.util.Optional;

/// The first line of a script, as the kernel reads it (fs/binfmt_script.c).
///
/// @param interpreter the program that it names
/// @param argument    all that follows, "" for nothing
record Script(String interpreter, String argument) {
    /// The kernel looks no further (BINPRM_BUF_SIZE).
    static final int BEGINNING = 256;

    /// Reads it.
    ///
    /// @param beginning of a file, at most [#BEGINNING] bytes
    /// @return empty if it is no script, or one that the kernel takes for none
    static Optional<Script> parse(byte[] beginning) {
        if (beginning.length < 3 || beginning[0] != '#' || beginning[1] != '!') {
            return Optional.empty();
        }
        int end = 2;
        while (end < beginning.length && beginning[end] != '\n' && beginning[end] != 0) {
            end++;
        }
        String line = trim(Utf8.decode(Arrays.copyOfRange(beginning, 2, end)));
        int blank = 0;
        while (blank < line.length() && !isBlank(line.charAt(blank))) {
            blank++;
        }
        boolean cut = end == BEGINNING && blank == line.length();
        return line.isEmpty() || cut
                ? Optional.empty()
                : Optional.of(new Script(line.substring(0, blank), trim(line.substring(blank))));
    }

    /// The program that env(1) starts, if that is the interpreter; "" if it isn't, or nobody can tell.
    String command() {
        if (!Walk.name(interpreter).equals("env") || argument.isEmpty()) {
            return "";
        }
        boolean split =
                argument.startsWith("-S") || argument.startsWith("-vS") || argument.startsWith("--split-string");
        if (!split) {
            return argument.startsWith("-") || argument.contains("=")
                    ? ""
                    : argument; // the kernel makes one word of it
        }
        for (String word :
                argument.replaceFirst("^(-v?S|--split-string[= ])", "").trim().split("[ \t]+")) {
            if (!word.startsWith("-") && !word.contains("=")) {
                return word;
            }
        }
        return "";
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
