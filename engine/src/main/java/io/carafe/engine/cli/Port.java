package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.spec.Connections;
import java.util.List;

/// `carafe port`
final class Port implements Command {
    private final Engine engine;

    Port(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "port";
    }

    @Override
    public String operands() {
        return "CONTAINER [PORT[/PROTOCOL]]";
    }

    @Override
    public String purpose() {
        return "Show which ports of this machine lead to a container";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of them", "carafe port web"),
                new Example("Where its port 80 is found", "carafe port web 80/tcp"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.isEmpty() || operands.size() > 2) {
            throw new UsageError("\"carafe port\" takes a CONTAINER and one PORT at most");
        }
        var containers = engine.containers(invocation.environment(), invocation.uid());
        Condition now = containers.find(operands.getFirst());
        String wanted = operands.size() < 2 ? "" : operands.getLast();
        String asked = wanted.isEmpty() || wanted.contains("/") ? wanted : wanted + "/tcp";
        boolean found = false;
        for (Connections.Port port : containers.ports(now)) {
            String inside = port.inside() + "/" + port.protocol();
            if (asked.isEmpty() || asked.equals(inside)) {
                replies.out((asked.isEmpty() ? inside + " -> " : "") + at(port) + "\n");
                found = true;
            }
        }
        if (!found && !asked.isEmpty()) {
            throw new EngineException.NotFound(
                    "public port", asked + " of container " + now.container().name());
        }
        replies.exit(0);
    }

    private static String at(Connections.Port port) {
        return PortCells.address(port) + ":" + port.port();
    }
}
