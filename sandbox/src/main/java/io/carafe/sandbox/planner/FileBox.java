package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.Compiler;
import io.carafe.sandbox.seccomp.Program;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IdMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A box with no program, whose root is one directory: what a stranger's archive says is done there, and nothing else
/// is in reach. In an ordinary user's, files have the owners that his other boxes see.
public final class FileBox {
    private static final long MS_SLAVE = 1 << 19;
    private static final int EPERM = 1;
    private static final int PATIENCE = 5000; // milliseconds: another copy may be under way
    static final long FENCES = Attributes.NOSUID | Attributes.NODEV | Attributes.NOEXEC;

    /// What files.c and the end of a process need.
    private static final List<String> CALLS = List.of(
            "read",
            "write",
            "close",
            "exit",
            "exit_group",
            "rt_sigreturn",
            "open",
            "openat",
            "openat2",
            "stat",
            "lstat",
            "fstat",
            "newfstatat",
            "fstatfs",
            "statx",
            "lseek",
            "pread64",
            "pwrite64",
            "ftruncate",
            "getdents64",
            "readlink",
            "readlinkat",
            "mkdirat",
            "mknodat",
            "symlinkat",
            "linkat",
            "unlinkat",
            "fchown",
            "fchownat",
            "fchmod",
            "fchmodat",
            "utimensat",
            "fchdir",
            "setxattr",
            "lsetxattr",
            "fsetxattr",
            "lremovexattr",
            "lgetxattr",
            "fgetxattr",
            "llistxattr",
            "flistxattr",
            "syncfs",
            "sync_file_range");

    private static final long OTHERS = flags(Namespace.PID, Namespace.NETWORK, Namespace.IPC, Namespace.UTS);

    private FileBox() {}

    /// What the box works on. Paths are absolute, and an ordinary user's are the user's own.
    public sealed interface Root {
        /// A directory in which it makes, changes and removes files.
        record Work(String directory) implements Root {}

        /// A directory of the caller's, with what is mounted in it, to which files are added that are the caller's.
        ///
        /// @param keepsOwners whether they may belong to others, and be devices: root's alone
        record Destination(String directory, boolean keepsOwners) implements Root {}

        /// What is seen of directories that lie one over the other, the topmost first. Nothing can be changed.
        ///
        /// @param users a box with users of its own has written them, with its own marks of what they hide
        record View(List<String> directories, boolean users) implements Root {
            public View {
                directories = List.copyOf(directories);
            }

            public View(List<String> directories) {
                this(directories, false);
            }
        }

        /// A directory of the caller's, with what is mounted in it, that files are copied from. Nothing can be changed.
        ///
        /// @param owners files have the ids that the user's boxes see; else all but the user's are nobody's
        record Source(String directory, boolean owners) implements Root {}

        /// The files of a container that runs, as it sees them: its own root, of its own mount namespace. Nothing that
        /// it does meanwhile leads out of there.
        ///
        /// @param pid    of its first process
        /// @param began  its start time, as [Step.OpenProcess] has it
        /// @param users  it has users of its own, by whose ids files are told and made
        /// @param mounts with what is mounted in it; else its root alone
        /// @param writes files can be made
        record Living(int pid, long began, boolean users, boolean mounts, boolean writes) implements Root {}

        /// The files of a container that doesn't run, and doesn't start meanwhile.
        ///
        /// @param layers    its image's, the topmost first
        /// @param directory has `upper` and `work`, which are made if they aren't there
        /// @param users     it has users of its own
        /// @param binds     directories and files of the host that are mounted in it when it runs
        /// @param writes    files can be made
        record Resting(List<String> layers, String directory, boolean users, List<Bind> binds, boolean writes)
                implements Root {
            public Resting {
                layers = List.copyOf(layers);
                binds = List.copyOf(binds);
            }
        }

        /// Something of the host's that a container shows.
        ///
        /// @param subpath  what of the source is meant, "" for all of it
        /// @param readOnly nothing can be made in there
        record Bind(String source, String subpath, String destination, boolean readOnly) {}
    }

    /// The plan for such a box.
    ///
    /// @throws InvalidSpec if it can't be made here
    public static Plan plan(Root files, Host host) {
        var problems = new ArrayList<Problem>();
        var inside = new ArrayList<Line>();
        List<Line> outside = files instanceof Root.Living living
                ? joining(living, host, inside)
                : making(files, host, inside, problems);
        inside.addAll(
                switch (files) {
                    case Root.Work(var directory) -> enter(directory, FENCES);
                    case Root.Destination to -> enterOnce(to.directory(), FENCES, "where the copies go");
                    case Root.Source from ->
                        enterOnce(from.directory(), FENCES | Attributes.RDONLY, "what is copied is in it");
                    case Root.View(var directories, var _)
                    when directories.size() == 1 -> enter(directories.getFirst(), FENCES | Attributes.RDONLY);
                    case Root.View(var directories, var users) -> enter(directories, users, host, problems);
                    case Root.Living living -> enter(living);
                    case Root.Resting resting -> RestingFiles.enter(resting, host, problems);
                });
        inside.add(line(new Step.SetUmask(0), "modes are as they are asked for"));
        inside.addAll(privileges(capabilities(files, host.isPrivileged()), host, problems));
        inside.add(line(new Step.ServeFiles(), "what it is for"));
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return new Plan(outside, inside, List.of(), 0);
    }

    /// In namespaces of its own.
    private static List<Line> making(Root files, Host host, List<Line> inside, List<Problem> problems) {
        boolean root = host.isPrivileged();
        long namespaces = OTHERS | Namespace.MOUNT.flag();
        if (!root && !host.userNamespaces().obstacle().isEmpty()) {
            problems.add(new Problem("linux.namespaces", host.userNamespaces().obstacle()));
        }
        var outside = new ArrayList<Line>();
        if (files instanceof Root.Resting resting) {
            outside.add(line(
                    new Step.LockDirectory(resting.directory(), true, false, PATIENCE),
                    "the container doesn't start meanwhile"));
        }
        outside.add(line(
                new Step.Clone(root ? namespaces : namespaces | Namespace.USER.flag(), ""),
                "the process that works on the files"));
        if (!root) {
            boolean own = files instanceof Root.Destination || (files instanceof Root.Source from && !from.owners());
            List<IdMapping> uids =
                    own ? List.of(new IdMapping(0, host.privileges().uid(), 1)) : Rootless.uids(host);
            List<IdMapping> gids =
                    own ? List.of(new IdMapping(0, host.privileges().gid(), 1)) : Rootless.gids(host);
            outside.addAll(IdMaps.after(uids, gids, host, problems));
            inside.add(line(
                    new Step.SetUser(0, 0, List.of(), IdMaps.isAlone(uids, gids, host)),
                    "what it makes belongs to the box's own root"));
        }
        inside.add(line(new Step.SetPropagation(MS_SLAVE), "nothing mounted in the box reaches the host"));
        return outside;
    }

    /// In the container's mount namespace, which it leaves for a copy, and among its users if it has some. It isn't
    /// among the container's processes, which so can do nothing to it.
    private static List<Line> joining(Root.Living files, Host host, List<Line> inside) {
        inside.add(line(new Step.JoinProcess(Slot.PROCESS, Namespace.MOUNT.flag()), "it sees what the container sees"));
        if (files.users()) {
            inside.add(line(
                    new Step.SetUser(0, 0, List.of(), !host.isPrivileged()),
                    "what it makes belongs to the container's root"));
        }
        return List.of(
                line(
                        new Step.OpenProcess(Slot.PROCESS, files.pid(), files.began()),
                        "the container, and nobody else by now"),
                line(
                        files.users()
                                ? new Step.Clone(OTHERS, "", Slot.HOST, Slot.PROCESS, Namespace.USER.flag())
                                : new Step.Clone(OTHERS, ""),
                        "the process that works on the files"));
    }

    /// The container's root is what its mount namespace has for one, whatever its processes take for theirs.
    private static List<Line> enter(Root.Living files) {
        long attributes = files.writes() ? FENCES : FENCES | Attributes.RDONLY;
        var steps = new ArrayList<Line>();
        steps.add(line(
                new Step.CloneTree(Slot.ROOT, Slot.HOST, "/", files.mounts()), "its files, whatever it mounts later"));
        steps.add(line(
                new Step.SetMountAttributes(Slot.ROOT, attributes, 0, 0, files.mounts()),
                "nothing in it is executed or opened as a device"));
        steps.add(line(new Step.Unshare(Namespace.MOUNT.flag()), "what is mounted now the container doesn't see"));
        steps.add(line(new Step.SetPropagation(MS_SLAVE), "nor does it reach the container from here"));
        steps.addAll(base());
        steps.addAll(enterRoot());
        return steps;
    }

    private static long flags(Namespace... namespaces) {
        long flags = 0;
        for (Namespace namespace : namespaces) {
            flags |= namespace.flag();
        }
        return flags;
    }

    private static List<Line> enter(String directory, long attributes) {
        return List.of(
                line(new Step.CloneTree(Slot.ROOT, Slot.HOST, directory, false), "all the files that it has"),
                line(
                        new Step.SetMountAttributes(Slot.ROOT, attributes, 0, 0, false),
                        "nothing in it is executed or opened as a device"),
                line(new Step.AttachMount(Slot.ROOT, Slot.HOST, directory, true), "pivot_root wants a mount point"),
                line(new Step.PivotRoot(Slot.ROOT), "its directory becomes /"),
                line(new Step.UnmountTop(), "the host's files are out of reach"));
    }

    /// Its path is looked up once: whoever may rename what is on the way can't have it be two places. What is mounted
    /// below comes along, so that nothing is written under it; the kernel would refuse a user anything else.
    private static List<Line> enterOnce(String directory, long attributes, String why) {
        var steps = new ArrayList<Line>();
        steps.add(line(new Step.CloneTree(Slot.ROOT, Slot.HOST, directory, true), why));
        steps.add(line(
                new Step.SetMountAttributes(Slot.ROOT, attributes, 0, 0, true),
                "nothing in it is executed or opened as a device"));
        steps.addAll(base());
        steps.addAll(enterRoot());
        return steps;
    }

    static List<Line> base() {
        return List.of(
                line(
                        new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of("source=carafe", "mode=0755"), FENCES),
                        "room for mount points"),
                line(
                        new Step.AttachMount(Slot.BASE, Slot.HOST, "/", false),
                        "only a mounted file system can be built on"));
    }

    private static List<Line> enterRoot() {
        var steps = new ArrayList<>(attachRoot());
        steps.addAll(leaveHost());
        return steps;
    }

    static List<Line> attachRoot() {
        return List.of(
                line(new Step.MakeDirectoryIn(Slot.BASE, "root", 0755), "where that is mounted"),
                line(new Step.AttachMount(Slot.ROOT, Slot.BASE, "root", false), "pivot_root wants a mount point"));
    }

    static List<Line> leaveHost() {
        return List.of(
                line(new Step.PivotRoot(Slot.ROOT), "its files become /"),
                line(new Step.UnmountTop(), "room for mount points is out of sight"),
                line(new Step.UnmountTop(), "the host's files are out of reach"));
    }

    private static List<Line> enter(List<String> directories, boolean users, Host host, List<Problem> problems) {
        var steps = new ArrayList<>(base());
        List<String> below = directories.subList(1, directories.size());
        var root = new Spec.Root(directories.getFirst(), true, true, below, null, List.of(), true);
        var lowers = new Lowers(root, false, host.kernel().atLeast(6, 8), steps);
        lowers.name(problems);
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "where the layers' short names are"));
        List<String> marks = marks(users, host);
        var options = new ArrayList<>(List.of("source=overlay"));
        options.addAll(lowers.options(marks, FENCES));
        options.addAll(marks);
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "overlay", options, FENCES | Attributes.RDONLY),
                "all of them as one"));
        steps.addAll(enterRoot());
        return steps;
    }

    /// trusted.* is the host root's.
    static List<String> marks(boolean users, Host host) {
        return users || !host.isPrivileged() ? List.of("userxattr") : List.of();
    }

    /// Administration is for the mark that overlayfs looks for with root's mounts: trusted.overlay.opaque.
    private static long capabilities(Root files, boolean root) {
        long own = Capability.mask(
                Capability.CHOWN,
                Capability.DAC_OVERRIDE,
                Capability.DAC_READ_SEARCH,
                Capability.FOWNER,
                Capability.FSETID);
        long all = own | Capability.mask(Capability.MKNOD, Capability.SETFCAP);
        return switch (files) {
            case Root.Destination to -> to.keepsOwners() ? all : own;
            case Root.Source _, Root.Living _, Root.Resting _ -> all;
            case Root.Work _, Root.View _ -> root ? all | Capability.SYS_ADMIN.bit() : all;
        };
    }

    private static List<Line> privileges(long kept, Host host, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        steps.add(line(new Step.LimitBoundingSet(kept), "nothing gives it more"));
        steps.add(line(new Step.SetCapabilities(kept, kept, 0), "what any file can be made with"));
        steps.add(line(new Step.NoNewPrivileges(), "as the filter wants it"));
        Optional<Architecture> machine = Architecture.ofMachine(host.kernel().architecture());
        if (machine.isEmpty()) {
            problems.add(new Problem(
                    "linux.seccomp", "no system call table for " + host.kernel().architecture()));
            return steps;
        }
        Program program = Compiler.compile(filter(), machine.get());
        steps.add(line(
                new Step.LoadSeccomp(program.flags(), program.words()), "files are all that it has any business with"));
        return steps;
    }

    private static Seccomp filter() {
        return new Seccomp(
                Action.SCMP_ACT_ERRNO,
                EPERM,
                List.of(),
                List.of(),
                null,
                null,
                List.of(Syscalls.of(Action.SCMP_ACT_ALLOW, CALLS)));
    }
}
