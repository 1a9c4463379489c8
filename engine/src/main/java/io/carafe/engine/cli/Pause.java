package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;
import java.util.Map;

/// `carafe pause` and `carafe unpause`
final class Pause implements Command {
    private final Engine engine;
    private final boolean pauses;

    /// @param pauses else they go on
    Pause(Engine engine, boolean pauses) {
        this.engine = engine;
        this.pauses = pauses;
    }

    @Override
    public String name() {
        return pauses ? "pause" : "unpause";
    }

    @Override
    public String operands() {
        return "CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return pauses ? "Freeze all processes of containers" : "Let frozen containers go on";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("One", "carafe " + name() + " web"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers is as it was"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe " + name() + "\" takes one CONTAINER at least");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        replies.exit(acts.each(arguments.operands(), (word, now) -> {
            acts.perform(acts.containers().pause(now, pauses));
            acts.tell(now.container(), name(), Map.of());
            replies.out(word + "\n");
        }));
    }
}
