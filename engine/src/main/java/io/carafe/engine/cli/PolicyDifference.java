package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.policy.PolicyDiff;
import io.carafe.sandbox.policy.PolicyFile;
import java.util.List;

/// `carafe policy diff`
final class PolicyDifference implements Command {
    private static final Flag FORMAT = Flag.one("", "format", "string", "json for a line of JSON (default text)")
            .of("json");
    private static final int DIFFERENT = 1; // as diff(1)

    @Override
    public String name() {
        return "policy diff";
    }

    @Override
    public String operands() {
        return "[OPTIONS] POLICY|FILE POLICY|FILE";
    }

    @Override
    public String purpose() {
        return "Say what two policies say otherwise, call by call";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<String> choices() {
        return PolicyFile.BUILT_IN;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What a file changes of what it inherits", "carafe policy diff untrusted exam.json"),
                new Example("For programs", "carafe policy diff --format json untrusted default"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("0", "They say the same"), new Exit("1", "They differ"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 2) {
            throw new UsageError("\"carafe policy diff\" takes two of POLICY and FILE");
        }
        String format = arguments.last(FORMAT);
        if (format != null && !format.equals("json")) {
            throw new UsageError(UsageError.invalid(FORMAT, format, "it is json, or left out"));
        }
        PolicyDiff diff = PolicyDiff.of(
                PolicyCommands.needed(arguments.operands().getFirst(), invocation),
                PolicyCommands.needed(arguments.operands().getLast(), invocation));
        replies.out(format == null ? diff.text() : diff.json() + "\n");
        replies.exit(diff.isEmpty() ? 0 : DIFFERENT);
    }
}
