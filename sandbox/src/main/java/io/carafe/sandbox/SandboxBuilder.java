package io.carafe.sandbox;

import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.SeccompProfile;
import io.carafe.sandbox.spec.Spec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Describes a box. What isn't asked for is strict: the program sees a copy-on-write view of the host's root file
/// system, no network and only its own processes; it runs as user and group 65534 (nobody) without any capability,
/// can't gain privileges, makes only the system calls that ordinary programs need, and has at most 2048 processes.
/// Memory, processors and time are unlimited unless you limit them.
///
/// Of its environment it gets `PATH`, `HOME=/`, and what [#environment] adds; nothing of this JVM's.
///
/// Methods throw [IllegalArgumentException] for a value that can mean nothing; what this machine can't do,
/// [Sandbox#start] tells. Not safe for use by several threads.
public final class SandboxBuilder {
    private static final long CPU_PERIOD = 100_000; // microseconds, the kernel's own default
    private static final int NOBODY = 65534;

    private Root root = Root.host();
    private List<String> command = List.of();
    private final Map<String, String> environment = new LinkedHashMap<>(Map.of("PATH", Defaults.PATH, "HOME", "/"));
    private String workingDirectory = "/";
    private String hostName = "box";
    private final List<Spec.Mount> mounts = new ArrayList<>(Defaults.MOUNTS);
    private @Nullable Long memory;
    private @Nullable Long swap;
    private boolean swapIsSet;
    private @Nullable Long memoryReservation;
    private @Nullable Long memoryHigh;
    private @Nullable Long cpuQuota;
    private @Nullable Long cpuShares;
    private String processors = "";
    private String memoryNodes = "";
    private final Map<String, String> unified = new LinkedHashMap<>();
    private final List<Spec.Device> devices = new ArrayList<>();
    private final List<Resources.DeviceRule> deviceRules = new ArrayList<>();
    private @Nullable Long pids = Defaults.PIDS;
    private Duration timeout = Duration.ZERO;
    private Network network = Network.NONE;
    private Spec.User user = new Spec.User(NOBODY, NOBODY, 022, List.of());
    private long capabilities;
    private boolean noNewPrivileges = true;
    private boolean filtered = true;
    private @Nullable SeccompProfile profile;
    private final List<Spec.Rlimit> limits = new ArrayList<>();
    private boolean init;
    private boolean inherit;
    private boolean merge;
    private int outputLimit = 1 << 20;

    SandboxBuilder() {}

    /// What the box has as its `/`. [Root#host] unless set.
    public SandboxBuilder root(Root root) {
        this.root = root;
        return this;
    }

    /// The program and its arguments. A name without a slash is looked for in the `PATH` of the box's environment.
    public SandboxBuilder command(String... command) {
        return command(List.of(command));
    }

    /// The same as a list.
    public SandboxBuilder command(List<String> command) {
        this.command = List.copyOf(command);
        return this;
    }

    /// Adds a variable to the program's environment, or replaces it.
    public SandboxBuilder environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /// Adds variables.
    public SandboxBuilder environment(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    /// The directory in which the program starts, an absolute path in the box; made if it is missing and the root
    /// can be written to. `/` unless set.
    public SandboxBuilder workingDirectory(String path) {
        this.workingDirectory = path;
        return this;
    }

    /// The box's host name, at most 64 bytes. `box` unless set.
    public SandboxBuilder hostName(String name) {
        this.hostName = name;
        return this;
    }

    /// Shows a file or directory of the host in the box, with what is mounted below it. The box can write to it.
    ///
    /// @param source      an absolute path of the host
    /// @param destination an absolute path in the box; made if it is missing
    public SandboxBuilder bind(Path source, String destination) {
        return bind(source, destination, List.of("rbind", "nosuid", "nodev"));
    }

    /// The same, but the box can't write to it, nor to what is mounted below it.
    public SandboxBuilder bindReadOnly(Path source, String destination) {
        return bind(source, destination, List.of("rbind", "rro", "nosuid", "nodev"));
    }

    /// Mounts an empty file system in memory, that everybody in the box can write to.
    ///
    /// @param destination an absolute path in the box; made if it is missing
    /// @param size        the bytes that it can hold. They count as the box's memory
    public SandboxBuilder tmpfs(String destination, long size) {
        positive("tmpfs size", size);
        mounts.add(
                new Spec.Mount(destination, "tmpfs", "tmpfs", List.of("nosuid", "nodev", "mode=1777", "size=" + size)));
        return this;
    }

    /// Limits the memory of all processes in the box together; swap counts too. When the limit is reached the
    /// kernel kills one of them, the largest: [Result#outOfMemory].
    ///
    /// @param bytes at least 4096
    public SandboxBuilder memory(long bytes) {
        positive("memory", bytes);
        this.memory = bytes;
        this.swap = swapIsSet ? swap : Long.valueOf(bytes);
        return this;
    }

    /// Lets the box swap: memory and swap together come to so much. Without it [#memory] is the limit for both.
    ///
    /// @param bytes at least the limit on memory, or -1 for unlimited swap. Runtime specification, `memory.swap`
    public SandboxBuilder memoryAndSwap(long bytes) {
        this.swap = bytes;
        this.swapIsSet = true;
        return this;
    }

    /// Protects so much of the box's memory from being taken away when the host is short of it.
    ///
    /// @param bytes at most the limit. `memory.low` of cgroup v2, `memory.soft_limit_in_bytes` of v1
    public SandboxBuilder memoryReservation(long bytes) {
        positive("memory reservation", bytes);
        this.memoryReservation = bytes;
        return this;
    }

    /// Slows the box down, and takes memory from it, while it has more than this. cgroup v2 only: elsewhere
    /// [Sandbox#start] throws.
    ///
    /// @param bytes at least 4096. `memory.high`
    public SandboxBuilder memoryHigh(long bytes) {
        positive("memory high", bytes);
        this.memoryHigh = bytes;
        return this;
    }

    /// The box's weight when processors are short, against everything else on the machine.
    ///
    /// @param shares 2 to 262144; 1024 unless set. `cpu.shares` of cgroup v1; on v2 a `cpu.weight` of 1 to 10000,
    ///     where 1024 is 100
    public SandboxBuilder cpuShares(long shares) {
        positive("cpu shares", shares);
        this.cpuShares = shares;
        return this;
    }

    /// The processors that the box runs on, and no others.
    ///
    /// @param list as cpuset(7) has it: `0-2,7`; all of them must be there
    public SandboxBuilder processors(String list) {
        this.processors = list;
        return this;
    }

    /// The memory nodes that the box uses, and no others.
    ///
    /// @param list as [#processors]
    public SandboxBuilder memoryNodes(String list) {
        this.memoryNodes = list;
        return this;
    }

    /// Writes a value to a file of the box's cgroup v2 group, as it stands. Where the controller is on v1, or isn't
    /// there, [Sandbox#start] throws.
    ///
    /// @param file  its name: `memory.oom.group`
    public SandboxBuilder controlGroupFile(String file, String value) {
        unified.put(file, value);
        return this;
    }

    /// Gives the box a device of this number in its `/dev`, and lets it read from it and write to it. All others but
    /// `/dev/null` and its like stay closed.
    ///
    /// @param path  an absolute path in the box
    /// @param type  `c` for a character device, `b` for a block device
    /// @param major 0 to 4095
    /// @param minor 0 to 1048575
    public SandboxBuilder device(String path, String type, int major, int minor) {
        devices.add(new Spec.Device(path, type, major, minor, 0666, 0, 0));
        deviceRules.add(new Resources.DeviceRule(true, type, (long) major, (long) minor, "rw"));
        return this;
    }

    /// Limits the processor time of all processes in the box together.
    ///
    /// @param cpus how many processors it comes to; at least 0.01
    public SandboxBuilder cpus(double cpus) {
        if (!(cpus >= 0.01 && cpus <= 1 << 20)) {
            throw new IllegalArgumentException("cpus: " + cpus + " is not within 0.01 to 1048576");
        }
        this.cpuQuota = Math.round(cpus * CPU_PERIOD);
        return this;
    }

    /// Limits the processes and threads in the box.
    ///
    /// @param count at least 1; 2048 unless set
    public SandboxBuilder pids(long count) {
        positive("pids", count);
        this.pids = count;
        return this;
    }

    /// Kills the box after some time: [Result#timedOut].
    ///
    /// @param timeout from a millisecond to some 290 years; unlimited unless set
    public SandboxBuilder timeout(Duration timeout) {
        positive("timeout in milliseconds", timeout.toMillis());
        this.timeout = timeout;
        return this;
    }

    /// What the box sees of the network. [Network#NONE] unless set.
    public SandboxBuilder network(Network network) {
        this.network = network;
        return this;
    }

    /// The ids that the program runs with, unsigned. They are the host's own: there is no user namespace yet.
    ///
    /// @param groups supplementary groups
    public SandboxBuilder user(int uid, int gid, Integer... groups) {
        this.user = new Spec.User(uid, gid, 022, List.of(groups));
        return this;
    }

    /// The capabilities that the program has, and no program in the box ever gets more. None unless set.
    ///
    /// @param names as capabilities(7) has them, with or without `CAP_`: `NET_BIND_SERVICE`
    public SandboxBuilder capabilities(String... names) {
        long mask = 0;
        for (String name : names) {
            mask |= Capability.named(name)
                    .orElseThrow(() -> new IllegalArgumentException("no such capability: " + name))
                    .bit();
        }
        this.capabilities = mask;
        return this;
    }

    /// Lets set-uid programs in the box give what they give elsewhere.
    public SandboxBuilder allowNewPrivileges() {
        this.noNewPrivileges = false;
        return this;
    }

    /// The system calls that programs in the box can make, instead of the default profile's.
    ///
    /// @param json a profile as Docker takes it, or the runtime specification's `linux.seccomp`
    public SandboxBuilder seccomp(String json) {
        SeccompProfile parsed;
        try {
            parsed = Jsonb.instance().type(SeccompProfile.class).fromJson(json);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("not a seccomp profile: " + e.getMessage(), e);
        }
        if (!parsed.problems().isEmpty()) {
            throw new IllegalArgumentException(new InvalidSpec(parsed.problems()).getMessage());
        }
        this.profile = parsed;
        this.filtered = true;
        return this;
    }

    /// Lets programs in the box make any system call.
    public SandboxBuilder withoutSeccomp() {
        this.filtered = false;
        return this;
    }

    /// Sets a resource limit of the program, setrlimit(2).
    ///
    /// @param type `RLIMIT_NOFILE` …
    /// @param soft in the resource's own unit; -1 for unlimited
    /// @param hard likewise
    public SandboxBuilder resourceLimit(String type, long soft, long hard) {
        limits.add(new Spec.Rlimit(type, soft, hard));
        return this;
    }

    /// Makes a small init the box's first process: it reaps orphans, and passes signals on to the program, which
    /// then is an ordinary process and dies of them as elsewhere.
    public SandboxBuilder init() {
        this.init = true;
        return this;
    }

    /// Lets the program have this JVM's own standard streams. [RunningBox]'s are empty then.
    public SandboxBuilder inheritStreams() {
        this.inherit = true;
        return this;
    }

    /// Sends the program's standard error to where its standard output goes.
    public SandboxBuilder mergeStderr() {
        this.merge = true;
        return this;
    }

    /// How much of each stream [Sandbox#run] keeps; what comes after it is read and dropped.
    ///
    /// @param bytes 1 MiB unless set
    public SandboxBuilder outputLimit(int bytes) {
        positive("output limit", bytes);
        this.outputLimit = bytes;
        return this;
    }

    /// The description as it is now.
    public Sandbox build() {
        Map<Namespace, String> namespaces = new HashMap<>(Defaults.NAMESPACES);
        if (network == Network.HOST) {
            namespaces.remove(Namespace.NETWORK);
        }
        var process = new Spec.Process(
                false,
                0,
                0,
                user,
                command,
                environment.entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList(),
                workingDirectory,
                sets(),
                limits,
                noNewPrivileges,
                null,
                null,
                null);
        var linux = new Spec.Linux(
                namespaces,
                List.of(),
                List.of(),
                Map.of(),
                resources(),
                "carafe",
                devices,
                null, // depends on the machine: Sandbox
                Defaults.MASKED_PATHS,
                Defaults.READONLY_PATHS,
                Map.of(),
                null,
                "");
        var spec = new Spec(
                new Spec.Root(root.directory().toString(), root.readOnly(), root.copyOnWrite()),
                process,
                hostName,
                "",
                mounts,
                linux,
                new Spec.Supervision(init, true, timeout));
        return new Sandbox(spec, filtered, profile, inherit, merge, outputLimit);
    }

    private Resources resources() {
        return new Resources(
                deviceRules,
                new Resources.Memory(memory, swap, memoryReservation, memoryHigh, null, false),
                new Resources.Cpu(
                        cpuShares,
                        cpuQuota,
                        null,
                        cpuQuota == null ? null : CPU_PERIOD,
                        null,
                        null,
                        null,
                        processors,
                        memoryNodes),
                pids,
                Resources.BlockIo.UNLIMITED,
                Map.of(),
                unified);
    }

    /// Only ambient ones survive the execution of a program by another user than root.
    private Spec.Capabilities sets() {
        return user.uid() == 0
                ? Spec.Capabilities.ofRoot(capabilities)
                : new Spec.Capabilities(capabilities, capabilities, capabilities, capabilities, capabilities);
    }

    private SandboxBuilder bind(Path source, String destination, List<String> options) {
        mounts.add(new Spec.Mount(destination, "", source.toString(), options));
        return this;
    }

    private static void positive(String what, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(what + ": " + value + " is not above 0");
        }
    }
}
