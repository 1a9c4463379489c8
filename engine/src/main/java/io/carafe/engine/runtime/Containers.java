package io.carafe.engine.runtime;

import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.audit.Audit;
import io.carafe.sandbox.audit.Expectation;
import io.carafe.sandbox.audit.Observation;
import io.carafe.sandbox.cgroup.Entrance;
import io.carafe.sandbox.cgroup.GroupFiles;
import io.carafe.sandbox.cgroup.GroupSteps;
import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.cgroup.KernelFiles;
import io.carafe.sandbox.cgroup.Members;
import io.carafe.sandbox.cgroup.Readings;
import io.carafe.sandbox.cgroup.Site;
import io.carafe.sandbox.cgroup.Statistics;
import io.carafe.sandbox.cgroup.Systemd;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.linux.SysSocket;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Acts;
import io.carafe.sandbox.planner.Entering;
import io.carafe.sandbox.planner.Handover;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.planner.ResctrlGroups;
import io.carafe.sandbox.planner.Updates;
import io.carafe.sandbox.spec.ContainerState;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The containers whose states are below one directory.
public final class Containers {
    private static final String FILE = "container.json";
    private static final String NOTIFY = "/run/notify/notify.sock"; // runc's
    private static final String WAITING = "carafe-box"; // what a process is called until it executes the program
    private static final int SIGKILL = 9;
    private static final long SIZE_MAX = 4 << 20;
    private static final GroupFiles KERNEL = new KernelFiles();
    private static final String BUS = "/run/dbus/system_bus_socket";
    private static final String SYSTEMD = "/run/systemd/private";

    private final Path root;
    private final Configuration configuration;

    /// Those of an OCI runtime.
    ///
    /// @param root absolute
    public Containers(Path root) {
        this(root, Configuration.OCI);
    }

    /// Those whose configurations are kept so.
    ///
    /// @param root absolute
    public Containers(Path root, Configuration configuration) {
        this.root = root;
        this.configuration = configuration;
    }

    /// What is in a container's directory.
    private List<String> files() {
        return List.of("start", "answer", configuration.file(), "process.new", "process", "attach", FILE);
    }

    /// What will be done to make it.
    ///
    /// @param config the text of the `config.json` that `spec` was read from
    /// @throws EngineException if there is one of that name
    public Plan create(Creation creation, Spec spec, String config, int owner, Host host) {
        ContainerId id = creation.id();
        Path directory = root.resolve(id.text());
        if (Files.exists(directory)) {
            throw new EngineException.Conflict("container with id exists: " + id);
        }
        String place =
                spec.linux().cgroupsPath().isEmpty() ? id.text() : spec.linux().cgroupsPath(); // runc's
        Spec named = notified(spec, creation.readiness())
                .with(spec.container().named(id.text()))
                .inGroup(place);
        if (!creation.pivot()) {
            named = named.withoutPivot();
        }
        Site site = creation.systemd() ? scope(id, spec, host) : Site.everywhere(place, host.usableCgroups(), KERNEL);
        var file = new ContainerFile(
                id.text(),
                ContainerState.OCI_VERSION,
                spec.container().bundle(),
                spec.root().path(),
                Instant.now().toString(),
                owner,
                spec.container().annotations(),
                site.groups(),
                !creation.keyring(),
                spec.linux().makes(Namespace.PID),
                ResctrlGroups.made(named, host));
        Map<String, String> files = Map.of(FILE, file.json(), configuration.file(), config);
        return Planner.plan(named, host, site, handover(creation, directory, files));
    }

    /// The host's own socket, not one between: what is said there later is heard as well. docs/runtime.md
    private static Spec notified(Spec spec, String socket) {
        if (socket.isEmpty()) {
            return spec;
        }
        var mount = new Spec.Mount(NOTIFY, "bind", socket, List.of("bind", "nosuid", "noexec", "nodev"));
        return spec.with(mount).with(spec.process().with("NOTIFY_SOCKET", NOTIFY));
    }

    private static Site scope(ContainerId id, Spec spec, Host host) {
        var problems = new ArrayList<Problem>();
        boolean bus = Files.exists(Path.of(BUS));
        if (!bus && !Files.exists(Path.of(SYSTEMD))) {
            throw new InvalidSpec(List.of(new Problem(
                    "--systemd-cgroup", "systemd isn't here: there is neither " + BUS + " nor " + SYSTEMD)));
        }
        var manager = Systemd.Manager.ofMachine(bus ? BUS : SYSTEMD, !bus, KERNEL.text("/proc/1/cgroup"));
        Site site = Systemd.site(
                spec.linux().cgroupsPath(),
                id.text(),
                manager,
                spec.container().annotations(),
                host.usableCgroups(),
                KERNEL,
                problems);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return site;
    }

    private Handover handover(Creation creation, Path directory, Map<String, String> files) {
        var alone = new Handover(
                parents(),
                directory.toString(),
                files,
                creation.pidFile(),
                creation.consoleSocket(),
                creation.pidfdSocket(),
                creation.keyring(),
                creation.preserved(),
                creation.left());
        Step.Monitor monitor = creation.monitor();
        return monitor == null ? alone : alone.with(monitor);
    }

    /// The directories down to the root, but those that every machine has.
    private List<String> parents() {
        var parents = new ArrayList<String>();
        for (Path path = root; path != null && path.getNameCount() > 1; path = path.getParent()) {
            parents.addFirst(path.toString());
        }
        return parents;
    }

    /// Where the state of one is, or would be.
    public Path directory(ContainerId id) {
        return root.resolve(id.text());
    }

    /// What is kept of what one was made of.
    public Path configuration(ContainerId id) {
        return directory(id).resolve(configuration.file());
    }

    /// Whether somebody has a socket of this name in the directory of one. Whoever that is doesn't notice.
    public boolean isServed(ContainerId id, String socket) {
        try {
            return SysSocket.isBound(directory(id).resolve(socket));
        } catch (IOException e) {
            return false; // its directory isn't there
        }
    }

    /// All of them, by name.
    public List<State> all() {
        var states = new ArrayList<State>();
        for (String name : names()) {
            ContainerId id;
            try {
                id = new ContainerId(name);
            } catch (IllegalArgumentException notOurs) {
                continue;
            }
            find(id).ifPresent(states::add);
        }
        return states;
    }

    private List<String> names() {
        try (var entries = Files.list(root)) {
            return entries.map(it -> it.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new EngineException.Failed("list " + root, e);
        }
    }

    /// A container as it is now; empty if there is none of that name.
    public Optional<State> find(ContainerId id) {
        Path directory = root.resolve(id.text());
        try {
            ContainerFile file = ContainerFile.ofJson(text(directory.resolve(FILE)));
            return Optional.of(state(directory, file));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // or not yet
        } catch (InvalidSpec e) {
            return Optional.empty(); // it is just being written
        } catch (IOException e) {
            throw new EngineException.Failed("read the state of container " + id, e);
        }
    }

    /// Likewise.
    ///
    /// @throws EngineException if there is none of that name
    public State state(ContainerId id) {
        return find(id).orElseThrow(() -> new EngineException.NotFound("container", id.text()));
    }

    /// A file of a state: ours or root's, and of a size that we would write.
    private static String text(Path file) throws IOException {
        var facts = Files.readAttributes(file, "unix:uid,size,isRegularFile", LinkOption.NOFOLLOW_LINKS);
        Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        boolean owned = Integer.valueOf(0).equals(facts.get("uid")) || own.equals(facts.get("uid"));
        boolean small = facts.get("size") instanceof Long size && size <= SIZE_MAX;
        if (!owned || !small || !Boolean.TRUE.equals(facts.get("isRegularFile"))) {
            throw new IOException(file + " is not what carafe-runtime of this user has written");
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private static State state(Path directory, ContainerFile file) throws IOException {
        Optional<ProcessStat> created = created(directory);
        if (created.isEmpty()) {
            return new State(file, Status.CREATING, 0);
        }
        Optional<ProcessStat> now = created.get().now();
        if (now.isEmpty()) {
            return new State(file, Status.STOPPED, 0);
        }
        int pid = now.get().pid();
        if (now.get().name().equals(WAITING) && Files.exists(directory.resolve("start"))) {
            return new State(file, Status.CREATED, pid);
        }
        return new State(file, Readings.isFrozen(file.groups(), KERNEL) ? Status.PAUSED : Status.RUNNING, pid);
    }

    private static Optional<ProcessStat> created(Path directory) throws IOException {
        try {
            return Optional.of(ProcessStat.parse(text(directory.resolve("process"))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private ProcessStat process(ContainerId id) {
        try {
            return created(root.resolve(id.text()))
                    .orElseThrow(() -> new EngineException.NotFound("container", id.text()));
        } catch (IOException e) {
            throw new EngineException.Failed("read the state of container " + id, e);
        }
    }

    /// What a container was made of.
    ///
    /// @throws EngineException if there is none
    public Spec spec(ContainerId id) {
        return spec(state(id));
    }

    /// What its `config.json` said when it was created.
    private Spec spec(State state) {
        Path file = root.resolve(state.file().id()).resolve(configuration.file());
        try {
            Spec spec = configuration.read(text(file), state.file());
            return spec.with(
                    spec.container().named(state.file().id()).is(state.status().toString(), state.pid()));
        } catch (IOException e) {
            throw new EngineException.Failed("read " + file, e);
        }
    }

    /// What will be done to start it.
    ///
    /// @throws EngineException unless it is created
    public Plan start(ContainerId id) {
        State state = state(id);
        if (state.status() != Status.CREATED) {
            throw new EngineException.Conflict(
                    state.status() == Status.STOPPED
                            ? "cannot start a container that has stopped"
                            : "cannot start an already running container");
        }
        Acts.Target process = process(id).process();
        return Acts.start(spec(state), process, remains(state, process));
    }

    /// What will be done to send a signal to it.
    ///
    /// @param all to each of its processes, and also if its first has ended
    /// @throws EngineException unless it is created or runs
    public Plan kill(ContainerId id, int signal, boolean all) {
        State state = state(id);
        if (state.status() == Status.STOPPED && !all) {
            throw new EngineException.Conflict("container not running");
        }
        if (state.status() == Status.CREATING) {
            throw new EngineException.Conflict("container " + id + " is being created");
        }
        boolean thaws = signal == SIGKILL && state.status() == Status.PAUSED; // of version 1, none dies frozen
        if (!all && !thaws && (signal != SIGKILL || state.file().pids())) {
            return Acts.kill(process(id).process(), signal);
        }
        Groups groups = state.file().groups();
        boolean frozen = Readings.isFrozen(groups, KERNEL);
        return act(problems -> signal == SIGKILL
                ? GroupSteps.kill(groups, problems)
                : GroupSteps.signal(groups, signal, frozen, problems));
    }

    /// What is done to its groups.
    private static Plan act(Function<List<Problem>, List<Line>> steps) {
        var problems = new ArrayList<Problem>();
        List<Line> lines = steps.apply(problems);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return Plan.act(lines, List.of());
    }

    /// What will be done to stop all its processes where they are, or to have them go on.
    ///
    /// @throws EngineException unless it runs, or is paused
    public Plan pause(ContainerId id, boolean pauses) {
        State state = state(id);
        boolean live = state.status() == Status.RUNNING || state.status() == Status.CREATED;
        if (pauses && !live) {
            throw new EngineException.Conflict("container not running or created: " + state.status());
        }
        if (!pauses && state.status() != Status.PAUSED) {
            throw new EngineException.Conflict("container not paused");
        }
        Groups groups = state.file().groups();
        return act(problems -> pauses ? GroupSteps.freeze(groups, problems) : GroupSteps.thaw(groups, problems));
    }

    /// Its first process, for who looks at what that sees.
    ///
    /// @throws EngineException unless there is one
    public Acts.Target first(ContainerId id) {
        return process(id).process();
    }

    /// Its processes, by the number that the host knows them by.
    ///
    /// @throws EngineException if there is none of that name
    public List<Integer> processes(ContainerId id) {
        return Members.of(state(id).file().groups(), KERNEL);
    }

    /// What the kernel says of its first process, compared with what its creation has made of it.
    ///
    /// @throws EngineException unless it runs
    public Audit verify(ContainerId id, Host host) {
        State state = state(id);
        if (state.pid() == 0) {
            throw new EngineException.Conflict("container with id " + id + " is not running");
        }
        Spec spec = spec(state);
        Site site = Site.everywhere(
                spec.linux().cgroupsPath(),
                host.usableCgroups(),
                new Without(state.file().groups(), KERNEL));
        var creation = new Creation(id, "", "", "", 0, true, !state.file().keyring(), "", false, Handover.Left.ENDED);
        Plan plan = Planner.plan(spec, host, site, handover(creation, root.resolve(id.text()), Map.of()));
        Expectation expected = Expectation.of(plan);
        try {
            return Audit.of(expected, Observation.of(state.pid(), expected), state.status() != Status.CREATED);
        } catch (IOException e) {
            throw new EngineException.Failed("look at the process of container " + id, e);
        }
    }

    /// What it uses, as `runc events --stats` has it.
    ///
    /// @throws EngineException unless it runs
    public String statistics(ContainerId id) {
        State state = state(id);
        if (state.status() == Status.STOPPED) {
            throw new EngineException.Conflict("container with id " + id + " is not running");
        }
        return Statistics.json(state.file().groups(), KERNEL);
    }

    /// What will be done to change its limits.
    ///
    /// @throws EngineException unless it is there
    public Plan update(ContainerId id, Resources asked, Host host) {
        State state = state(id);
        if (state.status() == Status.STOPPED) {
            throw new EngineException.Conflict("container with id " + id + " is not running");
        }
        Groups groups = state.file().groups();
        return Plan.act(Updates.plan(asked, groups, host, KERNEL), List.of());
    }

    /// How many of its processes the kernel has killed for want of memory.
    public long memoryKills(ContainerId id) {
        return find(id).map(it -> Readings.oomKills(it.file().groups(), KERNEL)).orElse(0L);
    }

    /// What will be done to remove it.
    ///
    /// @param force also if it still runs
    /// @throws EngineException if there is none, or it runs
    public Plan delete(ContainerId id, boolean force) {
        if (force && find(id).isEmpty() && exists(id)) {
            return remnants(root.resolve(id.text()).toString());
        }
        State state = state(id);
        if (state.status() != Status.STOPPED && !force) {
            throw new EngineException.Conflict(
                    "cannot delete container " + id + " that is not stopped: " + state.status());
        }
        return Acts.delete(remains(state, state.pid() == 0 ? null : process(id).process()));
    }

    /// Whether there is one of that name, or what a command that was killed has left of it.
    public boolean exists(ContainerId id) {
        return Files.isDirectory(root.resolve(id.text()), LinkOption.NOFOLLOW_LINKS);
    }

    /// What a deletion that was killed has left: nobody knows any more what it was.
    private Plan remnants(String directory) {
        var steps = new ArrayList<Line>();
        steps.add(new Line(new Step.LockDirectory(directory, false), "nobody is just making it"));
        for (String file : files()) {
            steps.add(new Line(new Step.RemoveFile(directory + "/" + file), "its state"));
        }
        steps.add(new Line(new Step.RemoveDirectory(directory, 0), "its name is free again"));
        return Plan.act(steps, List.of());
    }

    /// Who is told of its end: nobody, where a deletion that was killed has taken the configuration already.
    private Spec.Container told(State state) {
        boolean known = Files.exists(root.resolve(state.file().id()).resolve(configuration.file()));
        return known ? spec(state).container() : Spec.Container.UNNAMED;
    }

    private Acts.Remains remains(State state, Acts.@Nullable Target process) {
        var groups = new ArrayList<Line>();
        if (state.file().groups().any()) {
            groups.addAll(GroupSteps.kill(state.file().groups(), new ArrayList<>())); // it has some
            groups.addAll(GroupSteps.remove(state.file().groups()));
        }
        for (String made : state.file().directories()) {
            groups.add(new Line(new Step.RemoveDirectory(made, 2000), "made for it"));
        }
        String directory = root.resolve(state.file().id()).toString();
        return new Acts.Remains(directory, files(), process, groups, told(state));
    }

    /// What would be done in the life of a container that isn't there, and is nobody's.
    public List<Plan> rehearse(Spec spec, String config, Host host) {
        var id = new ContainerId("carafe-rehearsal");
        String directory = root.resolve(id.text()).toString();
        Spec named = spec.with(spec.container().named(id.text())).inGroup(id.text());
        Site site = Site.everywhere(id.text(), host.usableCgroups(), KERNEL);
        var file = new ContainerFile(
                id.text(),
                "",
                "/",
                "/",
                "",
                0,
                Map.of(),
                site.groups(),
                false,
                named.linux().makes(Namespace.PID),
                List.of());
        Groups groups = ContainerFile.ofJson(file.json()).groups();
        var nobody = new Acts.Target(1, 1);
        var entering = new Entering(1, 1, "", List.of(), "/nowhere", "", "", true, 0, true);
        var removal = new ArrayList<>(GroupSteps.kill(groups, new ArrayList<>()));
        removal.addAll(GroupSteps.remove(groups));
        var remains = new Acts.Remains(directory, files(), nobody, removal, named.container());
        var creation = new Creation(id, "/nowhere", "", "", 0, true, true, "", false, Handover.Left.CREATED);
        Map<String, String> files = Map.of(FILE, file.json(), configuration.file(), config);
        return List.of(
                Planner.plan(named, host, site, handover(creation, Path.of(directory), files)),
                Acts.start(named, nobody, remains),
                entering.plan(named, host),
                Acts.kill(nobody, SIGKILL),
                Acts.delete(remains));
    }

    /// What will be done to run a further process in it.
    ///
    /// @param completed adds what nobody has said
    /// @throws EngineException unless it runs
    public Plan exec(Execution execution, Host host, UnaryOperator<Spec> completed) {
        State state = state(execution.id());
        if (state.status() == Status.STOPPED || state.status() == Status.CREATING) {
            throw new EngineException.Conflict("cannot exec in a " + state.status() + " container");
        }
        if (state.status() == Status.PAUSED && !execution.paused()) {
            throw new EngineException.Conflict("cannot exec in a paused container (use --ignore-paused to override)");
        }
        Spec spec = spec(state);
        Acts.Target first = process(execution.id()).program().process();
        var problems = new ArrayList<Problem>();
        String init = KERNEL.text("/proc/" + first.pid() + "/cgroup");
        String unified = host.usableCgroups().unified();
        Entrance entrance = Entrance.of(state.file().groups(), init, unified, execution.groups(), KERNEL, problems);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        var entering = new Entering(
                first.pid(),
                first.began(),
                entrance.cgroup(),
                entrance.inside(),
                execution.pidFile(),
                execution.consoleSocket(),
                execution.pidfdSocket(),
                !state.file().keyring(),
                execution.preserved(),
                execution.detached());
        return entering.plan(completed.apply(spec.with(execution.process().apply(spec.process()))), host);
    }
}
