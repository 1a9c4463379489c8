package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.SecretStore;
import io.carafe.engine.error.EngineException;
import java.util.List;

/// `carafe secret rm`
final class SecretRemove implements Command {
    private static final Flag IGNORE = Flag.toggle("i", "ignore", "One that is not there is no error");

    private final Engine engine;

    SecretRemove(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "secret rm";
    }

    @Override
    public String operands() {
        return "[OPTIONS] SECRET [SECRET...]";
    }

    @Override
    public String purpose() {
        return "Remove secrets; a box that has one keeps it";
    }

    @Override
    public List<Flag> flags() {
        return List.of(IGNORE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("One", "carafe secret rm password"),
                new Example("All of them", "carafe secret rm $(carafe secret ls -q)"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe secret rm\" takes one SECRET at least");
        }
        boolean ignore = Boolean.TRUE.equals(arguments.on(IGNORE));
        SecretStore store = engine.secrets(invocation.environment(), invocation.uid());
        boolean all = true;
        for (String name : arguments.operands()) {
            try {
                store.remove(name);
                replies.out(name + "\n");
            } catch (EngineException e) {
                boolean gone = ignore && e instanceof EngineException.NotFound;
                if (!gone) {
                    replies.err(invocation.name() + ": " + e.getMessage() + "\n");
                    all = false;
                }
            }
        }
        replies.exit(all ? 0 : 1);
    }
}
