package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.planner.Handover.Left;
import java.util.List;
import java.util.function.Consumer;

/// `carafe-runtime run`
final class Run implements Command {
    private final OciRuntime runtime;
    private final boolean systemd;
    private final Consumer<Problem> warn;

    Run(OciRuntime runtime, boolean systemd, Consumer<Problem> warn) {
        this.runtime = runtime;
        this.systemd = systemd;
        this.warn = warn;
    }

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER";
    }

    @Override
    public String purpose() {
        return "Create a container, start it, and wait for its end";
    }

    @Override
    public List<Flag> flags() {
        return CreationFlags.RUN;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("The container of the bundle in this directory", "carafe-runtime run web"),
                new Example("Don't wait", "carafe-runtime run -d --pid-file /run/web.pid web"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("N", "The program's own exit code"), new Exit("128+N", "It was ended by signal N"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        Left waited = Boolean.TRUE.equals(arguments.on(CreationFlags.KEEP)) ? Left.STOPPED : Left.ENDED;
        boolean detached = Boolean.TRUE.equals(arguments.on(CreationFlags.DETACH));
        replies.plan(runtime.create(
                CreationFlags.read(arguments, invocation, systemd, detached ? Left.RUNNING : waited),
                CreationFlags.bundle(arguments, invocation),
                invocation.cgroup(),
                warn));
    }
}
