package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.UsageError;

/// How somebody takes part in a container's terminal.
final class AttachWords {
    static final Flag KEYS = Flag.one(
            "",
            "detach-keys",
            "keys",
            "Keys that leave its terminal, as ctrl-a,x (default ctrl-p,ctrl-q; \"\" for none)");
    static final Flag SIG_PROXY =
            Flag.toggle("", "sig-proxy", "Pass signals on to the container, unless it has a terminal (default true)");

    private static final String USUAL = "ctrl-p,ctrl-q";
    private static final String SIGNS = "@[\\]^_";

    private AttachWords() {}

    /// The keys, each as the byte that a terminal sends.
    static String keys(Arguments arguments) {
        String word = arguments.last(KEYS);
        var keys = new StringBuilder();
        if ("".equals(word)) {
            return "";
        }
        for (String key : (word == null ? USUAL : word).split(",", -1)) {
            keys.append(key(key));
        }
        return keys.toString();
    }

    private static char key(String key) {
        if (key.length() == 1 && key.charAt(0) > ' ' && key.charAt(0) < 0x7f) {
            return key.charAt(0);
        }
        if (key.length() == 6 && key.startsWith("ctrl-")) {
            char letter = key.charAt(5);
            if (letter >= 'a' && letter <= 'z') {
                return (char) (letter - 'a' + 1);
            }
            if (SIGNS.indexOf(letter) > 0) {
                return (char) (letter - '@');
            }
        }
        throw new UsageError(
                UsageError.invalid(KEYS, key, "a key is a letter, or ctrl- and one of a to z, [ \\ ] ^ _"));
    }
}
