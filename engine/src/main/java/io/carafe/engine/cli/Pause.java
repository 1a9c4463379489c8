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

/// `carafe pause`
final class Pause implements Command {
    private final Engine engine;

    Pause(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pause";
    }

    @Override
    public String operands() {
        return "CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return "Freeze all processes of containers";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("One", "carafe pause web"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers is as it was"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pause\" takes one CONTAINER at least");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        replies.exit(acts.each(arguments.operands(), (word, now) -> {
            acts.perform(acts.containers().pause(now, true));
            acts.tell(now.container(), "pause", Map.of());
            replies.out(word + "\n");
        }));
    }
}
