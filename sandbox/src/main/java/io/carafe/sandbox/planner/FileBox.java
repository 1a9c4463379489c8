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
    private static final long FENCES = Attributes.NOSUID | Attributes.NODEV | Attributes.NOEXEC;

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
        record View(List<String> directories) implements Root {
            public View {
                directories = List.copyOf(directories);
            }
        }
    }

    /// The plan for such a box.
    ///
    /// @throws InvalidSpec if it can't be made here
    public static Plan plan(Root files, Host host) {
        var problems = new ArrayList<Problem>();
        boolean root = host.isPrivileged();
        long namespaces = flags(Namespace.MOUNT, Namespace.PID, Namespace.NETWORK, Namespace.IPC, Namespace.UTS);
        if (!root && !host.userNamespaces().obstacle().isEmpty()) {
            problems.add(new Problem("linux.namespaces", host.userNamespaces().obstacle()));
        }
        var outside = new ArrayList<Line>();
        outside.add(line(
                new Step.Clone(root ? namespaces : namespaces | Namespace.USER.flag(), ""),
                "the process that works on the files"));
        var inside = new ArrayList<Line>();
        if (!root) {
            boolean shared = !(files instanceof Root.Destination);
            List<IdMapping> uids = shared
                    ? Rootless.uids(host)
                    : List.of(new IdMapping(0, host.privileges().uid(), 1));
            List<IdMapping> gids = shared
                    ? Rootless.gids(host)
                    : List.of(new IdMapping(0, host.privileges().gid(), 1));
            outside.addAll(IdMaps.after(uids, gids, host, problems));
            inside.add(line(
                    new Step.SetUser(0, 0, List.of(), IdMaps.isAlone(uids, gids, host)),
                    "what it makes belongs to the box's own root"));
        }
        inside.add(line(new Step.SetPropagation(MS_SLAVE), "nothing mounted in the box reaches the host"));
        inside.addAll(
                switch (files) {
                    case Root.Work(var directory) -> enter(directory, FENCES);
                    case Root.Destination to -> enterOnce(to.directory());
                    case Root.View(var directories)
                    when directories.size() == 1 -> enter(directories.getFirst(), FENCES | Attributes.RDONLY);
                    case Root.View(var directories) -> enter(directories, host, problems);
                });
        inside.add(line(new Step.SetUmask(0), "modes are as they are asked for"));
        inside.addAll(privileges(capabilities(files, root), host, problems));
        inside.add(line(new Step.ServeFiles(), "what it is for"));
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return new Plan(outside, inside, List.of(), 0);
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
    private static List<Line> enterOnce(String directory) {
        var steps = new ArrayList<Line>();
        steps.add(line(new Step.CloneTree(Slot.ROOT, Slot.HOST, directory, true), "where the copies go"));
        steps.add(line(
                new Step.SetMountAttributes(Slot.ROOT, FENCES, 0, 0, true),
                "nothing in it is executed or opened as a device"));
        steps.addAll(base());
        steps.addAll(enterRoot());
        return steps;
    }

    private static List<Line> base() {
        return List.of(
                line(
                        new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of("source=carafe", "mode=0755"), FENCES),
                        "room for mount points"),
                line(
                        new Step.AttachMount(Slot.BASE, Slot.HOST, "/", false),
                        "only a mounted file system can be built on"));
    }

    private static List<Line> enterRoot() {
        return List.of(
                line(new Step.MakeDirectoryIn(Slot.BASE, "root", 0755), "where that is mounted"),
                line(new Step.AttachMount(Slot.ROOT, Slot.BASE, "root", false), "pivot_root wants a mount point"),
                line(new Step.PivotRoot(Slot.ROOT), "its files become /"),
                line(new Step.UnmountTop(), "room for mount points is out of sight"),
                line(new Step.UnmountTop(), "the host's files are out of reach"));
    }

    private static List<Line> enter(List<String> directories, Host host, List<Problem> problems) {
        var steps = new ArrayList<>(base());
        List<String> below = directories.subList(1, directories.size());
        var root = new Spec.Root(directories.getFirst(), true, true, below, null, List.of(), true);
        var lowers = new Lowers(root, false, host.kernel().atLeast(6, 8), steps);
        lowers.name(problems);
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "where the layers' short names are"));
        List<String> marks = host.isPrivileged() ? List.of() : List.of("userxattr"); // trusted.* is the host root's
        var options = new ArrayList<>(List.of("source=overlay"));
        options.addAll(lowers.options(marks, FENCES));
        options.addAll(marks);
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "overlay", options, FENCES | Attributes.RDONLY),
                "all of them as one"));
        steps.addAll(enterRoot());
        return steps;
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
