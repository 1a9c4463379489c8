package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe tag`
final class Tag implements Command {
    private final Engine engine;

    Tag(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "tag";
    }

    @Override
    public String operands() {
        return "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]";
    }

    @Override
    public String purpose() {
        return "Give an image one more name";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Another name for it", "carafe tag debian:12 base"),
                new Example(
                        "The name under which it can be pushed", "carafe tag base registry.example.com/team/base:1"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.size() != 2) {
            throw new UsageError("\"carafe tag\" takes a SOURCE_IMAGE and a TARGET_IMAGE");
        }
        engine.images(invocation.environment(), invocation.uid())
                .tag(operands.getFirst(), NameWord.of(operands.getLast()));
        engine.chronicle(invocation.environment(), invocation.uid()).image("tag", operands.getLast());
        replies.exit(0);
    }
}
