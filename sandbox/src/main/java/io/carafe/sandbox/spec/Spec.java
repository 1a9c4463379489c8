package io.carafe.sandbox.spec;

import io.carafe.sandbox.plan.Confidential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a box shall be: an OCI `config.json` (runtime specification 1.3, the words are its own) and, in
/// [Root] and [Supervision], what Carafe adds to it. Everything is decided here; nothing about the
/// machine is known yet.
///
/// @param hostname   "" keeps the name of the UTS namespace
/// @param domainname "" likewise
/// @param connections null for none but what [Linux] has
public record Spec(
        Root root,
        Process process,
        String hostname,
        String domainname,
        List<Mount> mounts,
        Linux linux,
        Supervision supervision,
        Container container,
        @Nullable Connections connections) {
    public Spec {
        mounts = List.copyOf(mounts);
    }

    /// A box that is connected with nobody.
    public Spec(
            Root root,
            Process process,
            String hostname,
            String domainname,
            List<Mount> mounts,
            Linux linux,
            Supervision supervision,
            Container container) {
        this(root, process, hostname, domainname, mounts, linux, supervision, container, null);
    }

    /// The same box, connected so.
    public Spec with(@Nullable Connections connections) {
        return new Spec(root, process, hostname, domainname, mounts, linux, supervision, container, connections);
    }

    /// A box that nobody asks the state of.
    public Spec(
            Root root,
            Process process,
            String hostname,
            String domainname,
            List<Mount> mounts,
            Linux linux,
            Supervision supervision) {
        this(root, process, hostname, domainname, mounts, linux, supervision, Container.UNNAMED);
    }

    /// The same box as this container.
    public Spec with(Container container) {
        return new Spec(root, process, hostname, domainname, mounts, linux, supervision, container, connections);
    }

    /// The same box with its groups there.
    public Spec inGroup(String cgroupsPath) {
        Linux there = linux.with(linux.seccomp(), cgroupsPath);
        return new Spec(root, process, hostname, domainname, mounts, there, supervision, container, connections);
    }

    /// The same box, entered by chroot(2).
    public Spec withoutPivot() {
        return with(root.files(), false);
    }

    /// The same box with other text files.
    public Spec withFiles(List<TextFile> files) {
        return with(files, root.pivot());
    }

    private Spec with(List<TextFile> files, boolean pivot) {
        Root there = new Root(
                root.path(),
                root.readonly(),
                root.copyOnWrite(),
                root.lower(),
                root.upper(),
                files,
                pivot,
                root.parts(),
                root.store(),
                root.emulator());
        return new Spec(there, process, hostname, domainname, mounts, linux, supervision, container, connections);
    }

    /// The same box with one mount more.
    public Spec with(Mount mount) {
        var more = new ArrayList<>(mounts);
        more.add(mount);
        return new Spec(root, process, hostname, domainname, more, linux, supervision, container, connections);
    }

    /// The same box, watched over so.
    public Spec with(Supervision supervision) {
        return new Spec(root, process, hostname, domainname, mounts, linux, supervision, container, connections);
    }

    /// The same box with another program in it.
    public Spec with(Process process) {
        return new Spec(root, process, hostname, domainname, mounts, linux, supervision, container, connections);
    }

    /// What others are told of the box ([ContainerState]), and who is told.
    ///
    /// @param bundle      the directory of its `config.json`
    /// @param annotations whatever the caller has written there
    /// @param status      `creating`; of a further process of a container `running`
    /// @param pid         of the container's first process, 0 if that is what the plan is for
    public record Container(
            String id, String bundle, Map<String, String> annotations, String status, int pid, Hooks hooks) {
        public static final Container UNNAMED = new Container("", "", Map.of());

        public Container {
            annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
        }

        /// One that is being made.
        public Container(String id, String bundle, Map<String, String> annotations) {
            this(id, bundle, annotations, "creating", 0, Hooks.NONE);
        }

        /// Of which nobody is told.
        public Container(String id, String bundle, Map<String, String> annotations, String status, int pid) {
            this(id, bundle, annotations, status, pid, Hooks.NONE);
        }

        /// The same under another name.
        public Container named(String name) {
            return new Container(name, bundle, annotations, status, pid, hooks);
        }

        /// The same, later.
        public Container is(String now, int process) {
            return new Container(id, bundle, annotations, now, process, hooks);
        }
    }

    /// The hooks of each kind, in their order: runtime specification, config.md, "POSIX-platform Hooks".
    public record Hooks(
            List<Hook> prestart,
            List<Hook> createRuntime,
            List<Hook> createContainer,
            List<Hook> startContainer,
            List<Hook> poststart,
            List<Hook> poststop) {
        public static final Hooks NONE = new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

        public Hooks {
            prestart = List.copyOf(prestart);
            createRuntime = List.copyOf(createRuntime);
            createContainer = List.copyOf(createContainer);
            startContainer = List.copyOf(startContainer);
            poststart = List.copyOf(poststart);
            poststop = List.copyOf(poststop);
        }
    }

    /// A program.
    ///
    /// @param path    absolute
    /// @param args    the first is its name; empty for the path
    /// @param env     all of its environment
    /// @param timeout seconds after which it is killed and has failed; 0 is for ever
    public record Hook(String path, List<String> args, List<String> env, int timeout) {
        public Hook {
            args = List.copyOf(args);
            env = List.copyOf(env);
        }
    }

    /// The box's root file system.
    ///
    /// @param path        an absolute directory of the host
    /// @param readonly    the box can't write to its root file system
    /// @param copyOnWrite writes go to memory and are gone at the end; the directory itself is never changed.
    ///     Without it the box works in the directory
    /// @param lower       more directories that lie below `path`, the upper one first, as overlayfs has them
    /// @param upper       where writes are kept instead; null for memory
    /// @param files       made for this box, and laid over what stands in their places
    /// @param pivot       the root is entered by pivot_root(2); without it by chroot(2), and the host's
    ///     mounts stay below it
    /// @param parts       what a copy on write is put together of; none if it can be had as a whole
    /// @param store       what has `path` and `lower`; null for directories that are anybody's
    /// @param emulator    runs its programs, which are made for another processor; null if this one does
    public record Root(
            String path,
            boolean readonly,
            boolean copyOnWrite,
            List<String> lower,
            @Nullable Upper upper,
            List<TextFile> files,
            boolean pivot,
            List<RootPart> parts,
            @Nullable Store store,
            @Nullable Emulator emulator) {
        public Root {
            lower = List.copyOf(lower);
            files = List.copyOf(files);
            parts = List.copyOf(parts);
        }

        public Root(
                String path,
                boolean readonly,
                boolean copyOnWrite,
                List<String> lower,
                @Nullable Upper upper,
                List<TextFile> files,
                boolean pivot) {
            this(path, readonly, copyOnWrite, lower, upper, files, pivot, List.of(), null, null);
        }

        /// Of layers that a store has.
        public Root with(@Nullable Store store) {
            return new Root(path, readonly, copyOnWrite, lower, upper, files, pivot, parts, store, emulator);
        }

        /// Of programs for another processor.
        public Root with(@Nullable Emulator emulator) {
            return new Root(path, readonly, copyOnWrite, lower, upper, files, pivot, parts, store, emulator);
        }

        public Root(String path, boolean readonly, boolean copyOnWrite) {
            this(path, readonly, copyOnWrite, List.of(), null, List.of(), true);
        }
    }

    /// Where somebody keeps layers for many boxes, and takes away those that none uses.
    ///
    /// @param directory all layers lie below it, and nothing is mounted in it
    /// @param held      the directories in it that must stay while the box runs: each is locked with others
    public record Store(String directory, List<String> held) {
        public Store {
            held = List.copyOf(held);
        }
    }

    /// A program of the host that the kernel shall run programs of another processor by (`binfmt_misc`).
    ///
    /// @param name    what the kernel knows it by
    /// @param program of the host, absolute, and static: it is opened there, and runs in the box
    /// @param magic   what such a program's file begins with, each byte as `\xHH`
    /// @param mask    which bits of that count, likewise
    /// @param mounted whether the host has mounted `binfmt_misc` in its place, for when it is
    ///     registered there
    public record Emulator(String name, String program, String magic, String mask, boolean mounted) {}

    /// A directory that keeps what a box writes.
    ///
    /// @param directory of the host, absolute; overlayfs's `upper` and `work` in it are made if they are
    ///     missing
    /// @param unsynced  nothing waits for the disk (overlayfs's `volatile`): lost if the machine goes down
    public record Upper(String directory, boolean unsynced) {}

    /// A file that is made for one box.
    ///
    /// @param path absolute, in the box
    /// @param mode permission bits
    public record TextFile(String path, int mode, String text) {}

    /// A part of a root file system that can't be had as a whole, since something is mounted in it.
    public sealed interface RootPart {
        /// Below the root, without a slash at its beginning; a parent comes before what is in it.
        String path();

        /// An empty directory, or one that holds other parts.
        record Directory(String path, int mode) implements RootPart {}

        /// The directory of that name, copy on write.
        record Tree(String path, int mode) implements RootPart {}

        /// A symbolic link.
        record Link(String path, String target) implements RootPart {}

        /// The file of that name, read-only.
        record File(String path) implements RootPart {}
    }

    /// The program and what it runs with.
    ///
    /// @param terminal    the box gets a terminal of its own as its standard streams
    /// @param rows        its first size, 0 if unknown
    /// @param cwd         absolute; made if it is missing
    /// @param oomScoreAdj -1000 to 1000, null keeps the caller's
    /// @param apparmorProfile "" leaves it to AppArmor which one it gets
    /// @param selinuxLabel    "" leaves it to SELinux
    /// @param execCPUAffinity of programs that are executed in the box later on; null keeps their caller's
    @SuppressWarnings("AvoidCommonTypeNames") // the specification's word
    public record Process(
            boolean terminal,
            int rows,
            int columns,
            User user,
            List<String> args,
            List<String> env,
            String cwd,
            Capabilities capabilities,
            List<Rlimit> rlimits,
            boolean noNewPrivileges,
            @Nullable Integer oomScoreAdj,
            @Nullable Scheduler scheduler,
            @Nullable IoPriority ioPriority,
            String apparmorProfile,
            String selinuxLabel,
            @Nullable CpuAffinity execCPUAffinity) {
        public Process {
            args = List.copyOf(args);
            env = List.copyOf(env);
            rlimits = List.copyOf(rlimits);
        }

        /// Without a security module's label, and processors of its own for later programs.
        public Process(
                boolean terminal,
                int rows,
                int columns,
                User user,
                List<String> args,
                List<String> env,
                String cwd,
                Capabilities capabilities,
                List<Rlimit> rlimits,
                boolean noNewPrivileges,
                @Nullable Integer oomScoreAdj,
                @Nullable Scheduler scheduler,
                @Nullable IoPriority ioPriority) {
            this(
                    terminal,
                    rows,
                    columns,
                    user,
                    args,
                    env,
                    cwd,
                    capabilities,
                    rlimits,
                    noNewPrivileges,
                    oomScoreAdj,
                    scheduler,
                    ioPriority,
                    "",
                    "",
                    null);
        }

        /// The same program in a terminal of the caller's own size.
        public Process inTerminal() {
            return new Process(
                    true,
                    rows,
                    columns,
                    user,
                    args,
                    env,
                    cwd,
                    capabilities,
                    rlimits,
                    noNewPrivileges,
                    oomScoreAdj,
                    scheduler,
                    ioPriority,
                    apparmorProfile,
                    selinuxLabel,
                    execCPUAffinity);
        }

        /// The same program with this environment.
        public Process with(List<String> env) {
            return new Process(
                    terminal,
                    rows,
                    columns,
                    user,
                    args,
                    env,
                    cwd,
                    capabilities,
                    rlimits,
                    noNewPrivileges,
                    oomScoreAdj,
                    scheduler,
                    ioPriority,
                    apparmorProfile,
                    selinuxLabel,
                    execCPUAffinity);
        }

        /// The same program with these capabilities.
        public Process with(Capabilities capabilities) {
            return new Process(
                    terminal,
                    rows,
                    columns,
                    user,
                    args,
                    env,
                    cwd,
                    capabilities,
                    rlimits,
                    noNewPrivileges,
                    oomScoreAdj,
                    scheduler,
                    ioPriority,
                    apparmorProfile,
                    selinuxLabel,
                    execCPUAffinity);
        }

        /// The same program as another user.
        public Process with(User user) {
            return new Process(
                    terminal,
                    rows,
                    columns,
                    user,
                    args,
                    env,
                    cwd,
                    capabilities,
                    rlimits,
                    noNewPrivileges,
                    oomScoreAdj,
                    scheduler,
                    ioPriority,
                    apparmorProfile,
                    selinuxLabel,
                    execCPUAffinity);
        }

        /// With a variable more; one of that name is replaced.
        public Process with(String name, String value) {
            var more = new ArrayList<>(env);
            more.removeIf(it -> it.startsWith(name + "="));
            more.add(name + "=" + value);
            return new Process(
                    terminal,
                    rows,
                    columns,
                    user,
                    args,
                    more,
                    cwd,
                    capabilities,
                    rlimits,
                    noNewPrivileges,
                    oomScoreAdj,
                    scheduler,
                    ioPriority,
                    apparmorProfile,
                    selinuxLabel,
                    execCPUAffinity);
        }
    }

    /// sched_setaffinity(2): the processors that a program which joins the box later on may run on.
    ///
    /// @param initial before it is in the box's groups, as `0-3,7`; "" keeps the caller's
    /// @param last    once it is (`final`); "" likewise
    public record CpuAffinity(String initial, String last) {}

    /// sched_setattr(2)
    ///
    /// @param policy   `SCHED_OTHER` …
    /// @param nice     -20 to 19, of `SCHED_OTHER` and `SCHED_BATCH`
    /// @param priority 1 to 99, of `SCHED_FIFO` and `SCHED_RR`
    /// @param flags    `SCHED_FLAG_RESET_ON_FORK` …
    /// @param runtime  nanoseconds, as are the other two, of `SCHED_DEADLINE`
    public record Scheduler(
            String policy, int nice, int priority, List<String> flags, long runtime, long deadline, long period) {
        public Scheduler {
            flags = List.copyOf(flags);
        }
    }

    /// ioprio_set(2)
    ///
    /// @param type     `IOPRIO_CLASS_RT`, `IOPRIO_CLASS_BE` or `IOPRIO_CLASS_IDLE`
    /// @param priority 0, the highest, to 7
    public record IoPriority(String type, int priority) {}

    /// Numbers as the box sees them; ids are unsigned.
    public record User(int uid, int gid, int umask, List<Integer> additionalGids) {
        public User {
            additionalGids = List.copyOf(additionalGids);
        }
    }

    /// The five sets of capabilities(7), one bit per capability ([Capability]).
    public record Capabilities(long bounding, long effective, long inheritable, long permitted, long ambient) {

        /// What a process of root in a box gets: nothing is inheritable (CVE-2022-29162), nothing ambient.
        public static Capabilities ofRoot(long mask) {
            return new Capabilities(mask, mask, 0, mask, 0);
        }

        /// What a process of another user gets: the bounding set alone, for set-uid programs.
        public static Capabilities ofUser(long mask) {
            return new Capabilities(mask, 0, 0, 0, 0);
        }
    }

    /// A limit of getrlimit(2).
    ///
    /// @param type `RLIMIT_NOFILE` …
    /// @param soft in the resource's own unit; -1 is unlimited
    public record Rlimit(String type, long soft, long hard) {}

    /// A file system in the box.
    ///
    /// @param type        file system, "" for a bind
    /// @param options     those of mount(8); `bind` or `rbind` among them makes it a bind mount
    /// @param uidMappings whose files show as whose, for this mount alone: `containerID` is the one on
    ///     disk. With `idmap` or `ridmap` and without these it has those of the box's user namespace
    /// @param volume      what its source belongs to; null for a directory that is anybody's
    /// @param secret      of type `secret`: what is in the file at `destination`, of which `source` is
    ///     only a name; `uid=`, `gid=` and `mode=` are its options
    public record Mount(
            String destination,
            String type,
            String source,
            List<String> options,
            List<IdMapping> uidMappings,
            List<IdMapping> gidMappings,
            @Nullable Volume volume,
            @Nullable Confidential secret) {
        /// The type of a mount that the library's caller hands over as a descriptor. No configuration file can
        /// have it.
        public static final String GIVEN = "given";

        public Mount {
            options = List.copyOf(options);
            uidMappings = List.copyOf(uidMappings);
            gidMappings = List.copyOf(gidMappings);
        }

        public Mount(
                String destination,
                String type,
                String source,
                List<String> options,
                List<IdMapping> uidMappings,
                List<IdMapping> gidMappings) {
            this(destination, type, source, options, uidMappings, gidMappings, null, null);
        }

        public Mount(String destination, String type, String source, List<String> options) {
            this(destination, type, source, options, List.of(), List.of());
        }

        /// The same, of a volume's directory.
        public Mount of(Volume other) {
            return new Mount(destination, type, source, options, uidMappings, gidMappings, other, secret);
        }

        /// The same, of type `secret`, with what is in the file.
        public Mount of(Confidential value) {
            return new Mount(destination, type, source, options, uidMappings, gidMappings, volume, value);
        }

        /// The same with one more option.
        public Mount with(String option) {
            var more = new ArrayList<>(options);
            more.add(option);
            return new Mount(destination, type, source, more, uidMappings, gidMappings, volume, secret);
        }

        /// Whether its files show with other owners than they have.
        public boolean isIdMapped() {
            return options.contains("idmap") || options.contains("ridmap") || hasMappings();
        }

        /// Whether it has id maps that are not the box's.
        public boolean hasMappings() {
            return !uidMappings.isEmpty() || !gidMappings.isEmpty();
        }

        public boolean isBind() {
            return options.contains("bind") || options.contains("rbind");
        }
    }

    /// What a bind mount has more whose source is the data of a volume: a directory that outlives its
    /// boxes, and that somebody else takes away when none uses it.
    ///
    /// @param directory that stands for the volume; locked with others for as long as the box runs
    /// @param subpath   of the source, where what is mounted is; "" for all of it. No link leads out of
    ///     the source
    /// @param owned     all that is mounted is given to the program's user first
    public record Volume(String directory, String subpath, boolean owned) {}

    /// `size` ids from `containerID` on, inside, are those from `hostID` on, outside: user_namespaces(7).
    /// Unsigned.
    public record IdMapping(int containerID, int hostID, int size) {}

    /// What only Linux has.
    ///
    /// @param namespaces    of the box's own: a path of one to join, or "" for a new one; the rest is the
    ///     caller's
    /// @param uidMappings   of a new user namespace, as are the next
    /// @param timeOffsets   of a new time namespace, by clock: `monotonic`, `boottime`
    /// @param cgroupsPath   the name of the box's groups, below the mount point of each hierarchy
    /// @param devices       beside the ones that every box has
    /// @param sysctl        of the box's own namespaces, as `net.core.somaxconn`
    /// @param personality   null keeps the caller's
    /// @param rootfsPropagation `private`, `slave`, `shared` or `unbindable`, with an `r` before it for
    ///     what is mounted below too; "" is the default
    /// @param landlock      a second fence, which the specification hasn't; null for none
    /// @param netDevices    network interfaces of the caller's that the box gets, and what they are called
    ///     there
    /// @param mountLabel    what SELinux is to see the file systems of the box as; "" for nothing special
    /// @param intelRdt      null leaves the box in the resctrl group of the caller
    /// @param memoryPolicy  null keeps the caller's
    public record Linux(
            Map<Namespace, String> namespaces,
            List<IdMapping> uidMappings,
            List<IdMapping> gidMappings,
            Map<String, Duration> timeOffsets,
            Resources resources,
            String cgroupsPath,
            List<Device> devices,
            @Nullable Seccomp seccomp,
            List<String> maskedPaths,
            List<String> readonlyPaths,
            Map<String, String> sysctl,
            @Nullable Personality personality,
            String rootfsPropagation,
            @Nullable Landlock landlock,
            Map<String, String> netDevices,
            String mountLabel,
            @Nullable IntelRdt intelRdt,
            @Nullable MemoryPolicy memoryPolicy) {
        public Linux {
            namespaces = Collections.unmodifiableMap(copy(namespaces));
            uidMappings = List.copyOf(uidMappings);
            gidMappings = List.copyOf(gidMappings);
            timeOffsets = Collections.unmodifiableMap(new TreeMap<>(timeOffsets));
            devices = List.copyOf(devices);
            maskedPaths = List.copyOf(maskedPaths);
            readonlyPaths = List.copyOf(readonlyPaths);
            sysctl = Collections.unmodifiableMap(new TreeMap<>(sysctl));
            netDevices = Collections.unmodifiableMap(new TreeMap<>(netDevices));
        }

        /// Without what only a `config.json` asks for.
        public Linux(
                Map<Namespace, String> namespaces,
                List<IdMapping> uidMappings,
                List<IdMapping> gidMappings,
                Map<String, Duration> timeOffsets,
                Resources resources,
                String cgroupsPath,
                List<Device> devices,
                @Nullable Seccomp seccomp,
                List<String> maskedPaths,
                List<String> readonlyPaths,
                Map<String, String> sysctl,
                @Nullable Personality personality,
                String rootfsPropagation,
                @Nullable Landlock landlock) {
            this(
                    namespaces,
                    uidMappings,
                    gidMappings,
                    timeOffsets,
                    resources,
                    cgroupsPath,
                    devices,
                    seccomp,
                    maskedPaths,
                    readonlyPaths,
                    sysctl,
                    personality,
                    rootfsPropagation,
                    landlock,
                    Map.of(),
                    "",
                    null,
                    null);
        }

        private static Map<Namespace, String> copy(Map<Namespace, String> namespaces) {
            var copy = new EnumMap<Namespace, String>(Namespace.class);
            copy.putAll(namespaces);
            return copy;
        }

        /// The same box with other namespaces and ids, and another group.
        public Linux with(
                Map<Namespace, String> namespaces,
                List<IdMapping> uidMappings,
                List<IdMapping> gidMappings,
                String cgroupsPath) {
            return with(namespaces, uidMappings, gidMappings, seccomp, cgroupsPath);
        }

        /// The same box with another filter and other groups.
        public Linux with(@Nullable Seccomp seccomp, String cgroupsPath) {
            return with(namespaces, uidMappings, gidMappings, seccomp, cgroupsPath);
        }

        /// The same box behind a second fence.
        public Linux with(Landlock fence) {
            return new Linux(
                    namespaces,
                    uidMappings,
                    gidMappings,
                    timeOffsets,
                    resources,
                    cgroupsPath,
                    devices,
                    seccomp,
                    maskedPaths,
                    readonlyPaths,
                    sysctl,
                    personality,
                    rootfsPropagation,
                    fence,
                    netDevices,
                    mountLabel,
                    intelRdt,
                    memoryPolicy);
        }

        private Linux with(
                Map<Namespace, String> namespaces,
                List<IdMapping> uidMappings,
                List<IdMapping> gidMappings,
                @Nullable Seccomp seccomp,
                String cgroupsPath) {
            return new Linux(
                    namespaces,
                    uidMappings,
                    gidMappings,
                    timeOffsets,
                    resources,
                    cgroupsPath,
                    devices,
                    seccomp,
                    maskedPaths,
                    readonlyPaths,
                    sysctl,
                    personality,
                    rootfsPropagation,
                    landlock,
                    netDevices,
                    mountLabel,
                    intelRdt,
                    memoryPolicy);
        }

        /// Whether the box has such a namespace that isn't the caller's.
        public boolean has(Namespace namespace) {
            return namespaces.containsKey(namespace);
        }

        /// Whether the box goes to a namespace of this kind that is there already.
        public boolean joins(Namespace namespace) {
            return has(namespace) && !makes(namespace);
        }

        /// Whether the box gets a new namespace of this kind.
        public boolean makes(Namespace namespace) {
            return "".equals(namespaces.get(namespace));
        }
    }

    /// A device file that the box gets. mknod(2)
    ///
    /// @param type     `c`, `b`, `u` or `p`
    /// @param fileMode permission bits
    public record Device(String path, String type, long major, long minor, int fileMode, int uid, int gid) {}

    /// The share of caches and of memory bandwidth: the kernel's resctrl file system.
    ///
    /// @param closID   the group's name; "/" is the one that everything is in, "" one for this box alone
    /// @param schemata lines of the group's `schemata`, in the order in which they are written; without any
    ///     it has to
    /// be there already
    /// @param monitored the box gets a monitoring group of its own
    public record IntelRdt(String closID, List<String> schemata, boolean monitored) {
        public IntelRdt {
            schemata = List.copyOf(schemata);
        }
    }

    /// set_mempolicy(2)
    ///
    /// @param mode  `MPOL_BIND` …
    /// @param nodes as `0-3,7`, or ""
    /// @param flags `MPOL_F_STATIC_NODES` …
    public record MemoryPolicy(String mode, String nodes, List<String> flags) {
        public MemoryPolicy {
            flags = List.copyOf(flags);
        }
    }

    /// personality(2)
    ///
    /// @param domain `LINUX` or `LINUX32`
    /// @param flags  `ADDR_NO_RANDOMIZE` …
    public record Personality(String domain, List<String> flags) {
        public Personality {
            flags = List.copyOf(flags);
        }
    }

    /// landlock(7): the box's files as its mounts have them, its devices, and no way out by signals and
    /// abstract sockets.
    ///
    /// @param refuseTcp TCP is refused too, whatever network the box has
    public record Landlock(boolean refuseTcp) {}

    /// How the box is watched over.
    ///
    /// @param init        a small init is PID 1: it reaps orphans and forwards signals
    /// @param interactive the caller's standard input is the program's; without it that is empty
    /// @param timeout     the box is killed after this long; zero is never
    /// @param companion   a program of the host that runs as long as the box does; null for none
    /// @param processors  those that the box is scheduled on, as `0-3,7`, and that it counts; "" for the
    ///     caller's
    /// @param reports     what `SCMP_ACT_NOTIFY` names is forbidden: whoever has the box run hears of
    ///     it, and ends it
    public record Supervision(
            boolean init,
            boolean interactive,
            Duration timeout,
            @Nullable Companion companion,
            String processors,
            boolean reports) {
        public Supervision(
                boolean init, boolean interactive, Duration timeout, @Nullable Companion companion, String processors) {
            this(init, interactive, timeout, companion, processors, false);
        }

        public Supervision(boolean init, boolean interactive, Duration timeout, @Nullable Companion companion) {
            this(init, interactive, timeout, companion, "");
        }

        public Supervision(boolean init, boolean interactive, Duration timeout) {
            this(init, interactive, timeout, null);
        }

        /// The same on these processors.
        public Supervision on(String processors) {
            return new Supervision(init, interactive, timeout, companion, processors, reports);
        }
    }

    /// A program of the host that is started on the box's process before the box runs, and says by writing
    /// something to its standard output that it is ready.
    ///
    /// @param path      absolute
    /// @param arguments the first is its name; the process id is added behind the last
    public record Companion(String path, List<String> arguments) {
        public Companion {
            arguments = List.copyOf(arguments);
        }
    }
}
