package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe network disconnect`
final class NetworkDisconnect implements Command {
    private static final Flag FORCE =
            Flag.toggle("f", "force", "Also what a container that isn't there any more has left on the network");

    private final Engine engine;

    NetworkDisconnect(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "network disconnect";
    }

    @Override
    public String operands() {
        return "[OPTIONS] NETWORK CONTAINER";
    }

    @Override
    public String purpose() {
        return "Take a container off a network, at once if it runs";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("As it says", "carafe network disconnect shop web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.size() != 2) {
            throw new UsageError("\"carafe network disconnect\" takes a NETWORK and a CONTAINER");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        boolean force = Boolean.TRUE.equals(arguments.on(FORCE));
        engine.containerNetworks(invocation.environment(), invocation.uid())
                .disconnect(operands.getLast(), operands.getFirst(), force, acts::perform);
        replies.exit(0);
    }
}
