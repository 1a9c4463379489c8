package io.carafe.engine.cli;

import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import java.util.HashMap;
import java.util.List;

/// What stands before the command, since it is for all of them.
final class GlobalOptions {
    static final Flag DATA_ROOT = Flag.one(
                    "",
                    "data-root",
                    "directory",
                    "Where images are (default $CARAFE_DATA_ROOT, then /var/lib/carafe for root and"
                            + " ~/.local/share/carafe for others)")
            .ofDirectories();

    static final List<Flag> FLAGS = List.of(DATA_ROOT);

    private static final String WORD = "--" + DATA_ROOT.name();

    private GlobalOptions() {}

    /// The same command line without them. What they say stands in the environment from then on, where it stands for
    /// those who give none: there is one place to look.
    ///
    /// @throws UsageError if one lacks its value
    static Invocation taken(Invocation caller) {
        List<String> words = caller.arguments();
        String root = null;
        int next = 0;
        while (next < words.size()) {
            String word = words.get(next);
            if (word.equals(WORD)) {
                if (next + 1 == words.size()) {
                    throw new UsageError("flag needs an argument: " + WORD);
                }
                root = words.get(next + 1);
                next += 2;
            } else if (word.startsWith(WORD + "=")) {
                root = word.substring(WORD.length() + 1);
                next++;
            } else {
                break;
            }
        }
        if (root == null) {
            return caller;
        }
        if (root.isEmpty()) {
            throw new UsageError(UsageError.invalid(DATA_ROOT, root, "it is empty"));
        }
        var environment = new HashMap<>(caller.environment());
        environment.put("CARAFE_DATA_ROOT", CallerPath.absolute(root, caller));
        return caller.with(environment, words.subList(next, words.size()));
    }
}
