package io.carafe.sandbox.plan;

import java.util.List;

/// One thing the executor does. A new step is a record here, a case in [Wire] and [StepText], an `OP_` and a
/// `do_` in `native/executor.c`: the same word in all of them. Numbers (flags, attributes, masks) are the
/// kernel's own.
///
/// Two kinds of path occur. With [Slot#HOST], or no slot, a path is resolved as the caller would. Everywhere
/// else it is resolved below the slot's directory by `openat2(2)` with `RESOLVE_IN_ROOT |
/// RESOLVE_NO_MAGICLINKS`: no link in it leads outside.
public sealed interface Step {

    /// `mkdir(2)` on the host; it fails when the directory is there already, unless it is `shared`: made by
    /// whoever needs it first.
    record MakeDirectory(String path, int mode, boolean shared) implements Step {
        public MakeDirectory(String path, int mode) {
            this(path, mode, false);
        }
    }

    /// Writes `text` with one `write(2)` to a file that exists (cgroup and procfs files take a value per
    /// write).
    record WriteFile(String path, String text) implements Step {}

    /// `mkdir(2)` of a control group that others may have groups in, too: one that is there already is as
    /// good.
    record MakeGroup(String path) implements Step {}

    /// `fchown(2)` of a control group and of files in it, as far as they are there: cgroups(7), "Delegation".
    ///
    /// @param uid unsigned; the files' groups stay
    record GiveGroup(String path, int uid, List<String> files) implements Step {
        public GiveGroup {
            files = List.copyOf(files);
        }
    }

    /// `bpf(2)`: loads a `BPF_PROG_TYPE_CGROUP_DEVICE` program and attaches it to a cgroup v2 directory,
    /// where it decides which devices are opened and made, besides the programs of the groups above. One
    /// `struct bpf_insn` per element, as it lies in memory.
    ///
    /// @param replace it takes the place of the one that an earlier such step has attached, if there is one
    record LoadDeviceProgram(String group, List<Long> program, boolean replace) implements Step {
        public LoadDeviceProgram {
            program = List.copyOf(program);
        }

        /// On a new group.
        public LoadDeviceProgram(String group, List<Long> program) {
            this(group, program, false);
        }
    }

    /// Outside or undo: freezes a control group and all below it, or thaws it, and waits until it is so, for
    /// up to `patience` milliseconds. `unified` is by `cgroup.freeze` (cgroup v2), else the group is one of
    /// the v1 freezer. What can't be frozen in time is thawed.
    record FreezeGroup(String path, boolean unified, boolean frozen, int patience) implements Step {}

    /// Outside: sends a signal to each process in a control group and in all below it, by pidfd.
    record SignalGroup(String path, int signal) implements Step {}

    /// D-Bus: connects to a socket (`@` for one of the abstract kind), sends messages as they are, and waits
    /// for the answer to one of them. The bytes are 32-bit words as they lie in memory, of which `size` bytes
    /// count.
    ///
    /// @param box      where in them the process id of the box goes; 0 for nowhere
    /// @param serial   of the message whose answer counts
    /// @param job      and whose job, which the answer names, must be done
    /// @param absent   that there is no such unit is as good
    /// @param patience milliseconds, after which the step has failed
    /// @param what     is asked for; only people see it
    record CallBus(
            String socket,
            List<Integer> messages,
            int size,
            int box,
            int serial,
            boolean job,
            boolean absent,
            int patience,
            String what)
            implements Step {
        public CallBus {
            messages = List.copyOf(messages);
        }
    }

    /// Opens a file below `directory` with `openat2(2)`, `RESOLVE_BENEATH`, `RESOLVE_NO_MAGICLINKS` and
    /// `RESOLVE_NO_XDEV`, and writes `text` with one `write(2)`. With the directory of a procfs that nobody
    /// else has seen, nothing can lie over what is written to: `sys/net/core/somaxconn`, `self/oom_score_adj`
    /// (proc(5)).
    record WriteIn(Slot directory, String path, String text) implements Step {}

    /// `clone3(2)`: the child waits until the outside steps that follow are done to it. It gets the new
    /// namespaces (`CLONE_NEW*`) and performs the plan's inside part. With a `cgroup` directory that is not
    /// empty the child is born in it (`CLONE_INTO_CGROUP`, cgroup v2).
    ///
    /// @param users   the user namespace that it is born in, and to which what is new then belongs;
    ///     [Slot#HOST] for the executor's. A process enters it by `setns(2)` and clones with `CLONE_PARENT`
    /// @param process of whose namespaces it is born in those of `joined` ([OpenProcess]); [Slot#HOST] for
    ///     nobody's
    record Clone(long namespaces, String cgroup, Slot users, Slot process, long joined) implements Step {
        /// In the executor's user namespace, or a new one.
        public Clone(long namespaces, String cgroup) {
            this(namespaces, cgroup, Slot.HOST);
        }

        /// In a user namespace that is there already.
        public Clone(long namespaces, String cgroup, Slot users) {
            this(namespaces, cgroup, users, Slot.HOST, 0);
        }
    }

    /// Outside, before the [Clone]: opens a namespace and checks that it is of this kind (`CLONE_NEW*`), and
    /// when that is a user namespace, that it isn't the executor's own (`EALREADY`). ioctl_nsfs(2)
    record OpenNamespace(Slot result, long kind, String path) implements Step {}

    /// Outside, before the [Clone]: opens a namespace, checks that it is of this kind (`CLONE_NEW*`), and
    /// enters it by `setns(2)` until the process that becomes the box is born there.
    ///
    /// @param users  the user namespace that it must belong to, or one below that (`EPERM` else,
    ///     ioctl_nsfs(2));
    ///     [Slot#HOST] if that doesn't matter
    /// @param others it must not be the executor's own (`EALREADY`)
    /// @param stays  the executor doesn't come back: without rights over where it was it couldn't
    record JoinNamespace(long kind, String path, Slot users, boolean others, boolean stays) implements Step {
        /// Whoever it belongs to.
        public JoinNamespace(long kind, String path) {
            this(kind, path, Slot.HOST, false, false);
        }
    }

    /// `unshare(2)` of the namespaces that must be made after a step before (the cgroup namespace takes the
    /// groups that its process is in as its root).
    record Unshare(long namespaces) implements Step {}

    /// `mount_setattr(2)` on `/` and everything below it: nothing mounted in the box reaches the host.
    record SetPropagation(long propagation) implements Step {}

    /// `fsopen(2)`, one `fsconfig(2)` per option (`key=value` or `key`), `fsmount(2)`: a new file system,
    /// mounted nowhere yet. `attributes` are `MOUNT_ATTR_*`.
    record NewFilesystem(Slot result, String type, List<String> options, long attributes) implements Step {
        public NewFilesystem {
            options = List.copyOf(options);
        }
    }

    /// `open_tree(2)` with `OPEN_TREE_CLONE`: a copy of the mount at `path` below `from`, attached nowhere.
    ///
    /// @param nofollow a link at the end of the path is what is cloned, not what it leads to
    record CloneTree(Slot result, Slot from, String path, boolean recursive, boolean nofollow) implements Step {
        /// With links as everywhere.
        public CloneTree(Slot result, Slot from, String path, boolean recursive) {
            this(result, from, path, recursive, false);
        }
    }

    /// Opens the character device at a host path (`O_PATH`) and checks that it is `major:minor`.
    record OpenDevice(Slot result, String path, int major, int minor) implements Step {}

    /// A user namespace that nobody is in, with these maps (user_namespaces(7)): what [MapIds] maps by.
    record NewIdMap(Slot result, String uids, String gids) implements Step {}

    /// `mount_setattr(2)` with `MOUNT_ATTR_IDMAP`: files of the mount in `mount` show with the ids that the
    /// user namespace in `map` has for them.
    record MapIds(Slot mount, Slot map, boolean recursive) implements Step {}

    /// Outside, after the [Clone]: writes the `uid_map`, or with `groups` the `gid_map`, of the process that
    /// becomes the box, in one `write(2)`. user_namespaces(7)
    record WriteIdMap(boolean groups, String map) implements Step {}

    /// Outside, after the [Clone]: `deny` to `/proc/PID/setgroups` of the process that becomes the box.
    /// Without it the kernel takes no `gid_map` from an ordinary user: to drop a group may give access
    /// (CVE-2014-8989).
    record DenySetgroups() implements Step {}

    /// Outside, after the [Clone]: runs a program of the host on the box. The process id of the box takes the
    /// place of argument number `box`. The executor waits until the program has ended with 0; with `stays`
    /// until it has written something to its standard output, and it is killed when the box ends. Its
    /// environment is a `PATH` alone.
    ///
    /// @param path      absolute
    /// @param arguments the first is the program's name
    /// @param patience  milliseconds, after which it is killed and the step has failed
    record RunProgram(String path, List<String> arguments, int box, boolean stays, int patience) implements Step {
        public RunProgram {
            arguments = List.copyOf(arguments);
        }
    }

    /// Outside, before the [Clone]: connects to the `AF_UNIX` stream socket at a path of any length. The box
    /// has the connection until it executes its program.
    record Connect(Slot result, String path) implements Step {}

    /// Sends a descriptor over a connection, with a text: one `sendmsg(2)` with `SCM_RIGHTS`.
    ///
    /// @param text at most 8 pieces, not all empty; between one and the next stands the box's process id, as
    ///     the executor has it
    record SendDescriptor(Slot connection, Slot descriptor, List<String> text) implements Step {
        public SendDescriptor {
            text = List.copyOf(text);
        }
    }

    /// Opens a directory (`O_PATH`) below `from`; with [Slot#HOST] below the working directory, as the root
    /// of a mount namespace that was joined is.
    record OpenDirectory(Slot result, Slot from, String path) implements Step {}

    /// Sends a directory below `from` (`O_PATH`) to whoever has the plan performed: an overlay's upper one,
    /// which is what the box has changed.
    record ReportUpper(Slot from, String path) implements Step {}

    /// `mount_setattr(2)` on the mount in a slot. `set` and `clear` are `MOUNT_ATTR_*`, `propagation` is
    /// `MS_*` or 0.
    record SetMountAttributes(Slot mount, long set, long clear, long propagation, boolean recursive) implements Step {}

    /// `move_mount(2)`: the detached mount in `mount` appears at `path` below `target`, or at the host path
    /// when that is [Slot#HOST]. `symlinks` allows links (inside the root) in the path; with `nofollow` one
    /// at its end is what is mounted on.
    record AttachMount(Slot mount, Slot target, String path, boolean symlinks, boolean nofollow) implements Step {
        /// To where a link at the end leads, if there may be one.
        public AttachMount(Slot mount, Slot target, String path, boolean symlinks) {
            this(mount, target, path, symlinks, false);
        }
    }

    /// `fchdir(2)`.
    record EnterDirectory(Slot directory) implements Step {}

    /// `mkdirat(2)` of one name in a directory that nobody else has seen yet.
    record MakeDirectoryIn(Slot directory, String name, int mode) implements Step {}

    /// `mknodat(2)` of a character device, with exactly this mode.
    record MakeDevice(Slot directory, String name, int mode, int major, int minor) implements Step {}

    /// Opens the device at a host path (`O_PATH`), checks that it is `major:minor`, and attaches it at
    /// `path` below `root`, where a file is made if there is none: mknod(2) of a device is for the host's
    /// root alone.
    ///
    /// @param type `S_IFCHR` or `S_IFBLK`
    record BindDevice(Slot root, String path, String host, int type, int major, int minor) implements Step {}

    /// `mknodat(2)` at `path` below `root`, making directories on the way, and `fchownat(2)`. A node that is
    /// there already stays as it is if it is the same device; anything else there is an error (`EEXIST`).
    ///
    /// @param mode with the type: `S_IFCHR`, `S_IFBLK` or `S_IFIFO`
    /// @param uid  unsigned, as `gid`
    record MakeNode(Slot root, String path, int mode, int major, int minor, int uid, int gid) implements Step {}

    /// `symlinkat(2)`.
    ///
    /// @param missing whatever is there already stays, and is no error
    record MakeSymlink(Slot directory, String name, String target, boolean missing) implements Step {
        /// Where nothing is.
        public MakeSymlink(Slot directory, String name, String target) {
            this(directory, name, target, false);
        }
    }

    /// Makes what is missing of `path` below `root`, so that `mount` can be attached there: directories, and
    /// at the end an empty file if `mount` is a file. What is there stays as it is. With [Slot#HOST] it ends
    /// in a directory.
    ///
    /// @param nofollow a link at the end is there, wherever it leads
    record MakeMountPoint(Slot root, String path, Slot mount, boolean nofollow) implements Step {
        /// Where a link at the end leads.
        public MakeMountPoint(Slot root, String path, Slot mount) {
            this(root, path, mount, false);
        }
    }

    /// `openat(2)` and `write(2)` of a new file in a directory that nobody else has seen yet, with exactly
    /// this mode.
    record MakeFile(Slot directory, String name, int mode, String text) implements Step {}

    /// Gives the directory in `to` the owner and mode of one below `from`, if that is there, and with
    /// `contents` what it holds: directories, regular files, symbolic links and FIFOs with their owners,
    /// modes and times. Links are never followed, other kinds left out.
    record CopyDirectory(Slot from, String path, Slot to, boolean contents) implements Step {}

    /// `open_tree(2)` with `OPEN_TREE_CLONE` of `path` below a directory of the host, which is opened once.
    /// Whoever may write there, and exchanges names for links meanwhile, leads nowhere else.
    record CloneBelow(Slot result, String directory, String path, boolean recursive) implements Step {}

    /// Outside, before the [Clone], of an executor that a Java program has started: takes over a mount that
    /// is attached nowhere yet, and that the program has handed over as a descriptor.
    ///
    /// @param number of the descriptor among those handed over, from 0 to 7
    record TakeMount(Slot result, int number) implements Step {}

    /// `fchownat(2)` of the directory in a slot and of all that is in it; links are given away themselves,
    /// and never followed. What has this owner already isn't touched: a change of owner takes set-user-id
    /// bits away.
    ///
    /// @param uid unsigned, as `gid`
    record GiveTree(Slot mount, int uid, int gid) implements Step {}

    /// `openat(2)` and `write(2)` of a new file in a directory that nobody else has seen yet, with this mode
    /// and owner. Its bytes are in the plan's wire form alone, and wiped from the box's memory when they are
    /// written.
    ///
    /// @param uid unsigned, as `gid`
    record MakeSecret(Slot directory, String name, int mode, int uid, int gid, Confidential value) implements Step {}

    /// Lays a clone of `/dev/null` ([Slot#NULL]) over a file, of an empty directory ([Slot#EMPTY]) over a
    /// directory. A path that isn't there needs no mask and is no error (runtime specification,
    /// `linux.maskedPaths`).
    record Mask(Slot root, String path) implements Step {}

    /// Binds a path onto itself, read-only with everything below it. A path that isn't there is no error.
    record MakeReadOnly(Slot root, String path) implements Step {}

    /// `fchdir(2)`, `pivot_root(".", ".")`: the mount in the slot is `/`, the old root lies on top of it.
    record PivotRoot(Slot root) implements Step {}

    /// `move_mount(2)` of the mount in the slot on top of `/`, then `chroot(2)`: for hosts whose `/` can't be
    /// pivoted.
    record MoveRoot(Slot root) implements Step {}

    /// `flock(2)` with `LOCK_EX | LOCK_NB` on a directory of the host, held for as long as the executor
    /// lives, and with `box` the box.
    ///
    /// @param shared   with `LOCK_SH` instead: any number may use the directory, and nobody take it away
    /// @param patience milliseconds for which it is tried again while somebody else has it
    record LockDirectory(String path, boolean box, boolean shared, int patience) implements Step {
        public LockDirectory(String path, boolean box, boolean shared) {
            this(path, box, shared, 0);
        }

        public LockDirectory(String path, boolean box) {
            this(path, box, false);
        }

        public LockDirectory(String path) {
            this(path, true);
        }
    }

    /// `umount2(".", MNT_DETACH)`: takes the topmost mount off the current directory.
    record UnmountTop() implements Step {}

    /// `umount2(2)` with `UMOUNT_NOFOLLOW` of what is mounted last at a path of the host.
    ///
    /// @param busy with `MNT_DETACH`: also what somebody uses, who keeps it till the end
    record Unmount(String path, boolean busy) implements Step {}

    /// `openat2(2)` with `RESOLVE_NO_MAGICLINKS`, `fchdir(2)`, and a check by `getcwd(2)` that the directory
    /// lies in the root.
    record ChangeDirectory(String path) implements Step {}

    /// `sethostname(2)`.
    record SetHostName(String name) implements Step {}

    /// `setdomainname(2)`.
    record SetDomainName(String name) implements Step {}

    /// `SIOCSIFFLAGS` with `IFF_UP` for `lo`.
    record RaiseLoopback() implements Step {}

    /// netlink(7): one `sendto(2)` of a request, or of a batch of them, to a kernel's `NETLINK_*` protocol in
    /// the network namespace of who performs it, and the answers until each message with `NLM_F_ACK` has its
    /// own. The request is made of 32-bit words as they lie in memory, whole messages, since netlink aligns
    /// everything to four bytes. `what` says what is asked for; only people see it.
    ///
    /// @param box    outside, after the [Clone]: which byte of the request the box's process id is written
    ///     to; 0 for none
    /// @param absent that what it is about isn't there (any more) is as good
    record SendNetlink(int protocol, List<Integer> request, int box, boolean absent, String what) implements Step {
        public SendNetlink {
            request = List.copyOf(request);
        }

        /// About nobody in particular.
        public SendNetlink(int protocol, List<Integer> request, String what) {
            this(protocol, request, 0, false, what);
        }
    }

    /// Takes part in what several boxes use, and what is there from the first of them to the last: a bridge,
    /// a table of packet filters. Under a `flock(2)` on the directory `lock`: makes `directory` if it isn't
    /// there, in it a file of each of these names with `text` (`O_EXCL`: a name is one box's), and asks by
    /// netlink for what may be there already.
    ///
    /// @param request as of [SendNetlink]; empty for nothing
    record JoinShared(
            String lock,
            String directory,
            List<String> names,
            String text,
            int protocol,
            List<Integer> request,
            String what)
            implements Step {
        public JoinShared {
            names = List.copyOf(names);
            request = List.copyOf(request);
        }
    }

    /// Takes a [JoinShared] back. Under the same lock: unlinks the names, and if the directory is empty then,
    /// writes `text` to `file` if that isn't "", removes the directory, and asks for `request`. What isn't
    /// there any more is as good.
    ///
    /// @param owner the first word of what is in the files, where it has to be that: another box may have
    ///     such a name by now; "" if none can
    /// @param lingering milliseconds until directory and request, if nobody has joined by then; a process of
    ///                  its own, `carafe-linger`, waits for that. 0 for at once
    record LeaveShared(
            String lock,
            String directory,
            List<String> names,
            String file,
            String text,
            String owner,
            int lingering,
            int protocol,
            List<Integer> request,
            String what)
            implements Step {
        public LeaveShared {
            names = List.copyOf(names);
            request = List.copyOf(request);
        }
    }

    /// A [SendNetlink] in the network namespace of a process: a socket is made there, and used from here.
    ///
    /// @param process of whom it is ([OpenProcess])
    record SendNetlinkIn(Slot process, int protocol, List<Integer> request, String what) implements Step {
        public SendNetlinkIn {
            request = List.copyOf(request);
        }
    }

    /// Performs the undo part of a plan that is in a file, in its wire form, and removes that; one that isn't
    /// there is no error. What was done to a box since its start stands there. The file is the executor's own
    /// user's, and of the steps in it only [SendNetlink] and [LeaveShared] are performed.
    record UndoKept(String path) implements Step {}

    /// Opens a new pseudo-terminal of the devpts in `pts`, sends the master to the supervising parent, and
    /// makes the other end descriptors 0, 1 and 2, with this size and owner. `TIOCGPTPEER`, never a path.
    /// With `input` the parent passes on what is typed.
    ///
    /// @param receiver a connected socket that gets the master instead of the parent; [Slot#HOST] for none
    record OpenConsole(Slot pts, int rows, int columns, int owner, boolean input, Slot receiver) implements Step {
        public OpenConsole(Slot pts, int rows, int columns, int owner, boolean input) {
            this(pts, rows, columns, owner, input, Slot.HOST);
        }
    }

    /// Makes a character device descriptor 0, read-only.
    record ReadInputFrom(Slot from, String path) implements Step {}

    /// Makes descriptors 0, 1 and 2 safe to hand over: a directory is refused (through its `..` it leads to
    /// all of the host's files), `/dev/null` becomes the one of the box's own `/dev`, and a terminal, file or
    /// other device a pipe, which the supervising parent fills or empties. Of a box that is left `alone`
    /// these stay: nobody is there to do so.
    record GuardStreams(boolean alone) implements Step {
        public GuardStreams() {
            this(false);
        }
    }

    /// `setsid(2)`; with `controllingTerminal` also `TIOCSCTTY` on descriptor 0.
    record NewSession(boolean controllingTerminal) implements Step {}

    /// `keyctl(KEYCTL_JOIN_SESSION_KEYRING)`: an empty session keyring of the box's own.
    record NewKeyring() implements Step {}

    /// `prlimit(2)`, of the process that becomes the box; outside, after the [Clone], with the rights of the
    /// host's root. `resource` is `RLIMIT_*`; -1 is infinity.
    record SetLimit(int resource, long soft, long hard) implements Step {}

    /// `personality(2)`: domain and flags of the next program, kept by all that it starts.
    record SetPersonality(long persona) implements Step {}

    /// `sched_setattr(2)`. `policy` is `SCHED_*`, `flags` are `SCHED_FLAG_*`; times are nanoseconds.
    record SetScheduler(int policy, long flags, int nice, int priority, long runtime, long deadline, long period)
            implements Step {}

    /// `ioprio_set(2)`. `type` is `IOPRIO_CLASS_*`.
    record SetIoPriority(int type, int priority) implements Step {}

    /// `set_mempolicy(2)`. `mode` is `MPOL_*` with `MPOL_F_*`; `nodes` are the words of a mask, none for no
    /// nodes.
    record SetMemoryPolicy(int mode, List<Long> nodes) implements Step {
        public SetMemoryPolicy {
            nodes = List.copyOf(nodes);
        }
    }

    /// `sched_setaffinity(2)` of who performs it, which its children inherit. The words of a mask.
    record SetAffinity(List<Long> processors) implements Step {
        public SetAffinity {
            processors = List.copyOf(processors);
        }
    }

    /// `fsetxattr(2)` of `security.selinux` of a mount's root: for a file system that takes no `context`
    /// when it is mounted.
    record SetLabel(Slot mount, String label) implements Step {}

    /// Outside, after the [Clone]: a network interface of the executor's network namespace goes to that of
    /// the process that becomes the box, with another name and number there. rtnetlink(7)
    record MoveInterface(int index, String name, int number) implements Step {}

    /// `umask(2)`.
    record SetUmask(int mask) implements Step {}

    /// `PR_CAPBSET_DROP` for every capability that isn't in the mask.
    record LimitBoundingSet(long keep) implements Step {}

    /// `setgroups(2)`, unless with `keepGroups` (where it is denied), `setresgid(2)`, `setresuid(2)`, with
    /// `PR_SET_KEEPCAPS`, so that the next [SetCapabilities] decides. The kernel forgets on the way that the
    /// box dies with its executor, so that is said again.
    record SetUser(int uid, int gid, List<Integer> groups, boolean keepGroups) implements Step {
        public SetUser {
            groups = List.copyOf(groups);
        }

        public SetUser(int uid, int gid, List<Integer> groups) {
            this(uid, gid, groups, false);
        }
    }

    /// `capset(2)`. One bit per capability.
    record SetCapabilities(long effective, long permitted, long inheritable) implements Step {}

    /// `PR_CAP_AMBIENT_RAISE` for each capability in the mask.
    record RaiseAmbient(long capabilities) implements Step {}

    /// `PR_SET_NO_NEW_PRIVS`.
    record NoNewPrivileges() implements Step {}

    /// `landlock_create_ruleset(2)`: from [RestrictSelf] on, whatever is named here (`LANDLOCK_ACCESS_FS_*`,
    /// `LANDLOCK_ACCESS_NET_*`, `LANDLOCK_SCOPE_*`) is refused where no rule allows it.
    record NewRuleset(Slot result, long files, long network, long scopes) implements Step {}

    /// `landlock_add_rule(2)`: allows `access` to `path` below `root` and to everything beneath it. Of a path
    /// that is no directory, what a file can be asked for.
    record AllowBeneath(Slot ruleset, Slot root, String path, long access) implements Step {}

    /// `landlock_restrict_self(2)`. It can't be taken back, and nothing can be mounted or unmounted any more.
    record RestrictSelf(Slot ruleset) implements Step {}

    /// `seccomp(SECCOMP_SET_MODE_FILTER)`. The program is one `struct sock_filter` per element, as it lies in
    /// memory.
    record LoadSeccomp(int flags, List<Long> program) implements Step {
        public LoadSeccomp {
            program = List.copyOf(program);
        }
    }

    /// [LoadSeccomp] of a program that has some calls answered by an agent
    /// (`SECCOMP_FILTER_FLAG_NEW_LISTENER`). A second thread, which the filter is not for, sends the listener
    /// over the connection as [SendDescriptor] does, and closes both: whatever calls the filter stops, the
    /// agent has it before the next step.
    record LoadNotifyingSeccomp(Slot agent, List<String> state, int flags, List<Long> program) implements Step {
        public LoadNotifyingSeccomp {
            state = List.copyOf(state);
            program = List.copyOf(program);
        }
    }

    /// [LoadSeccomp] of a program that has some calls told to whoever has the plan performed. The
    /// second thread sends the listener to the executor, and the box waits until the executor, its
    /// keeper and the one who asked all have it: no such call returns before the box is dead, whichever
    /// of the three is killed.
    record LoadReportingSeccomp(int flags, List<Long> program) implements Step {
        public LoadReportingSeccomp {
            program = List.copyOf(program);
        }
    }

    /// Splits in two: the process stays as PID 1, forwards signals, reaps orphans and ends with the program's
    /// status; its child goes on with the plan.
    record BecomeInit() implements Step {}

    /// `execve(2)` of the first candidate that can be executed, as `execvp(3)` goes through `PATH`.
    record Execute(List<String> candidates, List<String> arguments, List<String> environment) implements Step {
        public Execute {
            candidates = List.copyOf(candidates);
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
        }
    }

    /// Undo only: reads up to 4 KiB of a file into the report of how the box ended.
    record Collect(String path) implements Step {}

    /// Outside or to undo: kills every process in a group and in all below it, for a box that has no PID
    /// namespace to end with. `unified` writes its `cgroup.kill` (cgroup v2); else the group, one of the v1
    /// freezer, is frozen, its processes killed and thawed until there are none, for up to `patience`
    /// milliseconds.
    record KillGroup(String path, boolean unified, int patience) implements Step {}

    /// `rmdir(2)`, tried again while the kernel says `EBUSY`, for up to `patience` milliseconds (a
    /// cgroup is busy until its last task has left the processor).
    record RemoveDirectory(String path, int patience) implements Step {}

    /// Outside or to undo: `rmdir(2)` of a control group and of all below it that the box has made, tried
    /// again while the kernel says `EBUSY`, for up to `patience` milliseconds.
    ///
    /// @param shared others may have groups in it, and then it stays
    record RemoveGroup(String path, int patience, boolean shared) implements Step {}

    /// `unlink(2)`. A file that isn't there is no error.
    record RemoveFile(String path) implements Step {}

    /// No program: the process performs the file operations that come on its standard input
    /// (`native/files.h`) below its root, and ends. What it makes and changes is nothing that the plan knows.
    record ServeFiles() implements Step {}

    // What the life of an OCI container has more. Without a [Clone] these, and what undoes, are all of a plan.

    /// `open(2)` with `O_CREAT | O_EXCL` on the host, and `write(2)`: a file with exactly this mode.
    record KeepFile(String path, int mode, String text) implements Step {}

    /// After the [Clone]: the box's `/proc/PID/stat`, or with `number` its process id alone, is written to
    /// `draft`, which is then renamed to `path`.
    record KeepProcess(String path, String draft, boolean number) implements Step {}

    /// `mkfifo(3)` on the host, open for both ends.
    record MakeFifo(Slot result, String path) implements Step {}

    /// The box waits here until the executor, which waits for it at its own next [Meet], has done the steps
    /// behind that.
    record Meet() implements Step {}

    /// Inside, and the other side of the last [Meet] outside: waits until [Start] writes to the FIFO in
    /// `start`. What goes wrong from here on is told in the one in `answer`. After the seccomp filter, it
    /// takes `read(2)` and `write(2)` alone.
    record AwaitStart(Slot start, Slot answer) implements Step {}

    /// Inside, as the last step: the box's first process waits until the rest of its plan comes in the
    /// socket that the executor was started with, and the standard streams with it; checks it as the executor
    /// checks a plan, and performs it: steps for the inside, and a timeout. Wall time, processor time and the
    /// timeout count from then on. When the socket ends before, the box ends, and this step has failed with
    /// `ECANCELED`.
    ///
    /// What the executor must have the plan for can't stand in the rest: [OpenConsole], [GuardStreams],
    /// [Meet], [AwaitStart].
    ///
    /// @param number  of the socket among the descriptors handed over, from 0 to 7
    /// @param reports whether the rest may have a [LoadReportingSeccomp]
    record AwaitRest(int number, boolean reports) implements Step {}

    /// Tells a box that is at its [AwaitStart] to go on, and waits until it has executed its program.
    ///
    /// @param steps what it does behind its [AwaitStart], in words
    record Start(String start, String answer, List<String> steps) implements Step {
        public Start {
            steps = List.copyOf(steps);
        }
    }

    /// `stat(2)` and `faccessat(2)` of the candidates of the last step: whether there is something to execute
    /// is known before anybody waits.
    record FindProgram(String name, List<String> candidates) implements Step {
        public FindProgram {
            candidates = List.copyOf(candidates);
        }
    }

    /// Runs a hook and waits for its end: runtime specification, config.md, "POSIX-platform Hooks". Its
    /// standard input is the container's state: `before`, the process id and `behind`.
    ///
    /// @param path        absolute; inside, where the box's process stands
    /// @param directory   its working directory; "" where the executor or the box is
    /// @param arguments   the first is its name
    /// @param environment all of it
    /// @param patience    milliseconds, after which it is killed and has failed; 0 is for ever
    /// @param lenient     if it fails, that is told, and no failure of the step
    /// @param process     the id; -1 for the box's, inside for the one that it has there
    record RunHook(
            String path,
            String directory,
            String before,
            String behind,
            List<String> arguments,
            List<String> environment,
            int patience,
            boolean lenient,
            long process)
            implements Step {
        public RunHook {
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
        }
    }

    /// Inside: the box no longer dies with the executor.
    record Detach() implements Step {}

    /// `pidfd_open(2)` of a process that is there already.
    ///
    /// @param began its start time, the 22nd field of proc(5)'s `stat`: the number may be somebody else's by
    ///     now
    record OpenProcess(Slot result, int pid, long began) implements Step {}

    /// `pidfd_send_signal(2)`. With `lenient` a process that has ended is no error; undoing, it never is.
    record SignalProcess(int pid, long began, int signal, boolean lenient) implements Step {}

    /// Waits until a process has ended, for up to `patience` milliseconds.
    record AwaitProcess(int pid, long began, int patience) implements Step {}

    /// `setns(2)` with a pidfd: inside, the namespaces of a process.
    record JoinProcess(Slot process, long namespaces) implements Step {}

    /// `pidfd_open(2)` of the box's own process.
    record OpenSelf(Slot result) implements Step {}

    /// The descriptors from 3 on, as many as the box gets from its caller, stay open in the program.
    record PreserveDescriptors(int count) implements Step {}

    /// After the [Clone], when the box waits for its start: its `/proc/PID/status` must show just these sets
    /// of capabilities(7) (of `bounding` some may be missing), and with `noNewPrivileges` and `filtered`
    /// these.
    record CheckPrivileges(
            long inheritable,
            long permitted,
            long effective,
            long bounding,
            long ambient,
            boolean noNewPrivileges,
            boolean filtered)
            implements Step {}

    /// Writes to `register` of a `binfmt_misc` file system: from then on the kernel knows programs of a
    /// foreign kind. One of that name that is there already is as good.
    ///
    /// @param format as the kernel's documentation has it, admin-guide/binfmt-misc.rst
    record RegisterFormat(Slot filesystem, String format) implements Step {}

    /// Outside, in a plan whose box is waited for: a process in the background performs the whole plan, from
    /// its first step on, and stays with the box until it has ended and all is undone. It holds the box's
    /// standard streams, writes what comes from them to a log, and lets others [Attach]. Who has the plan
    /// performed is the first that is attached, or waits until the program runs. At this step the log and
    /// the socket are opened.
    ///
    /// @param socket      where it takes those who attach; of its own user or root
    /// @param log         a file, absolute, of lines `TIME STREAM F|P TEXT`; "" for none
    /// @param logSize     bytes, from which on the file becomes `log.1`, and that one `log.2`; 0 for never
    /// @param logFiles    that there may be, the first included
    /// @param report      gets the executor's report, all at once, when all is undone; nothing where its
    ///     directory is gone
    /// @param attach      streams that the caller is attached to: 1 input, 2 output, 4 errors; 0: it waits
    ///     for no more than the start
    /// @param signals     that the caller gets while attached are the program's
    /// @param detachKeys  bytes, at most 32, that a caller types to leave the program alone; "" for none
    /// @param tickEvery   milliseconds, 0 for never
    /// @param tick        a command that is run that often while the program runs, and killed at its end
    /// @param after       a command that the process becomes at last, if the program ran; empty for none
    /// @param environment of both, all of it
    record Monitor(
            String socket,
            String log,
            long logSize,
            int logFiles,
            String report,
            Input input,
            int attach,
            boolean signals,
            String detachKeys,
            int tickEvery,
            List<String> tick,
            List<String> after,
            List<String> environment)
            implements Step {
        public Monitor {
            tick = List.copyOf(tick);
            after = List.copyOf(after);
            environment = List.copyOf(environment);
        }

        /// What the program reads, where it has no terminal.
        public enum Input {
            /// Nothing.
            NONE(0),
            /// What the first who is attached sends, to its end.
            ONCE(1),
            /// What anybody sends who is attached; it has no end.
            OPEN(2);

            private final int number; // native/monitor.h

            Input(int number) {
                this.number = number;
            }

            int number() {
                return number;
            }

            static Input of(int number) {
                for (Input input : values()) {
                    if (input.number == number) {
                        return input;
                    }
                }
                throw new IllegalArgumentException("not a plan: input of kind " + number);
            }
        }
    }

    /// Of a plan without a box, as its last step: relays the caller's streams to the box of a [Monitor],
    /// until it has ended. Its report is this plan's then.
    ///
    /// @param streams    1 input, 2 output, 4 errors; 0 only waits
    /// @param detachKeys as [Monitor]'s
    /// @param signals    likewise
    record Attach(String socket, int streams, String detachKeys, boolean signals) implements Step {}

    /// Removes a directory and all that is in it, whatever that is: no link is followed, no mount entered.
    /// One that isn't there is no error.
    ///
    /// @param unless nothing is done if there is a file of this name in it, for somebody else has a use for
    ///     it; "" for none
    record RemoveTree(String path, String unless) implements Step {
        public RemoveTree(String path) {
            this(path, "");
        }
    }

    /// Appends a line to a file with one `writev(2)`: the first piece, the time in nanoseconds since 1970,
    /// the second, the program's status as waitpid(2) has it, the third. The status is 0 but in the undo
    /// part; there it is that of an exit code of 125 if the program never ran.
    ///
    /// @param pieces one to three
    record AppendLine(String path, List<String> pieces) implements Step {
        public AppendLine {
            pieces = List.copyOf(pieces);
        }
    }

    /// Of a plan with a [Monitor]: it watches whether the kernel kills in the box for want of memory, and
    /// appends a line to a file each time, as [AppendLine] does. Where the kernel doesn't count it, nothing
    /// is watched.
    ///
    /// @param counter of the box's group: a file with a line `oom_kill NUMBER`
    /// @param control version 1: where to ask to be woken, `cgroup.event_control`; "" for version 2
    /// @param pieces  one or two
    record WatchMemory(String counter, String control, String path, List<String> pieces) implements Step {
        public WatchMemory {
            pieces = List.copyOf(pieces);
        }
    }

    /// `fchown(2)` of the standard streams, so that the program's user can open them again by `/dev/stdout`.
    record OwnStreams(int uid) implements Step {}
}
