package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe pod stop`
final class PodStop implements Command {
    private final Engine engine;

    PodStop(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod stop";
    }

    @Override
    public String operands() {
        return "[OPTIONS] POD [POD...]";
    }

    @Override
    public String purpose() {
        return "Stop the containers of pods, the last one first";
    }

    @Override
    public List<Flag> flags() {
        return StopWords.FLAGS;
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("One", "carafe pod stop shop"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be stopped"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pod stop\" takes one POD at least");
        }
        StopWords how = StopWords.of(arguments, "carafe pod stop");
        var acts = new PodActs(engine, invocation, replies);
        replies.exit(acts.each(arguments.operands(), (word, pod) -> {
            acts.stop(pod, how);
            replies.out(word + "\n");
        }));
    }
}
