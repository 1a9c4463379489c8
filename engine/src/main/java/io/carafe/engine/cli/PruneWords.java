package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What commands that remove what nobody needs have in common: `--filter` and the question, as Docker has them.
final class PruneWords {
    static final Flag FILTER = Flag.list(
                    "",
                    "filter",
                    "Remove only what has this: label=NAME[=VALUE], label!=NAME[=VALUE], until=TIME for what was made"
                            + " before, as 24h or 2026-01-31T12:00:00Z")
            .of("label=", "label!=", "until=");

    static final Flag FORCE = Flag.toggle("f", "force", "Do not ask");

    private static final String UNTIL = "until=";

    private PruneWords() {}

    /// The same, with moments for times that are counted from now.
    ///
    /// @throws UsageError with everything that is no such filter
    static List<String> of(List<String> words) {
        var problems = new ArrayList<String>();
        for (String word : words) {
            if (!word.matches("label!?=.+") && !word.startsWith(UNTIL)) {
                problems.add(UsageError.invalid(FILTER, word, "there are label=, label!= and until="));
            }
        }
        if (!problems.isEmpty()) {
            throw new UsageError(problems);
        }
        return timed(words);
    }

    /// Likewise, where there are other filters, too.
    ///
    /// @throws UsageError if a time is none
    static List<String> timed(List<String> words) {
        return words.stream()
                .map(it -> it.startsWith(UNTIL) ? UNTIL + LogTime.of(it.substring(UNTIL.length()), FILTER) : it)
                .toList();
    }

    /// Whether a command is to go on: it has no operands, and who isn't sure is asked. It ends if not.
    ///
    /// @param what will be removed
    /// @throws UsageError if there are operands
    static boolean isMeant(Command command, String what, Arguments arguments, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe " + command.name() + "\" accepts no arguments");
        }
        if (Boolean.TRUE.equals(arguments.on(FORCE)) || isMeant(what, replies)) {
            return true;
        }
        replies.exit(0);
        return false;
    }

    private static boolean isMeant(String what, Replies replies) {
        replies.err("WARNING! This will remove " + what + ".\nAre you sure you want to continue? [y/N] ");
        var answer = new StringBuilder();
        while (answer.indexOf("\n") < 0 && answer.length() < 100) {
            byte[] piece = replies.read(100);
            if (piece.length == 0) {
                break;
            }
            answer.append(new String(piece, StandardCharsets.UTF_8));
        }
        return answer.toString().strip().matches("[yY]([eE][sS])?");
    }
}
