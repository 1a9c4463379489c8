package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.ContainerName;
import io.carafe.engine.engine.Engine;
import java.util.List;
import java.util.Map;

/// `carafe rename`
final class Rename implements Command {
    private final Engine engine;

    Rename(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "rename";
    }

    @Override
    public String operands() {
        return "CONTAINER NAME";
    }

    @Override
    public String purpose() {
        return "Give a container another name";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("As it says", "carafe rename quiet_kettle web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.size() != 2) {
            throw new UsageError("\"carafe rename\" takes a CONTAINER and a NAME");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        var records = acts.containers().records();
        try {
            Container container = records.find(operands.getFirst());
            acts.containers().rename(container, new ContainerName(operands.getLast()));
            acts.tell(container.named(operands.getLast()), "rename", Map.of("oldName", container.name()));
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
        replies.exit(0);
    }
}
