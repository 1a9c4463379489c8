package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.engine.runtime.State;
import java.util.List;

/// `carafe-runtime state`
final class StateCommand implements Command {
    private final OciRuntime runtime;

    StateCommand(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "state";
    }

    @Override
    public String operands() {
        return "CONTAINER";
    }

    @Override
    public String purpose() {
        return "Print the state of a container as JSON";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Whether it runs", "carafe-runtime state web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        State state = runtime.state(CreationFlags.container(arguments));
        replies.out(StateJson.of(state));
        replies.exit(0);
    }
}
