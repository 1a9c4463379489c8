package io.carafe.engine.cli;

import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.sandbox.policy.InvalidPolicy;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import java.nio.file.Path;
import java.util.List;

/// Which commands `carafe policy` has.
final class PolicyCommands {
    static final String GROUP = "policy";
    static final List<String> NAMES = List.of("ls", "show", "check", "diff", "record");

    private PolicyCommands() {}

    /// @param name with the group's before it
    static Command named(String name, Engine engine) {
        return switch (name) {
            case "policy ls" -> new PolicyList();
            case "policy show" -> new PolicyShow();
            case "policy check" -> new PolicyCheck();
            case "policy diff" -> new PolicyDifference();
            case "policy record" -> new PolicyRecord(engine);
            default -> throw new UsageError("'" + name + "' is not a carafe command");
        };
    }

    /// A built-in one, or a file of the caller's.
    ///
    /// @throws InvalidPolicy if it can't be meant
    static Policy read(String word, Invocation caller) {
        if (!PolicyFile.BUILT_IN.contains(word)) {
            CallerPath.readable(word, caller);
        }
        return PolicyFile.named(word, Path.of(caller.directory()));
    }

    /// The same, for who needs one that is right.
    ///
    /// @throws UsageError if it can't be meant
    static Policy needed(String word, Invocation caller) {
        try {
            return read(word, caller);
        } catch (InvalidPolicy e) {
            throw new UsageError(e.problems().stream()
                    .map(it -> it.startsWith(word + ":") ? "policy " + it : "policy " + word + ": " + it)
                    .toList());
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }
}
