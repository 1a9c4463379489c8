package io.carafe.engine.runtime;

import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Acts;
import io.carafe.sandbox.planner.Entering;
import io.carafe.sandbox.planner.Handover;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.ConfigJson;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The containers whose states are below one directory.
public final class Containers {
    private static final String FILE = "container.json";
    private static final String CONFIG = "config.json";
    private static final List<String> FILES = List.of("start", "answer", "process", "process.new", CONFIG, FILE);
    private static final String WAITING = "carafe-box"; // what a process is called until it executes the program
    private static final int SIGKILL = 9;

    private final Path root;

    /// @param root absolute
    public Containers(Path root) {
        this.root = root;
    }

    /// What a container is created with, beside its `config.json`.
    ///
    /// @param pidFile       absolute, "" for none, as the next two
    /// @param preserved     descriptors from 3 on that its program gets
    public record Creation(
            ContainerId id,
            String pidFile,
            String consoleSocket,
            String pidfdSocket,
            int preserved,
            Handover.Left left) {}

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
        Spec named = spec.with(spec.container().named(id.text()));
        Plan draft = Planner.plan(named, host, handover(creation, directory, Map.of()));
        var file = new ContainerFile(
                id.text(),
                "1.3.0",
                spec.container().bundle(),
                spec.root().path(),
                Instant.now().toString(),
                owner,
                spec.container().annotations(),
                groups(draft),
                host.usableCgroups().layout() == Layout.V2,
                entered(draft),
                spec.linux().has(Namespace.PID));
        Map<String, String> files = Map.of(FILE, file.json(), CONFIG, config);
        return Planner.plan(named, host, handover(creation, directory, files));
    }

    private Handover handover(Creation creation, Path directory, Map<String, String> files) {
        return new Handover(
                parents(),
                directory.toString(),
                files,
                creation.pidFile(),
                creation.consoleSocket(),
                creation.pidfdSocket(),
                creation.preserved(),
                creation.left());
    }

    /// The directories down to the root, but those that every machine has.
    private List<String> parents() {
        var parents = new ArrayList<String>();
        for (Path path = root; path != null && path.getNameCount() > 1; path = path.getParent()) {
            parents.addFirst(path.toString());
        }
        return parents;
    }

    private static List<String> groups(Plan plan) {
        var groups = new ArrayList<String>();
        for (Plan.Undo undo : plan.undo()) {
            if (undo.step() instanceof Step.RemoveDirectory(var path, var patience) && patience > 0) {
                groups.add(path);
            }
        }
        return groups;
    }

    private static List<String> entered(Plan plan) {
        var files = new ArrayList<String>();
        for (Line line : plan.inside()) {
            if (line.step() instanceof Step.WriteFile(var path, var text) && path.endsWith("/tasks")) {
                files.add(path);
            }
        }
        return files;
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
            throw new UncheckedIOException("list " + root, e);
        }
    }

    /// A container as it is now; empty if there is none of that name.
    public Optional<State> find(ContainerId id) {
        Path directory = root.resolve(id.text());
        try {
            ContainerFile file = ContainerFile.ofJson(Files.readString(directory.resolve(FILE)));
            return Optional.of(state(directory, file));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // or not yet
        } catch (IOException e) {
            throw new UncheckedIOException("read the state of container " + id, e);
        }
    }

    /// Likewise.
    ///
    /// @throws EngineException if there is none of that name
    public State state(ContainerId id) {
        return find(id).orElseThrow(() -> new EngineException.NotFound("container", id.text()));
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
        boolean waits = now.get().name().equals(WAITING) && Files.exists(directory.resolve("start"));
        return new State(file, waits ? Status.CREATED : Status.RUNNING, pid);
    }

    private static Optional<ProcessStat> created(Path directory) throws IOException {
        try {
            return Optional.of(
                    ProcessStat.parse(Files.readString(directory.resolve("process"), StandardCharsets.ISO_8859_1)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private ProcessStat process(ContainerId id) {
        try {
            return created(root.resolve(id.text()))
                    .orElseThrow(() -> new EngineException.NotFound("container", id.text()));
        } catch (IOException e) {
            throw new UncheckedIOException("read the state of container " + id, e);
        }
    }

    /// What its `config.json` said when it was created.
    private Spec spec(State state) {
        Path file = root.resolve(state.file().id()).resolve(CONFIG);
        try {
            Spec spec = ConfigJson.read(
                    Files.readString(file),
                    state.file().bundle(),
                    "carafe-" + state.file().id());
            return spec.with(
                    spec.container().named(state.file().id()).is(state.status().toString(), state.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file, e);
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
        if (all || (signal == SIGKILL && !state.file().pids())) {
            return everybody(state, signal);
        }
        return Acts.kill(process(id).process(), signal);
    }

    private static Plan everybody(State state, int signal) {
        if (signal != SIGKILL) {
            throw new EngineException.Conflict("only SIGKILL can be sent to all processes yet");
        }
        return Plan.act(killing(state.file()), List.of());
    }

    private static List<Line> killing(ContainerFile file) {
        var steps = new ArrayList<Line>();
        for (String group : file.groups()) {
            if (file.unified() || group.contains("/freezer/")) {
                steps.add(new Line(new Step.KillGroup(group, file.unified(), 2000), "nobody of it stays"));
            }
        }
        return steps;
    }

    /// What will be done to remove it.
    ///
    /// @param force also if it still runs
    /// @throws EngineException if there is none, or it runs
    public Plan delete(ContainerId id, boolean force) {
        State state = state(id);
        if (state.status() != Status.STOPPED && !force) {
            throw new EngineException.Conflict(
                    "cannot delete container " + id + " that is not stopped: " + state.status());
        }
        return Acts.delete(remains(state, state.pid() == 0 ? null : process(id).process()));
    }

    private Acts.Remains remains(State state, Acts.@Nullable Target process) {
        var groups = new ArrayList<Line>(killing(state.file()));
        for (String group : state.file().groups()) {
            groups.add(new Line(new Step.RemoveDirectory(group, 2000), "made for it"));
        }
        String directory = root.resolve(state.file().id()).toString();
        return new Acts.Remains(directory, FILES, process, groups, spec(state).container());
    }

    /// A further process.
    ///
    /// @param process null for the container's own, with `args` of the further one
    public record Execution(
            ContainerId id,
            UnaryOperator<Spec.Process> process,
            String pidFile,
            String consoleSocket,
            int preserved,
            boolean detached) {}

    /// What will be done to run a further process in it.
    ///
    /// @throws EngineException unless it runs
    public Plan exec(Execution execution, Host host) {
        State state = state(execution.id());
        if (state.status() == Status.STOPPED || state.status() == Status.CREATING) {
            throw new EngineException.Conflict("cannot exec in a " + state.status() + " container");
        }
        if (state.status() == Status.PAUSED) {
            throw new EngineException.Conflict("cannot exec in a paused container (use --ignore-paused to override)");
        }
        Spec spec = spec(state);
        Acts.Target first = process(execution.id()).process();
        ContainerFile file = state.file();
        var groups = new ArrayList<Line>();
        for (String entered : file.entered()) {
            groups.add(new Line(new Step.WriteFile(entered, "0"), "it enters the container's groups"));
        }
        var entering = new Entering(
                first.pid(),
                first.began(),
                file.unified() && !file.groups().isEmpty() ? file.groups().getFirst() : "",
                groups,
                execution.pidFile(),
                execution.consoleSocket(),
                execution.preserved(),
                execution.detached());
        return entering.plan(spec.with(execution.process().apply(spec.process())), host);
    }
}
