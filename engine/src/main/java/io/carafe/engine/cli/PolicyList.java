package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `carafe policy ls`
final class PolicyList implements Command {
    private static final Listed LIST = new Listed(
            List.of("NAME", "FORBIDDEN CALL", "DESCRIPTION"), List.of("Name", "Forbidden", "Description"), List.of());

    @Override
    public String name() {
        return "policy ls";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "List the built-in policies";
    }

    @Override
    public List<Flag> flags() {
        return List.of(Listed.FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("All of them", "carafe policy ls"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe policy ls\" accepts no arguments");
        }
        var rows = new ArrayList<List<String>>();
        for (String name : PolicyFile.BUILT_IN) {
            Policy policy = PolicyFile.builtIn(name);
            rows.add(List.of(name, policy.forbidden().name().toLowerCase(Locale.ROOT), policy.description()));
        }
        replies.out(LIST.text(arguments.last(Listed.FORMAT), rows));
        replies.exit(0);
    }
}
