package io.carafe.sandbox.executor;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.StepText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a failed step most likely means, or what helps. Only what we are sure of; nothing is better than a
/// guess.
final class Remedy {
    private static final int RLIMIT_NPROC = 6;
    private static final long USER = 0x10000000; // CLONE_NEWUSER
    private static final String APPARMOR =
            "likely AppArmor, which lets ordinary users' namespaces do nothing when sysctl"
                    + " kernel.apparmor_restrict_unprivileged_userns is 1; root can set it to 0, or give carafe a profile"
                    + " with userns";

    private static final String STACKED =
            "the kernel stacks two overlays and no third: a box in a box in a box needs a --rootfs that is none";

    private Remedy() {}

    static @Nullable String of(Plan plan, Step step, int error) {
        return switch (step) {
            case Step.Clone clone -> ofClone(plan, clone, error);
            case Step.Execute execute -> ofExecute(plan, execute, error);
            case Step.BecomeInit() -> error == Errno.EAGAIN ? processes(plan) : null;
            case Step.Connect(var result, var path)
            when result.equals(Slot.AGENT) ->
                "failed to connect with seccomp agent: nobody listens at linux.seccomp.listenerPath";
            case Step.LoadNotifyingSeccomp load -> ofListener(plan, error);
            case Step.LoadReportingSeccomp load -> ofListener(plan, error);
            case Step.NewFilesystem(var slot, var type, var options, var attributes) ->
                type.equals("overlay") ? ofOverlay(plan, options, error) : ofFilesystem(plan, type, error);
            case Step.LockDirectory(var path, var box, var shared, var patience)
            when shared && patience > 0 && (error == Errno.EAGAIN || error == Errno.ENOENT) ->
                "this volume is just being removed";
            case Step.CloneBelow(var result, var directory, var path, var recursive)
            when error == Errno.ENOENT || error == Errno.ENOTDIR ->
                "the volume has no " + path + ": a subpath has to be there, and doesn't lead out of the volume";
            case Step.GiveTree(var mount, var uid, var gid)
            when error == Errno.EPERM || error == Errno.EINVAL ->
                "some of its files belong to users that the box doesn't know";
            case Step.LockDirectory(var path, var box, var shared, var patience)
            when shared && (error == Errno.EAGAIN || error == Errno.ENOENT) ->
                "this layer of the image is just being removed: pull the image again";
            case Step.LockDirectory(var path, var box, var shared, var patience)
            when error == Errno.EAGAIN && plan.inside().isEmpty() && path.contains("/mounts/") ->
                "another command is just mounting or unmounting this image: try again when it is through";
            case Step.MakeDirectory(var path, var mode, var shared)
            when error == Errno.EEXIST && path.endsWith("/merged") ->
                "another command has just mounted this image: ask again";
            case Step.Unmount(var path, var busy)
            when error == Errno.EBUSY -> "somebody uses a file in it; with -f it goes when nobody does any more";
            case Step.Unmount(var path, var busy)
            when error == Errno.EPERM -> "only root with CAP_SYS_ADMIN may unmount it: try sudo";
            case Step.LockDirectory(var path, var box, var shared, var patience)
            when error == Errno.EAGAIN ->
                box
                        ? "another box that runs keeps its changes there"
                        : "another command is at work on this container: try again when it is through";
            case Step.MakeDirectory(var path, var mode, var shared)
            when error == Errno.EEXIST && isState(plan, path) ->
                "there is a container of that name: carafe-runtime delete removes it once it has stopped";
            case Step.MakeDirectory(var path, var mode, var shared)
            when error == Errno.EEXIST && path.endsWith("/volatile") ->
                "the machine went down while a box wrote there without syncing: what it wrote may be damaged;"
                        + " begin with an empty directory, or remove this one and work/work/incompat to go on";
            case Step.OpenDirectory(var result, var from, var path)
            when from.equals(Slot.ROOT) && (error == Errno.ENOENT || error == Errno.ENOTDIR) ->
                "only a directory that something is mounted on can be remounted";
            case Step.SetMountAttributes attributes
            when error == Errno.EINVAL && isRemount(plan, attributes) -> "nothing is mounted there";
            case Step.PivotRoot(var root)
            when error == Errno.EINVAL ->
                "this machine's / is an initramfs or no mount, which can't be pivoted: --no-pivot does without";
            case Step.CopyDirectory(var from, var path, var to, var contents)
            when from.equals(Slot.HOST) && error == Errno.EACCES ->
                "the box's root isn't the host's: every directory on the way must be open to others";
            case Step.AttachMount(var mount, var target, var path, var symlinks, var nofollow)
            when error == Errno.ELOOP -> "a link leads there: what is mounted there may not be reached through one";
            case Step.WriteIn(var directory, var path, var text) -> ofProcFile(path, text, error);
            case Step.SetScheduler scheduler -> ofScheduler(error);
            case Step.SetIoPriority(var type, var priority)
            when error == Errno.EPERM -> "only CAP_SYS_NICE or CAP_SYS_ADMIN gives the real-time class";
            case Step.RestrictSelf(var ruleset)
            when error == Errno.E2BIG -> "the caller itself stands in as many rulesets as the kernel takes";
            case Step.CheckPrivileges check
            when error == Errno.EPROTO -> "the kernel shows it with other privileges than the plan: nothing of it runs";
            case Step.SetPropagation(var propagation)
            when error == Errno.EPERM -> "something keeps the box from mounting: " + APPARMOR;
            case Step.RunProgram(var path, var arguments, var box, var stays, var patience) -> ofProgram(path, error);
            case Step.WriteFile(var path, var text)
            when path.endsWith("/timens_offsets") && error == Errno.ERANGE ->
                "a clock would stand before its beginning, or more than 146 years after it";
            case Step.MakeDirectory(var path, var mode, var shared) ->
                error == Errno.ENOENT && path.contains("/cgroup")
                        ? "there is no group " + path.substring(0, path.lastIndexOf('/')) + "; mkdir makes it"
                        : ofGroup(path, error);
            case Step.WriteFile(var path, var text)
            when path.startsWith("/proc/self/oom") || path.startsWith("/proc/self/attr/") ->
                ofProcFile(path.substring("/proc/".length()), text, error);
            case Step.WriteFile(var path, var text) -> ofLimit(path, error);
            case Step.MakeNode node when error == Errno.EEXIST -> "something else than this device is there already";
            case Step.MakeNode node
            when error == Errno.EPERM -> "only root may make devices, and none in a user namespace";
            case Step.LoadDeviceProgram load
            when error == Errno.EPERM -> "only root with CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN, may load it";
            case Step.LoadDeviceProgram load
            when error == Errno.EINVAL -> "this kernel was built without CONFIG_CGROUP_BPF";
            case Step.CloneTree(var result, var from, var path, var recursive, var nofollow)
            when error == Errno.EINVAL && inUserNamespace(plan) ->
                "other file systems are mounted below it, and only root can have it without them: take rbind";
            case Step.CloneTree(var result, var from, var path, var recursive, var nofollow)
            when from.equals(Slot.HOST) && error == Errno.ENOENT -> "there is no " + path + " on the host";
            case Step.AttachMount(var mount, var target, var path, var symlinks, var nofollow)
            when error == Errno.EINVAL -> "a directory can't be mounted on a file, nor a file on a directory";
            case Step.MapIds(var mount, var map, var recursive) -> ofIdMap(error);
            case Step.NewIdMap newIdMap -> ofUserNamespace(error);
            case Step.JoinNamespace(var kind, var path, var users, var others, var stays)
            when error == Errno.EALREADY -> "it is the caller's own: a sysctl would change it";
            case Step.JoinNamespace(var kind, var path, var users, var others, var stays) ->
                ofJoin(plan, path, users, error);
            case Step.OpenNamespace(var result, var kind, var path) -> ofOpen(path, error);
            case Step.WriteIdMap(var groups, var map)
            when error == Errno.EPERM -> "only root may give a box other ids than the caller's own";
            case Step.MoveInterface(var index, var name, var number)
            when error == Errno.EEXIST -> "the box's network has an interface " + name + " already";
            case Step.MoveInterface(var index, var name, var number)
            when error == Errno.ENODEV -> "it has gone since it was looked for";
            case Step.MoveInterface(var index, var name, var number)
            when error == Errno.EINVAL -> "this kind of interface can't be moved";
            case Step.SetMemoryPolicy policy
            when error == Errno.EINVAL -> "this machine, or the caller's cpuset, hasn't all of these nodes";
            case Step.SetAffinity affinity
            when error == Errno.EINVAL -> "this machine, or the box's cpuset, has none of these processors";
            case Step.JoinShared(var lock, var directory, var names, var text, var protocol, var request, var what)
            when error == Errno.EEXIST && !names.isEmpty() ->
                "somebody else has taken " + names.getFirst() + " meanwhile: once more";
            case Step.JoinShared shared
            when error == Errno.EOPNOTSUPP || error == Errno.ENOENT ->
                "this kernel can't: carafe doctor shows what it has";
            case Step.SendNetlink netlink
            when error == Errno.EEXIST && netlink.what().startsWith("pass ") ->
                "another box has published that port; carafe network reload forgets those that were killed";
            case Step.SendNetlink netlink
            when error == Errno.EOPNOTSUPP -> "this kernel can't: carafe doctor shows what it has";
            case Step.SetLimit(var resource, var soft, var hard)
            when error == Errno.EPERM -> "only CAP_SYS_RESOURCE can raise a hard limit";
            case Step.ChangeDirectory(var path) when error == Errno.EACCES -> "the box's user may not enter it";
            case Step.GuardStreams(var alone)
            when error == Errno.EISDIR ->
                "standard input, output or error is a directory, and would lead the box to the host's files";
            case Step.SetUser(var uid, var gid, var groups, var keep)
            when error == Errno.EINVAL ->
                Integer.toUnsignedString(uid) + ":" + Integer.toUnsignedString(gid)
                        + " or another of its groups isn't mapped into the box's user namespace:"
                        + " /proc/PID/uid_map and gid_map of a process in it show what is";
            case Step.SetUser(var uid, var gid, var groups, var keep)
            when error == Errno.EPERM && users(plan) != null ->
                users(plan) + " forbids setgroups(2), as those of callers who aren't root do:"
                        + " join one that root has made";
            case Step.LoadSeccomp step2
            when error == Errno.EINVAL -> "this kernel doesn't know an action or flag of the filter";
            default -> null;
        };
    }

    /// Whether a directory is the one that a container's state is kept in.
    private static boolean isState(Plan plan, String directory) {
        for (Line line : plan.outside()) {
            if (line.step() instanceof Step.KeepFile(var path, var mode, var text)
                    && path.startsWith(directory + "/")) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String ofClone(Plan plan, Step.Clone clone, int error) {
        if (error == Errno.EPERM && users(plan) != null) {
            return "only root there, or who has made it, may enter the user namespace " + users(plan) + ": try sudo";
        }
        return switch (error) {
            case Errno.EPERM ->
                (clone.namespaces() & USER) != 0
                        ? "something forbids user namespaces: a seccomp filter, as in Docker's containers (there"
                                + " --security-opt seccomp=unconfined), a chroot, or a sysctl"
                        : "only root with CAP_SYS_ADMIN may make namespaces here: try sudo";
            case Errno.EINVAL -> "this kernel lacks one of the namespaces: carafe doctor shows which";
            case Errno.ENOSPC, Errno.EUSERS -> "a limit of /proc/sys/user/max_*_namespaces is reached";
            case Errno.EAGAIN -> clone.cgroup().isEmpty() ? "the host has no process to spare" : processes(plan);
            case Errno.ENOSYS ->
                "something keeps clone3(2) from us: a seccomp filter, as in Docker's containers (there --security-opt seccomp=unconfined), or a kernel before 5.14";
            default -> null;
        };
    }

    /// The user namespace that the box joins.
    private static @Nullable String users(Plan plan) {
        for (Line line : plan.outside()) {
            if (line.step() instanceof Step.OpenNamespace(var result, var kind, var path)) {
                return path;
            }
        }
        return null;
    }

    private static @Nullable String ofJoin(Plan plan, String path, Slot users, int error) {
        if (error == Errno.EPERM && !users.equals(Slot.HOST)) {
            return path + " doesn't belong to the user namespace " + users(plan) + " that the box joins, whose root may"
                    + " not mount what shows it: join the user namespace of that box or process too, or have one of"
                    + " the box's own";
        }
        if (error == Errno.EINVAL) {
            return path + " is a namespace of another kind, or a process table that isn't below this one";
        }
        return ofOpen(path, error);
    }

    private static @Nullable String ofOpen(String path, int error) {
        return switch (error) {
            case Errno.ENOENT -> "there is no " + path + ": its process may have ended";
            case Errno.ENOTTY -> path + " is no namespace";
            case Errno.EINVAL -> path + " is a namespace of another kind";
            case Errno.ENXIO -> path + " is a socket, no namespace";
            case Errno.EPERM, Errno.EACCES -> "only root may join namespaces of others";
            case Errno.EALREADY ->
                path + " is the user namespace that the caller is in: without --userns the box is too";
            default -> null;
        };
    }

    private static @Nullable String ofIdMap(int error) {
        return switch (error) {
            case Errno.EINVAL ->
                "this file system can't show its files with other owners (overlay, NFS, FUSE and some others):"
                        + " take a directory on ext4, XFS, btrfs or tmpfs";
            case Errno.EPERM -> "only root may show files with other owners, and of a mount only once";
            default -> null;
        };
    }

    private static @Nullable String ofUserNamespace(int error) {
        return switch (error) {
            case Errno.EPERM -> "only root may make a user namespace of these ids";
            case Errno.ENOSPC, Errno.EUSERS -> "the limit of /proc/sys/user/max_user_namespaces is reached";
            default -> null;
        };
    }

    private static @Nullable String ofProgram(String path, int error) {
        return switch (error) {
            case Errno.ETIMEDOUT -> "it neither ended nor said that it is ready";
            case Errno.ENOENT -> "there is no " + path;
            case Errno.ECANCELED ->
                path.endsWith("idmap")
                        ? "it must be set-uid root (sudo chmod u+s " + path + ") or have the file capability, on a"
                                + " mount without nosuid, be called without no_new_privs, and find the ids in /etc/subuid"
                                + " and /etc/subgid"
                        : null;
            default -> null;
        };
    }

    private static boolean inUserNamespace(Plan plan) {
        return plan.outside().stream()
                .anyMatch(line -> line.step()
                                instanceof Step.Clone(var namespaces, var cgroup, var users, var process, var joined)
                        && ((namespaces & USER) != 0 || !users.equals(Slot.HOST)));
    }

    private static @Nullable String ofFilesystem(Plan plan, String type, int error) {
        if (error == Errno.EPERM && inUserNamespace(plan)) {
            return switch (type) {
                case "proc", "sysfs" ->
                    "parts of this machine's own /" + (type.equals("proc") ? type : "sys") + " are hidden, as in a"
                            + " container, and a box must not see more: give that container an unmasked one (Docker"
                            + " and Podman: --security-opt systempaths=unconfined or unmask=ALL)";
                default -> "something keeps the box from mounting: " + APPARMOR;
            };
        }
        return switch (error) {
            case Errno.ENODEV -> "this kernel has no " + type + ": carafe doctor shows what it has";
            case Errno.EPERM -> "only root with CAP_SYS_ADMIN may mount here: try sudo";
            default -> null;
        };
    }

    private static @Nullable String ofLabel(String path, String text, int error) {
        if (path.startsWith("self/attr/apparmor/")) {
            return switch (error) {
                case Errno.ENOENT -> "AppArmor has no such profile; apparmor_parser -r loads one";
                case Errno.EACCES, Errno.EPERM -> "AppArmor doesn't let the caller change to it";
                default -> null;
            };
        }
        return error == Errno.EINVAL ? "SELinux's policy has no such label: " + text : null;
    }

    private static @Nullable String ofProcFile(String path, String text, int error) {
        if (path.equals("self/oom_score_adj")) {
            return error == Errno.EACCES ? "only CAP_SYS_RESOURCE can lower it below the caller's" : null;
        }
        if (path.startsWith("self/attr/")) {
            return ofLabel(path, text, error);
        }
        if (!path.startsWith("sys/")) {
            return null;
        }
        String key = path.substring("sys/".length());
        return switch (error) {
            case Errno.EINVAL, Errno.ERANGE -> "the kernel takes no " + StepText.word(text) + " as " + key;
            case Errno.ENOENT -> "this kernel has no " + key + " for a namespace of the box's own";
            case Errno.EACCES, Errno.EPERM -> "the kernel lets nobody change " + key + " in a namespace";
            default -> null;
        };
    }

    private static @Nullable String ofScheduler(int error) {
        return switch (error) {
            case Errno.EPERM ->
                "only CAP_SYS_NICE gives a better share, and a group of the v1 cpu controller must have real-time"
                        + " (cpu.rt_runtime_us)";
            case Errno.EBUSY -> "the processors have no so much time left to promise";
            default -> null;
        };
    }

    /// Whether it changes what was opened, not what was made.
    private static boolean isRemount(Plan plan, Step attributes) {
        int at = plan.inside().stream().map(Line::step).toList().indexOf(attributes);
        return at > 0
                && plan.inside().get(at - 1).step() instanceof Step.OpenDirectory(var result, var from, var path)
                && result.equals(Slot.MOUNT)
                && from.equals(Slot.ROOT);
    }

    private static @Nullable String ofOverlay(Plan plan, List<String> options, int error) {
        boolean kept = options.contains("upperdir=kept/upper");
        return switch (error) {
            case Errno.EINVAL ->
                kept
                        ? "a directory that keeps changes can't lie on NFS, FAT or another overlay"
                        : inUserNamespace(plan) ? STACKED : null;
            case Errno.ELOOP -> "one of the directories lies in another";
            case Errno.EBUSY -> "another overlay writes to the same directory";
            case Errno.EROFS -> kept ? "the directory that shall keep changes is read-only" : null;
            default -> ofFilesystem(plan, "overlay", error);
        };
    }

    private static @Nullable String ofLimit(String path, int error) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        boolean disk = file.startsWith("io.") || file.startsWith("blkio.");
        if (disk && (error == Errno.ENODEV || error == Errno.EINVAL)) {
            return "a whole disk is wanted here, no partition, and a driver that has queues";
        }
        if (disk && error == Errno.EOPNOTSUPP) {
            return "the disk is under another scheduler than BFQ: /sys/block/*/queue/scheduler";
        }
        if (file.endsWith("devices.allow") && error == Errno.EPERM) {
            return "the group above has no such device itself";
        }
        if (error == Errno.ENOENT && file.contains(".bfq.")) {
            return "this kernel has no BFQ scheduler: modprobe bfq may help";
        }
        if (error == Errno.ENOENT && file.startsWith("hugetlb.")) {
            return "this machine has no pages of that size, or doesn't limit them";
        }
        if (error == Errno.ENOENT && path.contains("/cgroup") && !file.equals("tasks")) {
            return "this kernel has no " + file + ", or the controller isn't enabled there";
        }
        if (error == Errno.EINVAL && file.startsWith("cpu.rt_")) {
            return "the group above has no such time for real-time tasks to give";
        }
        if (error == Errno.EBUSY && file.startsWith("memory.")) {
            return "more is in use already";
        }
        return ofGroup(path, error);
    }

    private static @Nullable String ofGroup(String path, int error) {
        if (!path.contains("/cgroup")) {
            return null;
        }
        return switch (error) {
            case Errno.EACCES, Errno.EPERM -> "only root may make control groups here: try sudo";
            case Errno.EROFS -> "control groups are mounted read-only here";
            case Errno.EEXIST -> "a box of this name is running, or one that was left behind";
            case Errno.EBUSY -> "processes stand in a group that shall have groups below it";
            case Errno.ENOENT -> "the controller isn't enabled there";
            case Errno.ENOSPC -> "the host has no more groups";
            default -> null;
        };
    }

    private static @Nullable String ofExecute(Plan plan, Step.Execute execute, int error) {
        String program = program(execute);
        return switch (error) {
            case Errno.ENOENT, Errno.ENOTDIR ->
                execute.candidates().size() == 1 && program.contains("/")
                        ? "not found in the box: the file itself, or the interpreter that it names"
                                + " (after #!, or its ELF loader)"
                        : "command not found: looked for in " + directories(execute);
            case Errno.EACCES -> "permission denied: a directory, or not executable for the box's user";
            case Errno.ENOEXEC ->
                "exec format error: a script without a #! line, or a program for another architecture";
            case Errno.E2BIG -> "the arguments and the environment are too long";
            case Errno.ELOOP -> "too many links lead to it";
            case Errno.EAGAIN -> userProcesses(plan);
            default -> null;
        };
    }

    /// The program as the user named it, as far as a plan tells.
    static String program(Step.Execute execute) {
        List<String> candidates = execute.candidates();
        if (candidates.size() > 1) {
            String first = candidates.getFirst();
            return first.substring(first.lastIndexOf('/') + 1);
        }
        return candidates.isEmpty() ? "nothing" : candidates.getFirst();
    }

    private static String directories(Step.Execute execute) {
        return String.join(
                ", ",
                execute.candidates().stream()
                        .map(path -> path.substring(0, Math.max(path.lastIndexOf('/'), 1)))
                        .toList());
    }

    private static @Nullable String ofListener(Plan plan, int error) {
        return switch (error) {
            case Errno.EAGAIN -> processes(plan); // a thread more for a moment
            case Errno.EBUSY -> "carafe itself runs under a seccomp agent, and the kernel takes no second one";
            case Errno.EPIPE, Errno.ECONNRESET -> "the seccomp agent has closed the connection";
            default -> null;
        };
    }

    /// The first process of a box meets a limit on the box's only if that is 1.
    private static String processes(Plan plan) {
        String own = userProcesses(plan);
        for (Line line : plan.outside()) {
            if (line.step() instanceof Step.WriteFile(var path, var text)
                    && path.endsWith("/pids.max")
                    && (own == null || text.equals("1"))) {
                return "the limit of " + text + " processes is reached";
            }
        }
        if (own != null) {
            return own;
        }
        return "the user has as many processes as its limit allows";
    }

    private static @Nullable String userProcesses(Plan plan) {
        for (Line line : plan.inside()) {
            if (line.step() instanceof Step.SetLimit(var resource, var soft, var hard) && resource == RLIMIT_NPROC) {
                return "the user's limit of " + soft + " processes (RLIMIT_NPROC, --ulimit nproc) is reached: it counts"
                        + " all of the user's on the host";
            }
        }
        return null;
    }
}
