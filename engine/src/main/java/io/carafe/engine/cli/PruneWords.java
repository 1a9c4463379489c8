package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;
import io.carafe.engine.command.UsageError;
import java.util.ArrayList;
import java.util.List;

/// `--filter` of commands that remove what nobody needs, as Docker has it.
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
}
