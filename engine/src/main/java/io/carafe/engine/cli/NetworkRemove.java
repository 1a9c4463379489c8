package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.NetworkStore;
import io.carafe.engine.error.EngineException;
import java.util.List;

/// `carafe network rm`
final class NetworkRemove implements Command {
    private final Engine engine;

    NetworkRemove(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "network rm";
    }

    @Override
    public String operands() {
        return "NETWORK [NETWORK...]";
    }

    @Override
    public String purpose() {
        return "Remove networks that nobody is on";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("One", "carafe network rm shop"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe network rm\" takes one NETWORK at least");
        }
        NetworkStore store = engine.networks(invocation.environment(), invocation.uid());
        boolean all = true;
        for (String name : arguments.operands()) {
            try {
                String gone = store.remove(name);
                engine.chronicle(invocation.environment(), invocation.uid()).network("destroy", gone);
                replies.out(gone + "\n");
            } catch (EngineException e) {
                replies.err(invocation.name() + ": " + e.getMessage() + "\n");
                all = false;
            }
        }
        replies.exit(all ? 0 : 1);
    }
}
