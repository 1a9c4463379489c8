package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.policy.InvalidPolicy;
import java.util.List;

/// `carafe policy check`
final class PolicyCheck implements Command {
    private static final int WRONG = 1;

    @Override
    public String name() {
        return "policy check";
    }

    @Override
    public String operands() {
        return "FILE [FILE...]";
    }

    @Override
    public String purpose() {
        return "Say everything that is wrong with policies, each with its place";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Is it right, with all that it inherits?", "carafe policy check exam.json"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("0", "All are right"), new Exit("1", "Something is wrong with one"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe policy check\" takes one FILE at least");
        }
        int code = 0;
        for (String word : arguments.operands()) {
            try {
                replies.out(word + ": " + PolicyCommands.read(word, invocation).summary() + "\n");
            } catch (InvalidPolicy e) {
                code = WRONG;
                e.problems().forEach(it -> replies.err((it.startsWith(word + ":") ? it : word + ": " + it) + "\n"));
            } catch (IllegalArgumentException e) {
                code = WRONG;
                replies.err(e.getMessage() + "\n");
            }
        }
        replies.exit(code);
    }
}
