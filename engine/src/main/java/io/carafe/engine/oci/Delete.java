package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.engine.runtime.ContainerId;
import java.util.List;

/// `carafe-runtime delete`
final class Delete implements Command {
    private static final Flag FORCE = Flag.toggle("f", "force", "Kill it first, and don't mind if there is none");

    private final OciRuntime runtime;

    Delete(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "delete";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER";
    }

    @Override
    public String purpose() {
        return "Remove a container that has stopped";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What create made is gone", "carafe-runtime delete web"),
                new Example("Whether it runs, and whether it is there, or not", "carafe-runtime delete -f web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        ContainerId container = CreationFlags.container(arguments);
        boolean force = Boolean.TRUE.equals(arguments.on(FORCE));
        if (force && !runtime.exists(container)) {
            replies.exit(0);
            return;
        }
        replies.plan(runtime.delete(container, force));
    }
}
