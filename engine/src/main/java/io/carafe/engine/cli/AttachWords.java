package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Watch;
import java.util.Locale;

/// How somebody takes part in a container's terminal.
final class AttachWords {
    static final Flag KEYS = Flag.one(
            "",
            "detach-keys",
            "keys",
            "Keys that leave its terminal, as ctrl-a,x (default ctrl-p,ctrl-q; \"\" for none)");
    static final Flag STREAMS = Flag.list(
                    "a", "attach", "Take part in these alone: stdin (with -i), stdout, stderr (default all of them)")
            .of("stdin", "stdout", "stderr");
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

    /// The streams that are said, as [Watch] has them; all of them if none is.
    ///
    /// @param interactive the container has an input
    /// @throws UsageError if one is none
    static int streams(Arguments arguments, boolean interactive) {
        int streams = 0;
        for (String word : arguments.all(STREAMS)) {
            streams |= switch (word.toLowerCase(Locale.ROOT)) {
                case "stdin" -> Watch.INPUT;
                case "stdout" -> Watch.OUTPUT;
                case "stderr" -> Watch.ERROR;
                default -> throw new UsageError(UsageError.invalid(STREAMS, word, "it is stdin, stdout or stderr"));
            };
        }
        if ((streams & Watch.INPUT) != 0 && !interactive) {
            throw new UsageError("--attach stdin needs -i: without it the program has no standard input");
        }
        int all = Watch.OUTPUT | Watch.ERROR | (interactive ? Watch.INPUT : 0);
        return streams == 0 ? all : streams;
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
