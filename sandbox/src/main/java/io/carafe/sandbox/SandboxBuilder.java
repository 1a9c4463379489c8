package io.carafe.sandbox;

import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.forensic.Forensics;
import io.carafe.sandbox.policy.Policy;
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

/// Describes a box. What isn't asked for is strict: the program sees a copy-on-write view of the host's
/// root file system, no network and only its own processes; it runs as user and group 65534 (nobody)
/// without any capability, can't gain privileges, makes only the system calls that ordinary programs
/// need, and has at most 2048 processes. Memory, processors and time are unlimited unless you limit
/// them.
///
/// Of its environment it gets `PATH`, `HOME=/`, and what [#environment] adds; nothing of this JVM's.
///
/// Methods throw [IllegalArgumentException] for a value that can mean nothing; what this machine can't do,
/// [Sandbox#start] tells. Not safe for use by several threads.
public final class SandboxBuilder {
    private static final long CPU_PERIOD = 100_000; // microseconds, the kernel's own default
    private static final int NOBODY = 65534;
    private static final int WORKSPACES_MAX = 8;

    private Root root = Root.host();
    private List<String> command = List.of();
    private final Map<String, String> environment = new LinkedHashMap<>(Map.of("PATH", Defaults.PATH, "HOME", "/"));
    private String workingDirectory = "/";
    private String hostName = "box";
    private final List<Spec.TextFile> files = new ArrayList<>();
    private final List<Workspace> workspaces = new ArrayList<>();
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
    private String domainName = "";
    private final List<Spec.IdMapping> uids = new ArrayList<>();
    private final List<Spec.IdMapping> gids = new ArrayList<>();
    private @Nullable IdRange ids;
    private final Map<String, Duration> timeOffsets = new HashMap<>();
    private final Map<Namespace, String> joined = new HashMap<>();
    private Spec.User user = new Spec.User(NOBODY, NOBODY, 022, List.of());
    private long capabilities;
    private boolean noNewPrivileges = true;
    private boolean filtered = true;
    private @Nullable SeccompProfile profile;
    private @Nullable Policy policy;
    private @Nullable Forensics forensics;
    private final List<Spec.Rlimit> limits = new ArrayList<>();
    private int umask = 022;
    private @Nullable Integer oomScoreAdj;
    private @Nullable Integer nice;
    private Spec.@Nullable Scheduler scheduler;
    private Spec.@Nullable IoPriority ioPriority;
    private Spec.@Nullable Personality personality;
    private final Map<String, String> sysctls = new LinkedHashMap<>();
    private Spec.@Nullable Landlock landlock;
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

    /// The program and its arguments. A name without a slash is looked for in the `PATH` of the box's
    /// environment.
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

    /// The directory in which the program starts, an absolute path in the box; made if it is missing
    /// and the root can be written to. `/` unless set.
    public SandboxBuilder workingDirectory(String path) {
        this.workingDirectory = path;
        return this;
    }

    /// The box's host name, at most 64 bytes. `box` unless set.
    public SandboxBuilder hostName(String name) {
        this.hostName = name;
        return this;
    }

    /// Shows a file or directory of the host in the box, with what is mounted below it. The box can
    /// write to it.
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

    /// Shows a directory of the host in the box, with what is mounted below it; what the host mounts
    /// there later appears in the box too. The box can write to it.
    ///
    /// [Sandbox#start] throws [InvalidBox] unless the directory lies on a shared mount, or one that
    /// follows one.
    ///
    /// @param source      an absolute path of the host
    /// @param destination an absolute path in the box; made if it is missing
    public SandboxBuilder bindFollowing(Path source, String destination) {
        return bind(source, destination, List.of("rbind", "nosuid", "nodev", "rslave"));
    }

    /// The same, and what the box mounts there appears on the host: for a box with `CAP_SYS_ADMIN` that
    /// mounts things for others. Nothing else may be mounted below it in the box.
    ///
    /// @param source      an absolute path of the host, on a shared mount
    /// @param destination an absolute path in the box, no part of it a link; made if it is missing
    public SandboxBuilder bindShared(Path source, String destination) {
        return bind(source, destination, List.of("rbind", "nosuid", "nodev", "rshared"));
    }

    /// Makes a file for the box, and lays it over what stands there; only this box sees it, and can
    /// write to it if its user may.
    ///
    /// @param path an absolute path in the box, as `/etc/hosts`; made if it is missing
    /// @param text at most 1 MiB, without a NUL
    public SandboxBuilder file(String path, String text) {
        files.add(new Spec.TextFile(path, 0644, text));
        return this;
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

    /// The same, which also holds only so many files and directories.
    public SandboxBuilder tmpfs(String destination, long size, int files) {
        positive("tmpfs size", size);
        positive("tmpfs files", files);
        String options = "nosuid,nodev,mode=1777,size=" + size + ",nr_inodes=" + (files + 1L); // its root is one, too
        mounts.add(new Spec.Mount(destination, "tmpfs", "tmpfs", List.of(options.split(","))));
        return this;
    }

    /// Mounts a [Workspace]. The box is the only one that ever has it: a second start fails.
    ///
    /// @param destination an absolute path in the box; made if it is missing
    /// @throws IllegalArgumentException if the box has 8 already
    public SandboxBuilder workspace(Workspace workspace, String destination) {
        if (workspaces.size() == WORKSPACES_MAX) {
            throw new IllegalArgumentException("more than " + WORKSPACES_MAX + " workspaces");
        }
        mounts.add(new Spec.Mount(destination, Spec.Mount.GIVEN, Integer.toString(workspaces.size()), List.of()));
        workspaces.add(workspace);
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

    /// Lets the box swap: memory and swap together come to so much. Without it [#memory] is the limit
    /// for both.
    ///
    /// @param bytes at least the limit on memory, or -1 for unlimited swap. Runtime specification,
    ///     `memory.swap`
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
    /// @param shares 2 to 262144; 1024 unless set. `cpu.shares` of cgroup v1; on v2 a `cpu.weight` of 1
    ///     to 10000, where 1024 is 100
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

    /// Writes a value to a file of the box's cgroup v2 group, as it stands. Where the controller is on
    /// v1, or isn't there, [Sandbox#start] throws.
    ///
    /// @param file  its name: `memory.oom.group`
    public SandboxBuilder controlGroupFile(String file, String value) {
        unified.put(file, value);
        return this;
    }

    /// Gives the box a device of this number in its `/dev`, and lets it read from it and write to it.
    /// All others but `/dev/null` and its like stay closed.
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

    /// The box's NIS domain name. None of its own unless set.
    ///
    /// @param name at most 64 bytes
    public SandboxBuilder domainName(String name) {
        this.domainName = name;
        return this;
    }

    /// Gives the box a user namespace. In it `size` users and as many groups from `inside` on are, on
    /// the host, those from `outside` on. Several calls make several ranges. The program's user must be
    /// in one of them. Only root may. user_namespaces(7)
    ///
    /// @param inside  0 to 4294967294, as is `outside`
    /// @param size    1 or more
    /// @throws IllegalArgumentException if a number is out of its range
    public SandboxBuilder mapIds(long inside, long outside, long size) {
        id("first id in the box", inside);
        id("first id on the host", outside);
        positive("number of ids", size);
        id("number of ids", size);
        var range = new Spec.IdMapping((int) inside, (int) outside, (int) size);
        uids.add(range);
        gids.add(range);
        return this;
    }

    /// Gives the box a user namespace with these ids, from 0 on. For one box: others may have them when it is gone.
    /// The program's user must be among them.
    public SandboxBuilder ids(IdRange range) {
        this.ids = range;
        return this;
    }

    /// Sets a clock of the box forward, or back. time_namespaces(7)
    ///
    /// @param clock  `monotonic` or `boottime`
    /// @param offset to the nanosecond; the clock must stand after its beginning with it
    public SandboxBuilder timeOffset(String clock, Duration offset) {
        timeOffsets.put(clock, offset);
        return this;
    }

    /// Puts the box into a namespace that is there already, instead of one of its own. namespaces(7)
    ///
    /// In a `user` namespace both the box's user and 0 must be mapped. A `pid` or `ipc` namespace that
    /// is joined besides must belong to it.
    ///
    /// @param kind `pid`, `ipc`, `uts`, `network`, `cgroup`, `time` or `user`
    /// @param path of such a namespace, as `/proc/1234/ns/net`; the box fails to start if it is of
    ///     another kind
    /// @throws IllegalArgumentException if there is no such kind
    public SandboxBuilder join(String kind, Path path) {
        for (Namespace namespace : Namespace.values()) {
            if (namespace.toString().equals(kind)) {
                joined.put(namespace, path.toString());
                return this;
            }
        }
        throw new IllegalArgumentException("no such kind of namespace: " + kind);
    }

    private static void id(String what, long value) {
        if (value < 0 || value > 4_294_967_294L) {
            throw new IllegalArgumentException(what + ": " + value + " is not within 0 to 4294967294");
        }
    }

    /// What the box sees of the network. [Network#NONE] unless set.
    public SandboxBuilder network(Network network) {
        this.network = network;
        return this;
    }

    /// The ids that the program runs with, unsigned. They are the host's own unless [#mapIds] gives
    /// the box others, or the caller is an ordinary user.
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

    /// Does all that a policy says: [io.carafe.sandbox.policy.PolicyFile] reads one. What is called after
    /// this changes it, or adds to it; what was called before it and it says otherwise no longer holds, but
    /// for files, mounts and devices, which add up.
    ///
    /// The box has a range of ids of its own at each start if the policy wants that and [#mapIds] doesn't say
    /// which. Only root may; an ordinary user's box has the ids that are the user's.
    public SandboxBuilder policy(Policy policy) {
        this.policy = policy;
        this.profile = null;
        this.filtered = true;
        this.noNewPrivileges = policy.noNewPrivileges();
        this.network = policy.network() ? Network.HOST : Network.NONE;
        this.landlock = policy.landlock() == Policy.Fence.NEEDED ? new Spec.Landlock(false) : null;
        policy.devices().forEach(it -> device(it.path(), it.type(), it.major(), it.minor()));
        policy.paths().writable().forEach(it -> tmpfs(it.path(), it.size()));
        if (!policy.coreDumps()) {
            resourceLimit("RLIMIT_CORE", 0, 0);
        }
        return capabilities(policy.capabilities().toArray(String[]::new));
    }

    /// What is done when a program in the box makes a system call that its profile names with
    /// `SCMP_ACT_NOTIFY`: it is written down, the box stands still, a snapshot is taken, and all of it
    /// ends; the call never returns. [Result#violation] says which it was. A box that makes no such
    /// call pays nothing for it while it runs.
    public SandboxBuilder onForbiddenCall(Forensics forensics) {
        this.forensics = forensics;
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

    /// The permission bits that files made by the program don't get, umask(2).
    ///
    /// @param mask 0 to 0777; 022 unless set
    public SandboxBuilder umask(int mask) {
        within("umask", mask, 0, 0777);
        this.umask = mask;
        return this;
    }

    /// How soon the kernel kills the box's processes when the whole machine is short of memory,
    /// proc(5). To go below what this JVM has needs `CAP_SYS_RESOURCE`; without it [Sandbox#run] throws
    /// [StepFailed].
    ///
    /// @param score -1000, which is never, to 1000, which is first; this JVM's own unless set
    public SandboxBuilder oomScoreAdj(int score) {
        within("oomScoreAdj", score, -1000, 1000);
        this.oomScoreAdj = score;
        return this;
    }

    /// The share of the processors that the box's processes get beside others, nice(2). It needs the policy
    /// `SCHED_OTHER` or `SCHED_BATCH`: [InvalidBox] names what else [#scheduler] was given.
    ///
    /// @param value -20, the most, to 19; this JVM's own unless set. To go below that needs `CAP_SYS_NICE`
    public SandboxBuilder nice(int value) {
        within("nice", value, -20, 19);
        this.nice = value;
        return this;
    }

    /// The scheduling policy of the box's processes, sched(7). A real-time policy takes the processor from
    /// everybody whose priority is lower, and needs `CAP_SYS_NICE`.
    ///
    /// @param policy   `SCHED_OTHER`, `SCHED_BATCH`, `SCHED_IDLE`, `SCHED_FIFO` or `SCHED_RR`
    /// @param priority 1 to 99 of the last two, 0 of the others
    public SandboxBuilder scheduler(String policy, int priority) {
        this.scheduler = new Spec.Scheduler(policy, 0, priority, List.of(), 0, 0, 0);
        return this;
    }

    /// The share of the disks that the box's processes get beside others, ioprio_set(2). Not every I/O
    /// scheduler heeds it.
    ///
    /// @param type     `IOPRIO_CLASS_RT`, `IOPRIO_CLASS_BE` or `IOPRIO_CLASS_IDLE`
    /// @param priority 0, the highest, to 7; of `IOPRIO_CLASS_IDLE` it means nothing
    public SandboxBuilder ioPriority(String type, int priority) {
        within("ioPriority", priority, 0, 7);
        this.ioPriority = new Spec.IoPriority(type, priority);
        return this;
    }

    /// The execution domain that programs in the box see, personality(2): `personality("LINUX",
    /// "ADDR_NO_RANDOMIZE")` has the same addresses at every run.
    ///
    /// @param domain `LINUX` or `LINUX32`
    /// @param flags  as the manual page has them
    public SandboxBuilder personality(String domain, String... flags) {
        this.personality = new Spec.Personality(domain, List.of(flags));
        return this;
    }

    /// Sets a kernel parameter of the box's own namespaces: `net.*` unless it has the host's network,
    /// and those of ipc_namespaces(7). Any other is an [InvalidBox].
    ///
    /// @param key   `net.core.somaxconn`
    /// @param value a line of text
    public SandboxBuilder sysctl(String key, String value) {
        sysctls.put(key, value);
        return this;
    }

    /// Puts a second fence around the box, landlock(7), that doesn't depend on its mounts. Files change only
    /// where the box can write, device drivers are reached in `/dev` only, and nothing is mounted. From Linux
    /// 6.12 on, no signal and no abstract socket leads out of the box. Without Landlock in the kernel
    /// it is an [InvalidBox].
    public SandboxBuilder landlock() {
        this.landlock = new Spec.Landlock(false);
        return this;
    }

    /// The same, and TCP is refused whatever network the box has. It needs Linux 6.7.
    public SandboxBuilder landlockWithoutTcp() {
        this.landlock = new Spec.Landlock(true);
        return this;
    }

    /// Makes a small init the box's first process: it reaps orphans, and passes signals on to the
    /// program, which then is an ordinary process and dies of them as elsewhere.
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
        namespaces.putAll(joined);
        boolean ownUsers = !uids.isEmpty() || ids != null || (policy != null && policy.ids() == Policy.Ids.OWN);
        if (!uids.isEmpty()) {
            namespaces.putIfAbsent(Namespace.USER, "");
        }
        if (!timeOffsets.isEmpty()) {
            namespaces.put(Namespace.TIME, "");
        }
        var process = new Spec.Process(
                false,
                0,
                0,
                new Spec.User(user.uid(), user.gid(), umask, user.additionalGids()),
                command,
                environment.entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList(),
                workingDirectory,
                sets(),
                limits,
                noNewPrivileges,
                oomScoreAdj,
                scheduling(),
                ioPriority);
        var linux = new Spec.Linux(
                namespaces,
                uids,
                gids,
                timeOffsets,
                resources(),
                "carafe",
                devices,
                null, // depends on the machine: Sandbox
                and(
                        Defaults.MASKED_PATHS,
                        policy == null ? List.of() : policy.paths().hidden()),
                and(
                        Defaults.READONLY_PATHS,
                        policy == null ? List.of() : policy.paths().readOnly()),
                sysctls,
                personality,
                "",
                landlock);
        var spec = new Spec(
                root(),
                process,
                hostName,
                domainName,
                mounts(!ownUsers || "".equals(namespaces.get(Namespace.NETWORK))),
                linux,
                new Spec.Supervision(init, true, timeout, null, "", forensics != null));
        return new Sandbox(spec, filtered, profile, policy, inherit, merge, outputLimit, workspaces, ids, forensics);
    }

    private static List<String> and(List<String> paths, List<String> more) {
        var all = new ArrayList<>(paths);
        all.addAll(more);
        return all;
    }

    private Spec.@Nullable Scheduler scheduling() {
        Integer value = nice;
        if (value == null) {
            return scheduler;
        }
        Spec.Scheduler other =
                scheduler == null ? new Spec.Scheduler("SCHED_OTHER", 0, 0, List.of(), 0, 0, 0) : scheduler;
        return new Spec.Scheduler(
                other.policy(),
                value,
                other.priority(),
                other.flags(),
                other.runtime(),
                other.deadline(),
                other.period());
    }

    /// @param ownNetwork whoever doesn't own the network can't mount a sysfs: the host's then
    private List<Spec.Mount> mounts(boolean ownNetwork) {
        return mounts.stream()
                .map(mount -> ownNetwork || !mount.type().equals("sysfs")
                        ? mount
                        : new Spec.Mount(
                                mount.destination(),
                                "",
                                "/sys",
                                List.of("rbind", "rnosuid", "rnoexec", "rnodev", "rro")))
                .toList();
    }

    private Spec.Root root() {
        return new Spec.Root(
                root.directory().toString(),
                root.readOnly() || (policy != null && policy.readOnlyRoot()),
                root.copyOnWrite(),
                root.lower().stream().map(Path::toString).toList(),
                root.keepsChanges() ? new Spec.Upper(root.changes().toString(), false) : null,
                files,
                true);
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

    private static void within(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + ": " + value + " is not within " + least + " to " + most);
        }
    }

    private static void positive(String what, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(what + ": " + value + " is not above 0");
        }
    }
}
