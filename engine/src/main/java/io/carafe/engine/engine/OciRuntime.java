package io.carafe.engine.engine;

import io.carafe.engine.runtime.ContainerId;
import io.carafe.engine.runtime.Containers;
import io.carafe.engine.runtime.State;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.spec.InvalidSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// What an OCI runtime is asked for. All methods throw [Refused] and
/// [io.carafe.engine.error.EngineException] with what is wrong, and nothing has been done then.
public final class OciRuntime {
    private final Supplier<Host> host;
    private final Containers containers;

    OciRuntime(Supplier<Host> host, Path root) {
        this.host = host;
        containers = new Containers(root);
    }

    /// What will be done to make a container of a bundle.
    ///
    /// @param bundle the directory, absolute
    /// @param cgroup the caller's v2 control group, "" if it isn't known; see [HostProbe#forCaller]
    public Plan create(Containers.Creation creation, String bundle, String cgroup) {
        Host machine = HostProbe.forCaller(host.get(), cgroup, "");
        Bundle.Config config = Bundle.config(bundle, creation.id().text());
        try {
            if (!config.spec().linux().netDevices().isEmpty()) {
                machine = HostProbe.withInterfaces(machine);
            }
            return containers.create(
                    creation, config.spec(), config.text(), machine.privileges().uid(), machine);
        } catch (InvalidSpec e) {
            throw new Refused(e.problems());
        }
    }

    /// What will be done to start a created one.
    public Plan start(ContainerId id) {
        return containers.start(id);
    }

    /// What will be done to send it a signal.
    public Plan kill(ContainerId id, int signal, boolean all) {
        return containers.kill(id, signal, all);
    }

    /// What will be done to remove it.
    public Plan delete(ContainerId id, boolean force) {
        return containers.delete(id, force);
    }

    /// What will be done to run a further process in it.
    public Plan exec(Containers.Execution execution) {
        try {
            return containers.exec(execution, host.get());
        } catch (InvalidSpec e) {
            throw new Refused(e.problems());
        }
    }

    /// A container as it is now.
    public State state(ContainerId id) {
        return containers.state(id);
    }

    /// Whether there is one of that name.
    public boolean exists(ContainerId id) {
        return containers.find(id).isPresent();
    }

    /// All of them, by name.
    public List<State> all() {
        return containers.all();
    }
}
