package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe pod restart`
final class PodRestart implements Command {
    private final Engine engine;

    PodRestart(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod restart";
    }

    @Override
    public String operands() {
        return "[OPTIONS] POD [POD...]";
    }

    @Override
    public String purpose() {
        return "Stop the containers of pods and start them again";
    }

    @Override
    public List<Flag> flags() {
        return StopWords.FLAGS;
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("At once", "carafe pod restart -t 0 shop"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be started again"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pod restart\" takes one POD at least");
        }
        StopWords how = StopWords.of(arguments, "carafe pod restart");
        var acts = new PodActs(engine, invocation, replies);
        replies.exit(acts.each(arguments.operands(), (word, pod) -> {
            acts.stop(pod, how);
            acts.start(pod);
            replies.out(word + "\n");
        }));
    }
}
