package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import java.util.ArrayList;
import java.util.List;

/// `--env` and `--env-file`, of what is run.
final class EnvironmentWords {
    private EnvironmentWords() {}

    /// The variables that are said.
    ///
    /// @param problems gets what is wrong
    /// @return `NAME=VALUE`, or `NAME` alone where the caller has no such variable; those of files first
    static List<String> read(Arguments arguments, Invocation caller, List<String> problems) {
        var variables = new ArrayList<String>();
        for (String path : arguments.all(BoxFlags.ENV_FILE)) {
            try {
                variables.addAll(EnvironmentFile.read(path, caller));
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        for (String word : arguments.all(BoxFlags.ENV)) {
            int equals = word.indexOf('=');
            String value = caller.environment().get(word);
            if (word.isEmpty() || equals == 0) {
                problems.add(UsageError.invalid(BoxFlags.ENV, word, "invalid environment variable: it has no name"));
            } else {
                variables.add(equals > 0 || value == null ? word : word + "=" + value);
            }
        }
        return variables;
    }
}
