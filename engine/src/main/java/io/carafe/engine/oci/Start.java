package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.OciRuntime;
import java.util.List;

/// `carafe-runtime start`
final class Start implements Command {
    private final OciRuntime runtime;

    Start(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String operands() {
        return "CONTAINER";
    }

    @Override
    public String purpose() {
        return "Execute the program of a created container";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("What was created runs", "carafe-runtime start web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        replies.plan(runtime.start(CreationFlags.container(arguments)));
    }
}
