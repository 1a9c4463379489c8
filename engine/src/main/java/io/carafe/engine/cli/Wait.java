package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe wait`
final class Wait implements Command {
    private final Engine engine;

    Wait(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "wait";
    }

    @Override
    public String operands() {
        return "CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return "Wait until containers have ended, and print their exit codes";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("What became of a job", "carafe wait job"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "There is no such container"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe wait\" takes one CONTAINER at least");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        replies.exit(acts.each(arguments.operands(), (word, now) -> replies.out(acts.end(now) + "\n")));
    }
}
