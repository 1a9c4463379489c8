package io.carafe.engine.engine;

import io.carafe.engine.runtime.ConfigTemplate;
import io.carafe.engine.runtime.ContainerId;
import io.carafe.engine.runtime.Containers;
import io.carafe.engine.runtime.Creation;
import io.carafe.engine.runtime.Execution;
import io.carafe.engine.runtime.Features;
import io.carafe.engine.runtime.State;
import io.carafe.sandbox.audit.Audit;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Granted;
import io.carafe.sandbox.spec.ConfigJson;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.ResourcesJson;
import io.carafe.sandbox.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What an OCI runtime is asked for. All methods throw [Refused] and
/// [io.carafe.engine.error.EngineException] with what is wrong, and nothing has been done then.
public final class OciRuntime {
    /// Annotations that change what is done, and shall not be an image's to say.
    private static final List<String> UNSAFE = List.of("org.systemd.property.", "run.oci.seccomp_fail_unknown_syscall");

    private final Supplier<Host> host;
    private final Containers containers;
    private final String version;

    OciRuntime(Supplier<Host> host, Path root, String version) {
        this.version = version;
        this.host = host;
        containers = new Containers(root);
    }

    /// What will be done to make a container of a bundle.
    ///
    /// @param bundle the directory, absolute
    /// @param cgroup the caller's v2 control group, "" if it isn't known; see [HostProbe#forCaller]
    /// @param warn   is told what is left out
    public Plan create(Creation creation, String bundle, String cgroup, Consumer<Problem> warn) {
        Host machine = HostProbe.forCaller(host.get(), cgroup, "");
        Bundle.Config config = Bundle.config(bundle, "");
        int owner = machine.privileges().uid();
        Host there = config.spec().linux().netDevices().isEmpty() ? machine : HostProbe.withInterfaces(machine);
        var warnings = new ArrayList<>(config.warnings());
        Spec spec = Home.in(Granted.of(config.spec(), machine, warnings));
        warnings.forEach(warn);
        return refusing(() -> containers.create(creation, spec, config.text(), owner, there));
    }

    /// What will be done to start a created one.
    public Plan start(ContainerId id) {
        return containers.start(id);
    }

    /// What will be done to send it a signal.
    public Plan kill(ContainerId id, int signal, boolean all) {
        return refusing(() -> containers.kill(id, signal, all));
    }

    /// What will be done to stop all its processes where they are, or to have them go on.
    public Plan pause(ContainerId id, boolean pauses) {
        return refusing(() -> containers.pause(id, pauses));
    }

    /// What will be done to change its limits.
    ///
    /// @param resources JSON like `linux.resources` of a `config.json`
    public Plan update(ContainerId id, String resources) {
        return refusing(() -> containers.update(id, ResourcesJson.read(resources), host.get()));
    }

    /// How many of its processes the kernel has killed for want of memory.
    public long memoryKills(ContainerId id) {
        return containers.memoryKills(id);
    }

    /// What will be done to write a `config.json` to begin with.
    ///
    /// @param file absolute; it must not be there
    /// @param mode permission bits
    public Plan template(String file, int mode, boolean rootless, int uid, int gid) {
        boolean unified = host.get().cgroups().layout() == Layout.V2;
        String text = rootless ? ConfigTemplate.rootless(uid, gid, unified) : ConfigTemplate.text(unified);
        return Plan.act(List.of(new Line(new Step.KeepFile(file, mode, text), "to be edited")), List.of());
    }

    /// What this runtime and this kernel can do: runtime specification, features.md.
    public String features() {
        return Features.json(host.get(), true, "{\"io.carafe.version\": \"" + version + "\"}", UNSAFE);
    }

    /// What the kernel says of it, compared with what it should be.
    public Audit verify(ContainerId id) {
        return refusing(() -> containers.verify(id, host.get()));
    }

    /// Whether it is there and has not stopped.
    public boolean runs(ContainerId id) {
        return containers.find(id).filter(it -> it.pid() != 0).isPresent();
    }

    /// Its processes, by the number that the host knows them by.
    public List<Integer> processes(ContainerId id) {
        return containers.processes(id);
    }

    /// What it uses, as JSON.
    public String statistics(ContainerId id) {
        return containers.statistics(id);
    }

    private static <T> T refusing(Supplier<T> asked) {
        try {
            return asked.get();
        } catch (InvalidSpec e) {
            throw new Refused(e.problems());
        }
    }

    /// What will be done to remove it.
    public Plan delete(ContainerId id, boolean force) {
        return containers.delete(id, force);
    }

    /// What will be done to run a further process in it.
    ///
    /// @param warn is told what is left out
    public Plan exec(Execution execution, Consumer<Problem> warn) {
        Host machine = host.get();
        var warnings = new ArrayList<Problem>();
        Plan plan = refusing(
                () -> containers.exec(execution, machine, spec -> Home.in(Granted.of(spec, machine, warnings))));
        warnings.forEach(warn);
        return plan;
    }

    /// A further process as a file has it, like `process` of a `config.json`.
    public Spec.Process process(String text, Consumer<Problem> warn) {
        var warnings = new ArrayList<Problem>();
        Spec.Process process = refusing(() -> ConfigJson.readProcess(text, warnings));
        warnings.forEach(warn);
        return process;
    }

    /// Goes the ways of a container's life with one that isn't there: everything is planned, and nothing is done.
    ///
    /// @param config like a `config.json`
    /// @param engine takes each plan
    public void rehearse(String config, Engine engine) {
        refusing(() -> containers.rehearse(ConfigJson.read(config, "/", ""), config, host.get()))
                .forEach(engine::rehearse);
    }

    /// A container as it is now.
    public State state(ContainerId id) {
        return containers.state(id);
    }

    /// Whether there is one of that name.
    public boolean exists(ContainerId id) {
        return containers.exists(id);
    }

    /// All of them, by name.
    public List<State> all() {
        return containers.all();
    }
}
