package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.OciRuntime;
import java.util.List;

/// `carafe-runtime pause`
final class Pause implements Command {
    private final OciRuntime runtime;

    Pause(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "pause";
    }

    @Override
    public String operands() {
        return "CONTAINER";
    }

    @Override
    public String purpose() {
        return "Stop all processes of a container where they are";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Nothing in it runs", "carafe-runtime pause web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        replies.plan(runtime.pause(CreationFlags.container(arguments), true));
    }
}
