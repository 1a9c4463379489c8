package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe pod exists`
final class PodExists implements Command {
    private final Engine engine;

    PodExists(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod exists";
    }

    @Override
    public String operands() {
        return "POD";
    }

    @Override
    public String purpose() {
        return "Tell by the exit code whether there is a pod";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Make one if there is none", "carafe pod exists shop || carafe pod create shop"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "There is none"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe pod exists\" takes one POD");
        }
        String word = arguments.operands().getFirst();
        boolean there = engine.pods(invocation.environment(), invocation.uid())
                .lookUp(word)
                .isPresent();
        replies.exit(there ? 0 : 1);
    }
}
