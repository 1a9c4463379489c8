package io.carafe.engine.engine;

import io.carafe.engine.container.Records;
import io.carafe.engine.doctor.Doctor;
import io.carafe.engine.doctor.Finding;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Images;
import io.carafe.engine.layer.Emptying;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.network.Asked;
import io.carafe.engine.network.Connecting;
import io.carafe.engine.network.Handed;
import io.carafe.engine.network.Networks;
import io.carafe.engine.pack.Contents;
import io.carafe.engine.pack.PackOptions;
import io.carafe.engine.registry.Registry;
import io.carafe.engine.runtime.Containers;
import io.carafe.engine.secret.Secrets;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.volume.Volumes;
import io.carafe.sandbox.executor.ExitCode;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.host.RootListing;
import io.carafe.sandbox.host.RuntimeDirectory;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.PlanDiff;
import io.carafe.sandbox.plan.PlanJson;
import io.carafe.sandbox.plan.PlanText;
import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.planner.Rootless;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The rooms, built by hand, and what can be done with them together.
public final class Engine {
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final Supplier<Host> host;
    private final Supplier<String> ids;
    private final Handed handed = new Handed();
    private final Map<DataRoot, Images> stores = new ConcurrentHashMap<>(); // they know what they have read last

    /// @param ids makes names for boxes, of 16 hexadecimal digits
    Engine(Supplier<Host> host, Supplier<String> ids) {
        this.host = host;
        this.ids = ids;
    }

    /// An engine of the machine that we are on.
    public static Engine ofThisMachine() {
        return new Engine(new HostProbe(System.getenv())::host, Engine::randomId);
    }

    /// The module's version, as the build gave it; class files alone have none.
    public String version() {
        var descriptor = Engine.class.getModule().getDescriptor();
        return descriptor == null ? "unknown" : descriptor.rawVersion().orElse("unknown");
    }

    /// Whether the machine's own root isn't here.
    public boolean isInUserNamespace() {
        return !host.get().userNamespaces().initial();
    }

    /// The containers whose states are in a directory.
    ///
    /// @param root absolute
    public OciRuntime runtime(String root) {
        return new OciRuntime(host, Path.of(root), version());
    }

    /// The containers of a caller.
    ///
    /// @param environment the caller's; see [DataRoot#of] and [RuntimeDirectory#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for containers
    public LivingContainers containers(Map<String, String> environment, int uid) {
        return new LivingContainers(
                this,
                dataRoot(environment, uid),
                RuntimeDirectory.of(uid, environment),
                volumeMounts(environment, uid),
                (options, begin) -> resolved(options, environment, uid, begin));
    }

    /// The pods of a caller.
    ///
    /// @param environment the caller's; see [DataRoot#of] and [RuntimeDirectory#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for them
    public Pods pods(Map<String, String> environment, int uid) {
        return new Pods(containers(environment, uid));
    }

    /// What happens to the things of a caller.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for it
    public Chronicle chronicle(Map<String, String> environment, int uid) {
        return new Chronicle(dataRoot(environment, uid).events());
    }

    /// What of a caller's is not as it should be, in an order in which it can be repaired. That takes a
    /// moment: what is just being worked on is none of it.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for it
    public List<Amiss> amiss(Map<String, String> environment, int uid) {
        DataRoot root = dataRoot(environment, uid);
        LivingContainers containers = containers(environment, uid);
        List<Amiss> first = SystemCheck.look(root, containers);
        if (first.isEmpty()) {
            return first;
        }
        try {
            Thread.sleep(MOMENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return SystemCheck.still(first, SystemCheck.look(root, containers));
    }

    /// Serves what a caller's containers use.
    ///
    /// @param place       `unix:PATH`, or `[HOST:]PORT`
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws IllegalArgumentException if it is no such place
    public Metrics metrics(String place, Map<String, String> environment, int uid) {
        return Metrics.at(place, () -> {
            Glass glass = glass(environment, uid);
            return glass.exposition(glass.containers(List.of(), false));
        });
    }

    /// What there is of a caller's, and what the machine is, by Docker's names.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    public Map<String, String> facts(Map<String, String> environment, int uid) {
        return MachineFacts.of(
                host.get(),
                containers(environment, uid).all(),
                images(environment, uid).list(List.of()).size(),
                dataRoot(environment, uid),
                version());
    }

    /// The files of a caller's containers.
    ///
    /// @param containers the caller's
    public ContainerFiles containerFiles(LivingContainers containers) {
        return new ContainerFiles(containers, host);
    }

    /// What a caller's containers and volumes take on the disk.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for them
    public Sizes sizes(Map<String, String> environment, int uid) {
        return new Sizes(
                containers(environment, uid), layers(dataRoot(environment, uid)), keptVolumes(environment, uid), host);
    }

    /// The machine as it is known.
    Host host() {
        return host.get();
    }

    /// An id for a container: 64 hexadecimal digits.
    public String newContainerId() {
        return ids.get() + ids.get() + ids.get() + ids.get();
    }

    /// What can be seen of a caller's containers from outside.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for containers
    public Glass glass(Map<String, String> environment, int uid) {
        return new Glass(containers(environment, uid), host);
    }

    /// The images of a caller.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for images
    public ImageStore images(Map<String, String> environment, int uid) {
        DataRoot root = dataRoot(environment, uid);
        return new ImageStore(root, images(root), layers(root), () -> containers(environment, uid));
    }

    /// Makes images for a caller.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for images
    public NewImages newImages(Map<String, String> environment, int uid) {
        DataRoot root = dataRoot(environment, uid);
        return new NewImages(root, images(root), layers(root), host);
    }

    /// The files of a caller's images.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for images
    public ImageFiles imageFiles(Map<String, String> environment, int uid) {
        DataRoot root = dataRoot(environment, uid);
        return new ImageFiles(images(root), layers(root), host);
    }

    /// A caller's images, mounted on the host.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for images
    public MountedImages mountedImages(Map<String, String> environment, int uid) {
        DataRoot root = dataRoot(environment, uid);
        return new MountedImages(
                images(root), layers(root), uid == 0, () -> host.get().kernel());
    }

    private static DataRoot dataRoot(Map<String, String> environment, int uid) {
        try {
            return DataRoot.of(environment, uid);
        } catch (IllegalArgumentException e) {
            throw new Refused(List.of(new Problem("data root", String.valueOf(e.getMessage()))));
        }
    }

    private Layers layers(DataRoot root) {
        return new Layers(root.layers(), host);
    }

    private Images images(DataRoot root) {
        return stores.computeIfAbsent(root, it -> Images.of(it, layers(it), new ContainerImages(records(it))));
    }

    /// What is on the disk of containers, whose images stay; whether they run is asked of somebody else.
    private static Records records(DataRoot root) {
        return new Records(root.containers(), new Containers(root.containers()));
    }

    /// The registries, for one command.
    ///
    /// @param environment the caller's: its accounts, its proxies, where its images are
    /// @param uid         the caller's
    /// @param verify      false to believe any certificate, and to do without TLS where there is none
    /// @throws EngineException if settings can't be read
    public Distribution distribution(Map<String, String> environment, int uid, boolean verify) {
        try {
            DataRoot root = dataRoot(environment, uid);
            return new Distribution(
                    Registry.of(environment, verify, version()), environment, root, images(root), layers(root));
        } catch (IOException e) {
            throw new EngineException.Failed("read what is set about registries", e);
        }
    }

    /// What will be done to run a box. Nothing is done yet.
    ///
    /// @param cgroup the caller's v2 control group, "" if it isn't known; see [HostProbe#forCaller]
    /// @throws Refused with everything that is wrong with what was asked for
    public Plan plan(RunOptions options, String cgroup) {
        return plan(new Source.Options(options), ids.get(), cgroup);
    }

    /// Likewise, whatever says what the box shall be.
    public Plan plan(Source source, String cgroup) {
        return plan(source, ids.get(), cgroup);
    }

    /// Finds images for boxes, and makes them ready.
    ///
    /// @param environment the caller's
    /// @param uid         the caller's
    /// @param fetching    gets an image that isn't there into the store
    public Function<ImageRequest, RunOptions.Image> roots(
            Map<String, String> environment, int uid, Consumer<ImageRequest> fetching) {
        DataRoot root = dataRoot(environment, uid);
        return new ImageRoots(root, images(root), new Layers(root.layers(), host), Emulators.ofThisMachine(), fetching);
    }

    /// The networks of a caller.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for them
    public NetworkStore networks(Map<String, String> environment, int uid) {
        return new NetworkStore(new Networks(dataRoot(environment, uid).networks()));
    }

    /// What containers of a caller are on which network.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for them
    public ContainerNetworks containerNetworks(Map<String, String> environment, int uid) {
        return new ContainerNetworks(
                containers(environment, uid),
                new Networks(dataRoot(environment, uid).networks()),
                handed);
    }

    /// The volumes of a caller.
    ///
    /// @param environment the caller's; see [DataRoot#of]
    /// @param uid         the caller's
    /// @throws Refused if there is no place for volumes
    public VolumeStore volumes(Map<String, String> environment, int uid) {
        return new VolumeStore(keptVolumes(environment, uid));
    }

    private Volumes keptVolumes(Map<String, String> environment, int uid) {
        DataRoot root = dataRoot(environment, uid);
        return new Volumes(
                root.volumes(), host, volume -> containers(environment, uid).users(volume), Clock.systemUTC());
    }

    private VolumeMounts volumeMounts(Map<String, String> environment, int uid) {
        return new VolumeMounts(keptVolumes(environment, uid), host);
    }

    /// The secrets of a caller.
    ///
    /// @param environment the caller's; see [DataRoot#of]. `CARAFE_SECRETS_KEY` names a file with the key
    /// @param uid         the caller's
    /// @throws Refused if there is no place for secrets
    public SecretStore secrets(Map<String, String> environment, int uid) {
        return new SecretStore(keptSecrets(environment, uid));
    }

    private static Secrets keptSecrets(Map<String, String> environment, int uid) {
        DataRoot root = dataRoot(environment, uid);
        try {
            root.make();
        } catch (IOException e) {
            throw new EngineException.Failed("make " + root.directory(), e);
        }
        String key = environment.getOrDefault("CARAFE_SECRETS_KEY", "");
        if (!key.isEmpty() && !key.startsWith("/")) {
            throw new Refused(List.of(new Problem("CARAFE_SECRETS_KEY", key + " is not an absolute path of a file")));
        }
        return new Secrets(
                root.secrets(), key.isEmpty() ? Optional.empty() : Optional.of(Path.of(key)), Clock.systemUTC());
    }

    /// What was asked for, with the directories of volumes and the values of secrets in the place of their
    /// names. Until then there can be no plan of it; and this is never kept.
    ///
    /// @param environment the caller's
    /// @param uid         the caller's
    /// @param begin       volumes that are missing are made, and new ones get what the image has in their
    ///     place
    /// @throws Refused if one can't be had so
    public RunOptions resolved(RunOptions options, Map<String, String> environment, int uid, boolean begin) {
        RunOptions known = SecretMounts.has(options)
                ? SecretMounts.revealed(options, keptSecrets(environment, uid))
                : options; // first: nothing is made for a box that can't be
        RunOptions joined =
                JoinedContainers.has(known) ? JoinedContainers.of(known, containers(environment, uid)) : known;
        RunOptions whole =
                VolumeMounts.has(joined, VolumeMounts.FROM) ? withVolumes(joined, environment, uid, begin) : joined;
        return VolumeMounts.has(whole, VolumeMounts.TYPE)
                ? volumeMounts(environment, uid).bound(whole, begin)
                : whole;
    }

    /// With what other containers have mounted, which isn't removed then while the box has it.
    private RunOptions withVolumes(RunOptions options, Map<String, String> environment, int uid, boolean begin) {
        RunOptions whole =
                VolumesFrom.of(options, containers(environment, uid), begin).options();
        if (begin) {
            volumeMounts(environment, uid).share(whole);
        }
        return whole;
    }

    /// A run of a box that is put down: what goes in is looked at now.
    ///
    /// @param environment the caller's
    /// @param uid         the caller's
    /// @param copies      the box works on copies of what it may write to
    /// @throws Refused if it is a box of which no receipt can be kept
    public Recorded recorded(
            RunOptions options, Map<String, String> environment, int uid, String cgroup, boolean copies) {
        DataRoot root = dataRoot(environment, uid);
        try {
            root.make();
        } catch (IOException e) {
            throw new EngineException.Failed("make " + root.directory(), e);
        }
        Path scratch = root.directory().resolve("repro").resolve(ids.get());
        return new Recorded(options, this, cgroup, scratch, copies);
    }

    /// Removes a directory with all that a box has left in it.
    void remove(Path directory) throws IOException {
        Emptying.of(directory, host.get());
        Files.delete(directory);
    }

    /// Likewise, for a caller who can't be told of a failure but in a sentence.
    ///
    /// @throws EngineException if it can't be removed
    public void discard(Path directory) {
        try {
            remove(directory);
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + directory, e);
        }
    }

    /// What is different about two boxes. Their random names are the same.
    ///
    /// @throws Refused with everything that is wrong with what was asked for
    public PlanDiff diff(Source before, Source after, String cgroup) {
        String id = ids.get();
        return PlanDiff.of(plan(before, id, cgroup), plan(after, id, cgroup));
    }

    private Plan plan(Source source, String id, String cgroup) {
        return prepare(source, id, cgroup).plan();
    }

    /// What a box shall be, and what will be done to run it.
    record Prepared(Spec spec, Plan plan, Host host) {}

    Prepared prepare(Source source, String cgroup) {
        return prepare(source, ids.get(), cgroup);
    }

    private Prepared prepare(Source source, String id, String cgroup) {
        Fitted fitted = fit(source, id, cgroup);
        Plan plan = refusing(fitted, () -> Planner.plan(fitted.spec(), fitted.host()));
        return new Prepared(fitted.spec(), plan, fitted.host());
    }

    /// What a box shall be on a machine.
    record Fitted(Source source, Spec spec, Host host) {}

    /// Decides all that can be decided before the plan.
    ///
    /// @param id names the box
    Fitted fit(Source source, String id, String cgroup) {
        Host machine = HostProbe.forCaller(host.get(), cgroup, source.cgroupParent());
        Spec spec = source.spec(machine, id, this::connections);
        if (!spec.linux().netDevices().isEmpty()) {
            machine = HostProbe.withInterfaces(machine);
        }
        try {
            return new Fitted(source, machine.isPrivileged() ? spec : rootless(spec, machine), machine);
        } catch (InvalidSpec e) {
            throw new Refused(source.named(e.problems()));
        }
    }

    /// Plans, and tells problems in the words of whoever said what the box shall be.
    <T> T refusing(Fitted fitted, Supplier<T> planned) {
        try {
            return planned.get();
        } catch (InvalidSpec e) {
            throw new Refused(fitted.source().named(e.problems()));
        }
    }

    /// Plans an act.
    <T> T refusing(Supplier<T> planned) {
        try {
            return planned.get();
        } catch (InvalidSpec e) {
            throw new Refused(OptionNames.named(e.problems()));
        }
    }

    private Connections connections(Asked asked, String id, String hostname) {
        return Connecting.of(asked, id, hostname, handed);
    }

    private static Spec rootless(Spec spec, Host machine) {
        try {
            return Rootless.of(spec, machine, RootListing.of(Path.of(spec.root().path())));
        } catch (IOException e) {
            throw new Refused(List.of(new Problem("root", "list the root directory: " + e.getMessage())));
        }
    }

    /// Tries what this machine can do.
    ///
    /// @param environment the caller's
    /// @param names       of what is to be tried, out of [#capabilities]; empty for everything
    public List<Finding> examine(Map<String, String> environment, List<String> names) {
        return Doctor.examine(host.get(), environment, names);
    }

    /// The names of everything that [#examine] can try.
    public List<String> capabilities() {
        return Doctor.names();
    }

    /// What an image of a program would have in it.
    ///
    /// @throws Refused if it wouldn't run
    public Contents contents(PackOptions options) {
        return ProgramImages.contents(options);
    }

    /// Makes an image of a program, and names it.
    ///
    /// @param wanted says whether somebody still waits
    /// @throws Refused if it wouldn't run
    public PackedImage pack(PackRequest request, DataRoot root, BooleanSupplier wanted) {
        return ProgramImages.make(request, root, wanted);
    }

    /// A plan for people, each step with its reason and its system calls.
    public String text(Plan plan) {
        return PlanText.withCalls(plan);
    }

    /// A plan for programs.
    public String json(Plan plan) {
        return PlanJson.of(plan);
    }

    /// Limits of a group that is yet to be made.
    ///
    /// @throws Refused with everything that is wrong with them
    public Resources resources(LimitChange asked) {
        return asked.resources(host());
    }

    /// How the box of a plan ended.
    ///
    /// @param report `struct report` and its evidence (native/wire.h)
    /// @param plan   the plan in its wire form
    /// @throws IllegalArgumentException if they are none
    public Ending ending(ByteBuffer report, ByteBuffer plan) {
        byte[] bytes = new byte[report.remaining()];
        report.get(bytes);
        return ending(Wire.decode(plan), Report.decode(bytes));
    }

    /// Likewise.
    public Ending ending(Plan performed, Report ending) {
        boolean ran = ending.outcome() == Report.Outcome.ENDED || ending.outcome() == Report.Outcome.DONE;
        var told = new Ending(
                Words.of(performed, ending), Words.warnings(performed, ending), ran, ExitCode.of(performed, ending));
        if (!ran) {
            FailedStart.keep(performed, told);
        }
        return told;
    }

    /// Goes the way of a plan to the executor and back, so that it is compiled when it is needed.
    public void rehearse(Plan plan) {
        PlanText.of(Wire.decode(ByteBuffer.wrap(Wire.encode(plan))));
    }

    /// The kernel's own numbers: a `SecureRandom` takes a cold JVM longer than the whole plan.
    private static String randomId() {
        try (var in = Files.newInputStream(Path.of("/dev/urandom"))) {
            return HexFormat.of().formatHex(in.readNBytes(8));
        } catch (IOException e) {
            throw new UncheckedIOException("make up a name for the box", e);
        }
    }
}
