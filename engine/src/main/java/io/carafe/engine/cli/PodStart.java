package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe pod start`
final class PodStart implements Command {
    private final Engine engine;

    PodStart(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod start";
    }

    @Override
    public String operands() {
        return "POD [POD...]";
    }

    @Override
    public String purpose() {
        return "Start the containers of pods";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("One", "carafe pod start shop"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be started"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pod start\" takes one POD at least");
        }
        var acts = new PodActs(engine, invocation, replies);
        replies.exit(acts.each(arguments.operands(), (word, pod) -> {
            acts.start(pod);
            replies.out(word + "\n");
        }));
    }
}
