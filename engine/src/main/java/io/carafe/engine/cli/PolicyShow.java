package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.policy.PolicyFile;
import java.util.List;

/// `carafe policy show`
final class PolicyShow implements Command {
    @Override
    public String name() {
        return "policy show";
    }

    @Override
    public String operands() {
        return "POLICY|FILE";
    }

    @Override
    public String purpose() {
        return "Print a policy as a file that inherits nothing";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<String> choices() {
        return PolicyFile.BUILT_IN;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What strangers' programs may do", "carafe policy show untrusted"),
                new Example("What a policy comes to with all that it inherits", "carafe policy show exam.json"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe policy show\" takes one POLICY or FILE");
        }
        replies.out(PolicyFile.text(PolicyCommands.needed(arguments.operands().getFirst(), invocation)));
        replies.exit(0);
    }
}
