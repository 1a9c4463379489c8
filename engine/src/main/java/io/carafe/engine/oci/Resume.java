package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.OciRuntime;
import java.util.List;

/// `carafe-runtime resume`
final class Resume implements Command {
    private final OciRuntime runtime;

    Resume(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "resume";
    }

    @Override
    public String operands() {
        return "CONTAINER";
    }

    @Override
    public String purpose() {
        return "Have the processes of a paused container go on";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("It runs again", "carafe-runtime resume web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        replies.plan(runtime.pause(CreationFlags.container(arguments), false));
    }
}
