package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.VolumeStore;
import io.carafe.engine.error.EngineException;
import java.util.List;

/// `carafe volume rm`
final class VolumeRemove implements Command {
    private static final Flag FORCE = Flag.toggle("f", "force", "One that is not there is no error");

    private final Engine engine;

    VolumeRemove(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "volume rm";
    }

    @Override
    public String operands() {
        return "[OPTIONS] VOLUME [VOLUME...]";
    }

    @Override
    public String purpose() {
        return "Remove volumes, with all that is in them";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("One", "carafe volume rm data"),
                new Example("All that nothing has", "carafe volume rm $(carafe volume ls -q --filter dangling=true)"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe volume rm\" takes one VOLUME at least");
        }
        boolean force = Boolean.TRUE.equals(arguments.on(FORCE));
        VolumeStore store = engine.volumes(invocation.environment(), invocation.uid());
        boolean all = true;
        for (String name : arguments.operands()) {
            try {
                store.remove(name);
                engine.chronicle(invocation.environment(), invocation.uid()).volume("destroy", name);
                replies.out(name + "\n");
            } catch (EngineException e) {
                boolean gone = force && e instanceof EngineException.NotFound;
                if (!gone) {
                    replies.err(invocation.name() + ": " + e.getMessage() + "\n");
                    all = false;
                }
            }
        }
        replies.exit(all ? 0 : 1);
    }
}
