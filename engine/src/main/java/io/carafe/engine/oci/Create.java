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

/// `carafe-runtime create`
final class Create implements Command {
    private final OciRuntime runtime;
    private final boolean systemd;
    private final Consumer<Problem> warn;

    Create(OciRuntime runtime, boolean systemd, Consumer<Problem> warn) {
        this.runtime = runtime;
        this.systemd = systemd;
        this.warn = warn;
    }

    @Override
    public String name() {
        return "create";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER";
    }

    @Override
    public String purpose() {
        return "Create a container, which then waits for its start";
    }

    @Override
    public List<Flag> flags() {
        return CreationFlags.CREATE;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("The container of the bundle in this directory", "carafe-runtime create web"),
                new Example(
                        "Of another bundle, and tell its process id",
                        "carafe-runtime create -b /srv/web --pid-file /run/web.pid web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        replies.plan(runtime.create(
                CreationFlags.read(arguments, invocation, systemd, Left.CREATED),
                CreationFlags.bundle(arguments, invocation),
                invocation.cgroup(),
                warn));
    }
}
