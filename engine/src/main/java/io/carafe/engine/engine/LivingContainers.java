package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.ContainerName;
import io.carafe.engine.container.End;
import io.carafe.engine.container.Failure;
import io.carafe.engine.container.Health;
import io.carafe.engine.container.HealthCheck;
import io.carafe.engine.container.Log;
import io.carafe.engine.container.Records;
import io.carafe.engine.container.Register;
import io.carafe.engine.container.RestartPolicy;
import io.carafe.engine.container.Start;
import io.carafe.engine.container.Status;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.metric.Entered;
import io.carafe.engine.metric.Why;
import io.carafe.engine.network.Asked;
import io.carafe.engine.network.Ledger;
import io.carafe.engine.network.Network;
import io.carafe.engine.network.Networks;
import io.carafe.engine.pod.Pod;
import io.carafe.engine.runtime.Containers;
import io.carafe.engine.runtime.Creation;
import io.carafe.engine.runtime.Execution;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.RecordText;
import io.carafe.engine.volume.Volume;
import io.carafe.engine.volume.VolumeName;
import io.carafe.sandbox.cgroup.Figures;
import io.carafe.sandbox.cgroup.GroupFiles;
import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.cgroup.KernelFiles;
import io.carafe.sandbox.executor.ExitCode;
import io.carafe.sandbox.host.BootId;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Signals;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Acts;
import io.carafe.sandbox.planner.Handover;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Upper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The containers of a caller: what is asked for is put down, and every further act is a plan for the front.
public final class LivingContainers {
    static final String OPTIONS = "options.json";
    private static final Duration PATIENCE = Duration.ofSeconds(10); // Docker's
    private static final int SIGTERM = 15;
    private static final String POD = "pod=";
    private static final String NETWORK = "network=";
    private static final String PASTA = "pasta";
    private static final Duration GRACE = Duration.ofSeconds(5); // in which a monitor becomes who asks
    private static final Duration LONGEST = Duration.ofSeconds(70); // more than whoever asks ever waits
    private static final GroupFiles KERNEL = new KernelFiles();

    private final Engine engine;
    private final DataRoot root;
    private final Containers running;
    private final Records records;
    private final Chronicle chronicle;
    private final VolumeMounts volumes;
    private final Resolution resolution;
    private final Register<Pod> pods;
    private final PodSharing sharing;

    /// Puts what names stand for, volumes and secrets, into what was asked for.
    interface Resolution {
        /// The same, with what the names stand for.
        ///
        /// @param begin volumes that are missing are made, and new ones filled
        RunOptions of(RunOptions options, boolean begin);
    }

    /// @param runtime where the runtime keeps what ends with the boot
    LivingContainers(Engine engine, DataRoot root, Path runtime, VolumeMounts volumes, Resolution resolution) {
        this.engine = engine;
        this.root = root;
        this.volumes = volumes;
        this.resolution = resolution;
        running = new Containers(runtime.resolve("containers"), new KeptSpec());
        records = new Records(root.containers(), running);
        pods = new Register<>(root.pods(), "pod", Pod.class);
        sharing = new PodSharing(engine, pods, running, runtime.resolve("pods"));
        chronicle = new Chronicle(root.events());
    }

    /// What is kept of them.
    public Records records() {
        return records;
    }

    /// What is kept of their pods.
    public Register<Pod> pods() {
        return pods;
    }

    /// What happens to them.
    public Chronicle chronicle() {
        return chronicle;
    }

    /// What the kernel and the runtime have of them.
    public Containers running() {
        return running;
    }

    /// Puts a new container down. Nothing of it runs.
    ///
    /// @param id 64 hexadecimal digits that nobody else has
    /// @throws EngineException if its name is taken
    public Container create(String id, RunOptions options, Terms terms) {
        return create(id, options, terms, name(options.image()));
    }

    /// @param image what its image is called
    Container create(String id, RunOptions options, Terms terms, String image) {
        try {
            root.make();
        } catch (IOException e) {
            throw new EngineException.Failed("make " + root.directory(), e);
        }
        Presets presets = options.image().presets();
        VolumeMounts.Named inherited = VolumeMounts.has(options, VolumeMounts.FROM)
                ? VolumesFrom.of(options, this, true)
                : new VolumeMounts.Named(options, List.of());
        VolumeMounts.Named named = volumes.named(inherited.options());
        var going = new ArrayList<>(named.made());
        going.addAll(inherited.made());
        var labels = new LinkedHashMap<>(presets.labels());
        labels.putAll(terms.labels());
        var container = new Container(
                id,
                terms.name(),
                Instant.now(),
                image,
                options.image() instanceof RunOptions.Image.Stored stored ? stored.digest() : "",
                options.arguments(),
                stopSignal(terms, presets),
                Objects.requireNonNullElse(terms.stopTimeout(), PATIENCE),
                terms.removed(),
                options.streams().terminal(),
                options.streams().interactive(),
                terms.restart(),
                terms.log(),
                HealthTerms.of(terms.health(), presets.health()),
                labels,
                going,
                terms.pod(),
                terms.init(),
                isOfPod(terms.pod(), image) ? new Container.Reach(List.of(), false) : reach(options));
        Container created;
        try {
            created = records.create(container, Map.of(OPTIONS, RecordText.of(named.options())));
            checkLayers(created, options.image());
        } catch (EngineException e) {
            volumes.discard(named.made());
            throw e;
        }
        if (isAsked(created)) {
            call(created);
        }
        chronicle.tell(created, "create", Map.of());
        return created;
    }

    /// Whether one has the network of its pod.
    boolean isOfPod(Container container) {
        return isOfPod(container.pod(), container.image());
    }

    private boolean isOfPod(String pod, String image) {
        return !pod.isEmpty()
                && !image.equals(Container.PAUSE)
                && pods.lookUp(pod).filter(it -> it.shares(Namespace.NETWORK)).isPresent();
    }

    /// What lists show of where one is.
    Container.Reach reach(RunOptions options) {
        String other = options.sharing().namespaces().get(Namespace.NETWORK);
        if (other != null) {
            return new Container.Reach(List.of(other), false);
        }
        return switch (options.network()) {
            case RunOptions.Network.None() -> new Container.Reach(List.of("none"), false);
            case RunOptions.Network.OfHost() -> new Container.Reach(List.of("host"), false);
            case RunOptions.Network.Pasta pasta ->
                new Container.Reach(List.of(PASTA), !pasta.ports().isEmpty());
            case RunOptions.Network.Connected(var asked) ->
                new Container.Reach(
                        networkNames(asked), asked.all() || !asked.ports().isEmpty());
        };
    }

    private static List<String> networkNames(Asked asked) {
        var networks = new Networks(Path.of(asked.records()));
        return asked.networks().stream()
                .map(Asked.Attachment::network)
                .map(it -> networks.lookUp(it).map(Network::name).orElse(it))
                .toList();
    }

    /// From the record on nobody removes the layers. Who was just at it held them alone, so this waits, and sees.
    private void checkLayers(Container container, RunOptions.Image image) {
        Spec.Store store = image.kept();
        try {
            for (String layer : store == null ? List.<String>of() : store.held()) {
                FileLock.sharedOfPresent(Path.of(layer), () -> true).close();
            }
        } catch (IOException e) {
            engine.discard(records.retire(container));
            throw new EngineException.Conflict("image " + container.image()
                    + " was removed just now; the same again fetches it, or finds its files");
        }
    }

    /// Tells now what a start would be refused for.
    ///
    /// @throws Refused with everything that is wrong
    public void check(RunOptions options, String cgroup) {
        engine.plan(resolution.of(options, false), cgroup);
    }

    /// Which of them have a volume, running or not.
    List<String> users(VolumeName volume) {
        var users = new ArrayList<String>();
        for (Container container : records.all()) {
            for (Spec.Mount mount : mounts(container)) {
                if (mount.type().equals(VolumeMounts.TYPE) && mount.source().equals(volume.text())) {
                    users.add(container.name());
                }
            }
        }
        return users;
    }

    private List<Spec.Mount> mounts(Container container) {
        try {
            return options(container).mounts();
        } catch (EngineException e) {
            return List.of(); // it is damaged, or just being removed
        }
    }

    private static String name(RunOptions.Image image) {
        return switch (image) {
            case RunOptions.Image.Host _ -> "host";
            case RunOptions.Image.Directory directory -> directory.path();
            case RunOptions.Image.Stored stored -> stored.name();
        };
    }

    private static int stopSignal(Terms terms, Presets presets) {
        Integer asked = terms.stopSignal();
        if (asked != null) {
            return asked;
        }
        try {
            return presets.stopSignal().isEmpty() ? SIGTERM : Signals.number(presets.stopSignal());
        } catch (IllegalArgumentException e) {
            throw new Refused(List.of(new Problem(
                    "the image's StopSignal", e.getMessage() + "; --stop-signal SIGTERM runs it all the same")));
        }
    }

    /// All of them as they are now, the newest first.
    public List<Condition> all() {
        return records.all().stream().map(records::condition).toList();
    }

    /// Those that pass, the newest first.
    ///
    /// @param filters [ContainerFilters]
    /// @param all     also those that don't run
    /// @param infra   also those that hold the namespaces of pods
    /// @throws Refused if a filter isn't one
    public List<Condition> list(List<String> filters, boolean all, boolean infra) {
        var wanted = new ContainerFilters(filters.stream().map(this::known).toList(), records);
        return all().stream()
                .filter(it -> infra || !it.container().isInfra())
                .filter(it -> all || it.status().isLive() || it.status() == Status.RESTARTING)
                .filter(wanted::pass)
                .toList();
    }

    /// A filter for a pod, by its id; one for a network, by its name.
    private String known(String filter) {
        if (filter.startsWith(NETWORK)) {
            String word = filter.substring(NETWORK.length());
            var networks = new Networks(root.networks());
            return NETWORK + networks.lookUp(word).map(Network::name).orElse(word);
        }
        if (!filter.startsWith(POD)) {
            return filter;
        }
        String word = filter.substring(POD.length());
        return POD + pods.lookUp(word).map(Pod::id).orElse(word);
    }

    /// One as it is now.
    ///
    /// @param word its name, its id, or the first digits of that
    /// @throws EngineException if there is none
    public Condition find(String word) {
        return records.condition(records.find(word));
    }

    /// What was asked for when it was created, and by updates since.
    public RunOptions options(Container container) {
        try {
            String text = records.read(container, OPTIONS)
                    .orElseThrow(() -> new EngineException.Conflict("container " + container.name()
                            + " is damaged: what it shall be is lost; carafe rm " + container.name()));
            return RecordText.read(text, RunOptions.class);
        } catch (IOException e) {
            throw new EngineException.Failed("read what container " + container.name() + " shall be", e);
        }
    }

    /// The same, with directories in the place of its volumes' names.
    RunOptions bound(RunOptions options) {
        return VolumeMounts.has(options, VolumeMounts.TYPE) ? volumes.bound(options, true) : options;
    }

    /// The ports of this machine that lead to it; none unless it runs.
    public List<Connections.Port> ports(Condition now) {
        Container container = now.container();
        if (!now.status().isLive() || !container.publishes()) {
            return List.of();
        }
        if (container.networks().equals(List.of(PASTA))) {
            return options(container).network() instanceof RunOptions.Network.Pasta pasta ? pasta.ports() : List.of();
        }
        return Ledger.ports(container.id())
                .orElseGet(
                        () -> connections(container).map(it -> it.own().ports()).orElse(List.of()))
                .stream()
                .filter(Connections.Port::leads)
                .toList();
    }

    /// What connects one that runs; empty if it is on no network of ours.
    Optional<Connections> connections(Container container) {
        return running.exists(container.key())
                ? Optional.ofNullable(running.spec(container.key()).connections())
                : Optional.empty();
    }

    /// Whether the runtime still has anything of one.
    public boolean isLeft(Container container) {
        return running.exists(container.key());
    }

    /// What is left in the runtime of one that died unseen, as a plan that removes it; nothing if there is
    /// nothing.
    public Optional<Plan> leftovers(Condition now) {
        boolean left = !now.status().isLive() && running.exists(now.container().key());
        return left ? Optional.of(running.delete(now.container().key(), true)) : Optional.empty();
    }

    /// What is left of what the containers of a pod shared whose namespaces are gone, as a plan that removes it;
    /// nothing if there is nothing.
    public Optional<Plan> leftovers(Pod pod) {
        return sharing.leftovers(pod);
    }

    /// What will be done to start it, and to watch over it.
    ///
    /// @param watch    how its monitor is to do so
    /// @param cgroup   the caller's v2 control group, "" if it isn't known
    /// @param uid      the caller's
    /// @param restarts how often its policy has done so already
    /// @throws EngineException if it runs
    /// @throws Refused         with everything that is wrong with what was asked for
    public Plan start(Condition now, Watch watch, String cgroup, int uid, int restarts) {
        Container container = now.container();
        if (now.status().isLive()) {
            throw new EngineException.Conflict("container " + container.name() + " is already running");
        }
        try {
            return starting(container, watch, cgroup, uid, restarts);
        } catch (Refused e) {
            failed(container, e.sentences());
            throw e;
        } catch (EngineException e) {
            failed(container, List.of(String.valueOf(e.getMessage())));
            throw e;
        }
    }

    private void failed(Container container, List<String> sentences) {
        if (Files.isDirectory(records.place(container.id()))) {
            records.write(
                    container, Records.FAILURE, RecordText.of(new Failure(Instant.now(), ExitCode.NO_BOX, sentences)));
        }
    }

    private Plan starting(Container container, Watch watch, String cgroup, int uid, int restarts) {
        Path place = records.place(container.id());
        Optional<Pod> pod = sharing.of(container);
        Optional<Pod> joined = container.isInfra() ? Optional.empty() : pod;
        if (isAsked(container)) {
            call(container); // whoever made it may have been killed, and another build of us is elsewhere
        }
        RunOptions own = resolution.of(options(container).called(container.name()), true);
        RunOptions asked = joined.map(it -> sharing.joined(own, it)).orElse(own);
        // what goes with its end needs no disk; only root can take the mark of that away
        var upper = new Upper(place.toString(), container.removed() && uid == 0);
        var files =
                new RunOptions.Files(upper, asked.files().pivot(), asked.files().names());
        Engine.Fitted fitted =
                engine.fit(new Source.Options(asked.with(asked.mounts(), files)), container.id(), cgroup);
        var creation = new Creation(
                container.key(),
                "",
                "",
                "",
                0,
                asked.files().pivot(),
                true,
                "",
                false,
                Handover.Left.ENDED,
                watch.monitor(
                        container, place, running.directory(container.key()), PodSharing.isHeardOf(container, pod)));
        Spec spec = joined.map(it -> sharing.named(fitted.spec(), it)).orElse(fitted.spec());
        Plan plan =
                engine.refusing(fitted, () -> running.create(creation, spec, RecordText.of(spec), uid, fitted.host()));
        if (pod.isPresent()) {
            Plan planned = plan;
            plan = container.isInfra()
                    ? engine.refusing(() -> sharing.holding(planned, pod.get()))
                    : sharing.checked(plan, pod.get());
        }
        return MemoryWatch.in(plan, container, chronicle)
                .with(first(container, own.limits().memory(), restarts), last(container));
    }

    /// What is put down before it starts.
    private List<Line> first(Container container, @Nullable Long memory, int restarts) {
        var start = new Start(Instant.now(), boot(), restarts, memory == null ? -1 : memory);
        var lines = new ArrayList<Line>();
        for (String file : List.of(
                Records.ENDED, Records.FAILURE, Records.RESTARTING, Records.STOPPED, Records.HEALTH, Records.STARTED)) {
            lines.add(new Line(new Step.RemoveFile(records.file(container, file).toString()), "of the time before"));
        }
        lines.add(new Line(
                new Step.KeepFile(records.file(container, Records.STARTED).toString(), 0600, RecordText.of(start)),
                "when it was started"));
        lines.add(new Line(chronicle.step(container, "start", Map.of()), "carafe events tells it"));
        return lines;
    }

    /// The id of this boot of the machine.
    public static String boot() {
        String boot = BootId.below(Path.of("/"));
        if (boot.isEmpty()) {
            throw new EngineException.Conflict("the id of this boot can't be read: is /proc mounted?");
        }
        return boot;
    }

    private List<Undo> last(Container container) {
        var told = new Undo(0, chronicle.stepAtEnd(container, "die", Map.of()), "carafe events tells it");
        if (!container.removed()) {
            return List.of(told);
        }
        var last = new ArrayList<Undo>(List.of(
                told,
                new Undo(
                        0,
                        new Step.RemoveFile(records.nameFile(container.name()).toString()),
                        "its name is free"),
                new Undo(0, new Step.RemoveTree(records.place(container.id()).toString()), "asked for by --rm")));
        for (String name : container.volumes()) {
            last.add(new Undo(
                    0,
                    new Step.RemoveTree(volumes.place(name).toString(), Volume.SHARED),
                    "it was made for the container"));
        }
        last.add(new Undo(0, chronicle.step(container, "destroy", Map.of()), "carafe events tells it"));
        return last;
    }

    /// What will be done to send it a signal.
    ///
    /// @throws EngineException unless it runs
    public Plan kill(Condition now, int signal) {
        live(now);
        return engine.refusing(() -> running.kill(now.container().key(), signal, false));
    }

    /// What will be done to stop its processes where they are, or to have them go on.
    ///
    /// @throws EngineException unless it runs, or is paused
    public Plan pause(Condition now, boolean pauses) {
        live(now);
        return engine.refusing(() -> running.pause(now.container().key(), pauses));
    }

    private static void live(Condition now) {
        if (!now.status().isLive()) {
            throw new EngineException.Conflict("container " + now.container().name() + " is not running");
        }
    }

    /// Puts down that somebody wants it to end: its policy doesn't start it again.
    public void stopping(Container container, String why) {
        records.write(container, Records.STOPPED, why);
    }

    /// What will be done to run a further process in it.
    ///
    /// @throws EngineException unless it runs
    public Plan exec(Condition now, FurtherProcess process) {
        live(now);
        Host host = engine.host();
        RunOptions options = options(now.container());
        UnaryOperator<Spec.Process> changed =
                own -> process.of(own, options, records.place(now.container().id()));
        var execution = new Execution(now.container().key(), changed, "", "", "", List.of(), false, 0, false);
        return engine.refusing(() -> running.exec(execution, host, Home::in));
    }

    /// What will be done to send a signal to a further process of one.
    ///
    /// @param pid the host's
    /// @throws EngineException if it is none of that container
    public Plan kill(Condition now, List<Entered> entered, int pid, int signal) {
        Entered process = entered.stream()
                .filter(it -> it.pid() == pid)
                .findFirst()
                .orElseThrow(() -> new EngineException.NotFound(
                        "further process of container " + now.container().name(), Integer.toString(pid)));
        return Acts.kill(new Acts.Target(pid, process.began()), signal);
    }

    /// What will be done to run a further process in it that somebody asks for: its beginning and its end are told.
    ///
    /// @throws EngineException unless it runs
    public Plan execTold(Condition now, FurtherProcess process) {
        Container container = now.container();
        String command = ": " + String.join(" ", process.command());
        Map<String, String> which = Map.of("execID", engine.newContainerId());
        var begins = new ArrayList<Line>();
        begins.add(new Line(chronicle.step(container, "exec_create" + command, which), "carafe events tells it"));
        begins.add(new Line(chronicle.step(container, "exec_start" + command, which), "likewise"));
        var ends = new Undo(0, chronicle.stepAtEnd(container, "exec_die", which), "carafe events tells it");
        if (process.detached()) {
            begins.add(new Line(Watch.unheard(), "somebody has to see its end"));
        }
        return exec(now, process).undone().with(begins, List.of(ends));
    }

    /// What will be done to change its limits while it runs; nothing if it doesn't.
    ///
    /// @throws Refused         with everything that is wrong with them
    /// @throws EngineException if it uses more memory than it shall have
    public Optional<Plan> update(Condition now, LimitChange change) {
        Resources resources = change.resources(engine.host());
        Container container = now.container();
        if (!now.status().isLive()) {
            RunOptions then = change.of(options(container));
            engine.refusing(() -> engine.plan(new Source.Options(resolution.of(then, false)), ""));
            return Optional.empty();
        }
        Long limit = resources.memory().limit();
        Groups groups = running.state(container.key()).file().groups();
        long used = Figures.of(groups, KERNEL).memory().workingSet();
        if (limit != null && limit >= 0 && used > limit) {
            throw new EngineException.Conflict("container " + container.name() + " uses " + used
                    + " bytes of memory, more than the limit of " + limit + ": the kernel would kill in it");
        }
        return Optional.of(engine.refusing(() -> running.update(container.key(), resources, engine.host())));
    }

    /// Puts down limits for the next start.
    public void keep(Container container, LimitChange change) {
        records.write(container, OPTIONS, RecordText.of(change.of(options(container))));
    }

    /// Gives one another policy, also while it runs.
    public Container keep(Container container, RestartPolicy policy) {
        if (container.removed() && policy.kind() != RestartPolicy.Kind.NO) {
            throw new EngineException.Conflict("container " + container.name()
                    + " is removed when it has ended (--rm): nothing of it is left to be started again");
        }
        Container changed = container.with(policy);
        records.update(changed);
        call(changed);
        return changed;
    }

    /// Whether somebody is asked at its end what shall become of it, or of its pod.
    private boolean isAsked(Container container) {
        return Watch.asks(container) || PodSharing.isHeardOf(container, sharing.of(container));
    }

    /// Makes what its monitor becomes at its end, where there is a policy to ask, and else takes it away: so a policy
    /// can change while it runs, and an end that nobody asks about costs a failed call of execve(2).
    private void call(Container container) {
        if (container.removed()) {
            return; // nothing of it is left that could be asked about
        }
        Path link = Watch.after(container, records.place(container.id()));
        try {
            Files.deleteIfExists(link);
            if (isAsked(container)) {
                link(link);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("make " + link, e);
        }
    }

    private static void link(Path link) throws IOException {
        Path directory = link.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.createSymbolicLink(link, Path.of(Programs.carafe()));
    }

    /// Gives one another name. What takes one away that goes with its end knows the name that it began with: of the new
    /// one somebody is told then ([#forget]).
    ///
    /// @throws EngineException if that is taken
    public void rename(Container container, ContainerName name) {
        Path link = Watch.after(container, records.place(container.id()));
        boolean live = records.condition(container).status().isLive();
        if (live && container.removed() && !Files.isSymbolicLink(link)) {
            try {
                link(link);
            } catch (IOException e) {
                throw new EngineException.Failed("make " + link, e);
            }
        }
        records.rename(container, name);
    }

    /// Takes away what is left of one that went with its end: names that it was given since its start.
    public void forget(String id) {
        Path link = records.place(Watch.ASKING).resolve(id);
        if (!Files.isSymbolicLink(link) || records.lookUp(id).isPresent()) {
            return;
        }
        records.forgetNames(id);
        try {
            Files.deleteIfExists(link);
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + link, e);
        }
    }

    /// What will be done to take part in its output and input.
    ///
    /// @param keys    that leave its terminal, as bytes
    /// @param signals what the front gets, it passes on
    /// @throws EngineException unless it runs
    public Plan attach(Condition now, boolean input, String keys, boolean signals) {
        live(now);
        Path socket = running.directory(now.container().key()).resolve(Records.SOCKET);
        int streams = Watch.OUTPUT | Watch.ERROR | (input && now.container().interactive() ? Watch.INPUT : 0);
        var step = new Step.Attach(
                socket.toString(), streams, keys, signals && !now.container().terminal());
        var told = new Line(chronicle.step(now.container(), "attach", Map.of()), "carafe events tells it");
        return Plan.act(List.of(told, new Line(step, "asked for")), List.of());
    }

    /// Runs the check of one's health, and puts down what it came to.
    ///
    /// @param wanted says whether somebody waits for it
    public Health check(Condition now, BooleanSupplier wanted) {
        Container container = now.container();
        HealthCheck rules = container.health();
        Start start = now.start();
        if (rules == null || start == null || now.status() != Status.RUNNING) {
            throw new EngineException.Conflict(
                    "container " + container.name() + " has no health to check: it has no check, or doesn't run");
        }
        var process = new FurtherProcess(
                rules.command(), List.of(), "", "", false, new RunOptions.Streams(false, false, 0, 0), false);
        Instant begun = Instant.now();
        var answer = new HealthAnswer(wanted);
        int code = answer.run(
                exec(now, process).within(rules.timeout()), engine.host().kernel());
        boolean early = begun.isBefore(start.time().plus(rules.startPeriod()));
        Health health = records.health(container)
                .with(new Health.Check(begun, Instant.now(), code, answer.text()), rules, early);
        Health before = records.health(container);
        records.write(container, Records.HEALTH, RecordText.of(health));
        if (before.state() != health.state()) {
            chronicle.tell(container, "health_status: " + health.state().word(), Map.of());
        }
        return health;
    }

    /// Whether one that has ended is to be started again, for nobody has stopped it and its policy says so.
    public boolean isDue(Condition now) {
        Container container = now.container();
        Start start = now.start();
        if (start == null || now.status().isLive() || records.has(container, Records.STOPPED)) {
            return false;
        }
        HealthCheck health = container.health();
        boolean sick = health != null
                && health.action() == HealthCheck.Action.RESTART
                && records.health(container).state() == Health.State.UNHEALTHY;
        return sick || container.restart().again(start.restarts(), now.code());
    }

    /// Whether one is to be started again that the end of the machine, or of everything, has ended: Docker's rules for
    /// its daemon's start.
    public boolean isDueAfterBoot(Condition now) {
        Start start = now.start();
        if (start == null || now.status().isLive() || start.boot().equals(boot())) {
            return false;
        }
        boolean stopped = records.has(now.container(), Records.STOPPED);
        return switch (now.container().restart().kind()) {
            case NO -> false;
            case ON_FAILURE -> !stopped && now.code() != 0;
            case UNLESS_STOPPED -> !stopped;
            case ALWAYS -> true;
        };
    }

    /// Whether one is to be started again, and whoever was about to do so was killed.
    public boolean isForgotten(Condition now) {
        if (!isDue(now) || records.isWatched(now.container())) {
            return false;
        }
        Instant ended = now.ended().map(End::time).orElse(Instant.EPOCH);
        boolean soon = ended.isAfter(Instant.now().minus(now.status() == Status.RESTARTING ? LONGEST : GRACE));
        return !soon;
    }

    /// Those that have ended, for those to be removed from.
    ///
    /// @param filters `label=NAME[=VALUE]`, `label!=NAME[=VALUE]`, `until=TIME`, all of which have to be so
    /// @throws Refused if a filter isn't one
    public List<Condition> prunable(List<String> filters) {
        var wanted = new PruneFilters(filters);
        return list(List.of(), true, false).stream()
                .filter(it -> !it.status().isLive() && it.status() != Status.RESTARTING)
                .filter(it ->
                        wanted.pass(it.container().created(), it.container().labels()))
                .toList();
    }

    /// Takes one out of the list. Its files are to be removed.
    ///
    /// @return where they are
    /// @throws EngineException if it runs
    public Path retire(Condition now) {
        if (now.status().isLive()) {
            throw new EngineException.Conflict("cannot remove container "
                    + now.container().name() + ": it is running; stop it first, or carafe rm -f "
                    + now.container().name());
        }
        Path files = records.retire(now.container());
        chronicle.tell(now.container(), "destroy", Map.of());
        return files;
    }

    /// What will be done to hear of its end.
    ///
    /// @throws EngineException unless it runs
    public Plan await(Condition now) {
        live(now);
        Path socket = running.directory(now.container().key()).resolve(Records.SOCKET);
        var step = new Step.Attach(socket.toString(), 0, "", false);
        return Plan.act(List.of(new Line(step, "its monitor tells of its end")), List.of());
    }

    /// Everything that is known of one, as JSON: Docker's names, as far as there is the same.
    ///
    /// @param why  it ended, if it has
    /// @param size null to leave it out
    public String inspect(Condition now, Optional<Why> why, @Nullable ContainerSize size) {
        RunOptions options = options(now.container());
        Optional<Connections> connections = now.status().isLive() ? connections(now.container()) : Optional.empty();
        var networks = new NetworkText(now.container(), options, ports(now), connections);
        return ContainerText.json(now, options, records.file(now.container(), Records.LOG), why, size, networks);
    }

    /// What it has printed.
    public Log log(Container container) {
        return new Log(records.file(container, Records.LOG));
    }
}
