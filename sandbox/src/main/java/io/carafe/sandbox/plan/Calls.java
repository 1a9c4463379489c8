package io.carafe.sandbox.plan;

import java.util.ArrayList;
import java.util.List;

/// The system calls that a step makes, in order, as C writes them. They are those of its `do_` function in
/// `native/executor.c`; a test runs a box under strace(1) and compares.
///
/// A descriptor has its slot's name, or one that says what was opened just before. What depends on what is
/// found there ends in a comment that begins with "if". Left out are close(2) and what the C library does for
/// itself.
public final class Calls {
    private static final String BELOW = ", resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS";

    private static final String NOTE = "272"; // sizeof(struct note), box.h

    private Calls() {}

    public static List<String> of(Step step) {
        return switch (step) {
            case Step.MakeDirectory(var path, var mode, var _) -> List.of(call("mkdir", path(path), Flags.mode(mode)));
            case Step.WriteFile(var path, var text) ->
                List.of(
                        call("open", path(path), "O_WRONLY|O_CLOEXEC|O_NOFOLLOW"),
                        call("write", "file", StepText.quoted(text), number(Utf8.encode(text).length)));
            case Step.WriteIn(var directory, var path, var text) ->
                List.of(
                        call(
                                "openat2",
                                StepText.slot(directory),
                                path(path),
                                "{flags=O_WRONLY|O_CLOEXEC, resolve=RESOLVE_NO_XDEV|RESOLVE_NO_MAGICLINKS"
                                        + "|RESOLVE_BENEATH}"),
                        call("write", "file", StepText.quoted(text), number(Utf8.encode(text).length)));
            case Step.Clone(var namespaces, var cgroup, var users, var process, var joined) ->
                cloning(namespaces, cgroup, users, process, joined);
            case Step.Unshare(var namespaces) -> List.of(call("unshare", Flags.namespaces(namespaces)));
            case Step.SetPropagation(var propagation) ->
                List.of(call(
                        "mount_setattr",
                        "AT_FDCWD",
                        "\"/\"",
                        "AT_RECURSIVE",
                        "{propagation=" + Flags.propagation(propagation) + "}"));
            case Step.NewFilesystem(var _, var type, var options, var attributes) ->
                newFilesystem(type, options, attributes);
            case Step.CloneTree(var _, var from, var path, var recursive, var nofollow) ->
                List.of(
                        from.equals(Slot.HOST)
                                ? call("open", path(path), "O_PATH|O_CLOEXEC" + (nofollow ? "|O_NOFOLLOW" : ""))
                                : openBelow(from, path, nofollow ? "O_PATH|O_NOFOLLOW" : "O_PATH"),
                        openTree("path", recursive));
            case Step.OpenDevice(var result, var path, var _, var _) ->
                List.of(
                        call("open", path(path), "O_PATH|O_CLOEXEC|O_NOFOLLOW"),
                        call("fstat", StepText.slot(result), "{}"));
            case Step.OpenDirectory(var _, var from, var path) -> List.of(openBelow(from, path, "O_PATH|O_DIRECTORY"));
            case Step.SetMountAttributes(var mount, var set, var clear, var propagation, var recursive) ->
                set == 0
                        ? List.of(setAttributes(StepText.slot(mount), set, clear, propagation, recursive))
                        : List.of(
                                setAttributes(StepText.slot(mount), set, clear, propagation, recursive),
                                call("fstatfs", StepText.slot(mount), "{}"));
            case Step.ReportUpper(var from, var path) ->
                List.of(
                        call(
                                "openat2",
                                StepText.slot(from),
                                path(path),
                                "{flags=O_PATH|O_DIRECTORY|O_CLOEXEC" + BELOW + "|RESOLVE_NO_SYMLINKS}"),
                        call("sendmsg", "parent", "{msg_iov=note, msg_control=directory}", "MSG_NOSIGNAL"));
            case Step.AttachMount(var mount, var target, var path, var symlinks, var nofollow) ->
                attach(mount, target, path, symlinks, nofollow);
            case Step.EnterDirectory(var directory) -> List.of(call("fchdir", StepText.slot(directory)));
            case Step.MakeDirectoryIn(var directory, var name, var mode) ->
                List.of(
                        call("mkdirat", StepText.slot(directory), path(name), "0"),
                        call("fchmodat", StepText.slot(directory), path(name), Flags.mode(mode)));
            case Step.MakeDevice(var directory, var name, var mode, var major, var minor) ->
                List.of(
                        call(
                                "mknodat",
                                StepText.slot(directory),
                                path(name),
                                "S_IFCHR",
                                "makedev(" + major + ", " + minor + ")"),
                        call("fchmodat", StepText.slot(directory), path(name), Flags.mode(mode)));
            case Step.MakeNode(var root, var path, var mode, var major, var minor, var uid, var gid) ->
                makeNode(root, path, mode, major, minor, uid, gid);
            case Step.LoadDeviceProgram(var group, var program, var replace) ->
                loadDeviceProgram(group, program.size(), replace);
            case Step.MakeSymlink(var directory, var name, var target, var _) ->
                List.of(call("symlinkat", path(target), StepText.slot(directory), path(name)));
            case Step.MakeMountPoint(var root, var path, var mount, var nofollow) ->
                makeMountPoint(root, path, mount, nofollow);
            case Step.Mask(var root, var path) ->
                List.of(
                        openBelow(root, path, "O_PATH"),
                        when("it is there", call("fstat", "path", "{}")),
                        when("it is a directory", openTree("empty", false)),
                        when("it is a file", openTree("null", false)),
                        when(
                                "it is there",
                                setAttributes("mask", Flags.RDONLY | Flags.NOSUID | Flags.NOEXEC, 0, 0, false)),
                        when("it is there", call("fstatfs", "mask", "{}")),
                        when("it is there", attachTo("mask", "path")));
            case Step.MakeReadOnly(var root, var path) ->
                List.of(
                        openBelow(root, path, "O_PATH"),
                        when("it is there", openTree("path", true)),
                        when("it is there", setAttributes("tree", Flags.RDONLY, 0, 0, true)),
                        when("it is there", call("fstatfs", "tree", "{}")),
                        when("it is there", attachTo("tree", "path")));
            case Step.PivotRoot(var root) ->
                List.of(call("fchdir", StepText.slot(root)), call("pivot_root", "\".\"", "\".\""));
            case Step.MakeFile(var directory, var name, var mode, var text) ->
                List.of(
                        call(
                                "openat",
                                StepText.slot(directory),
                                path(name),
                                "O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC",
                                "0"),
                        call("fchmod", "file", Flags.mode(mode)),
                        call("write", "file", StepText.quoted(text), number(Utf8.encode(text).length)));
            case Step.CopyDirectory(var from, var path, var to, var contents) ->
                copyDirectory(from, path, to, contents);
            case Step.MoveRoot(var root) ->
                List.of(
                        call("move_mount", StepText.slot(root), "\"\"", "AT_FDCWD", "\"/\"", "MOVE_MOUNT_F_EMPTY_PATH"),
                        call("fchdir", StepText.slot(root)),
                        call("chroot", "\".\""));
            case Step.RemoveFile(var path) -> List.of(call("unlink", path(path)));
            case Step.RemoveTree(var path, var unless) -> removeTree(path, unless);
            case Step.AppendLine(var path, var pieces) ->
                List.of(
                        call("open", path(path), "O_WRONLY|O_APPEND|O_CREAT|O_CLOEXEC|O_NOFOLLOW|O_NOCTTY", "0600"),
                        call("writev", "file", "line", number(2L * pieces.size())));
            case Step.WatchMemory(var counter, var control, var _, var _) -> watchMemory(counter, control);
            case Step.Monitor monitor -> monitor(monitor);
            case Step.Attach(var socket, var _, var _, var _) ->
                List.of(
                        call("open", path(socket), "O_PATH|O_CLOEXEC|O_NOFOLLOW"),
                        call("socket", "AF_UNIX", "SOCK_SEQPACKET|SOCK_CLOEXEC", "0"),
                        call("connect", "socket", "{sun_path=\"/proc/self/fd/THERE\"}", "110"),
                        call("recvfrom", "socket", "message", "65624", "MSG_DONTWAIT")
                                + " /* until it tells the end */");
            case Step.TakeMount(var _, var number) ->
                List.of(
                        call("fcntl", Integer.toString(5 + number), "F_DUPFD_CLOEXEC", "5"),
                        call("close", Integer.toString(5 + number)));
            case Step.CloneBelow(var _, var directory, var path, var recursive) ->
                List.of(
                        call("open", path(directory), "O_PATH|O_DIRECTORY|O_CLOEXEC"),
                        call(
                                "openat2",
                                "directory",
                                path(path),
                                "{flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS}"),
                        openTree("path", recursive));
            case Step.GiveTree(var mount, var uid, var gid) ->
                List.of(
                        call("openat", StepText.slot(mount), "\".\"", "O_RDONLY|O_DIRECTORY|O_CLOEXEC"),
                        call("fchown", "directory", Integer.toUnsignedString(uid), Integer.toUnsignedString(gid)),
                        call("getdents64", "directory", "names", "4096")
                                + " /* then for each name fchownat, without following links */");
            case Step.MakeSecret(var directory, var name, var mode, var uid, var gid, var value) ->
                List.of(
                        call(
                                "openat",
                                StepText.slot(directory),
                                path(name),
                                "O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC",
                                "0"),
                        call("write", "file", "/* not shown */", number(value.length())),
                        call("fchown", "file", Integer.toUnsignedString(uid), Integer.toUnsignedString(gid)),
                        call("fchmod", "file", Flags.mode(mode)));
            case Step.LockDirectory(var path, var _, var shared, var _) ->
                List.of(
                        call("open", path(path), "O_RDONLY|O_DIRECTORY|O_CLOEXEC"),
                        call("flock", "directory", shared ? "LOCK_SH|LOCK_NB" : "LOCK_EX|LOCK_NB"));
            case Step.Unmount(var path, var busy) ->
                List.of(call("umount2", path(path), busy ? "UMOUNT_NOFOLLOW|MNT_DETACH" : "UMOUNT_NOFOLLOW"));
            case Step.UnmountTop() -> List.of(call("umount2", "\".\"", "MNT_DETACH"));
            case Step.ChangeDirectory(var path) ->
                List.of(
                        call(
                                "openat2",
                                "AT_FDCWD",
                                path(path),
                                "{flags=O_PATH|O_DIRECTORY|O_CLOEXEC, resolve=RESOLVE_NO_MAGICLINKS}"),
                        call("fchdir", "directory"),
                        call("getcwd", "cwd", "4096"));
            case Step.SetHostName(var name) -> List.of(named("sethostname", name));
            case Step.SetDomainName(var name) -> List.of(named("setdomainname", name));
            case Step.RaiseLoopback() ->
                List.of(
                        call("socket", "AF_INET", "SOCK_DGRAM|SOCK_CLOEXEC", "0"),
                        call("ioctl", "socket", "SIOCSIFFLAGS", "{ifr_name=\"lo\", ifr_flags=IFF_UP|IFF_RUNNING}"));
            case Step.OpenConsole(var pts, var rows, var columns, var owner, var _, var receiver) ->
                openConsole(pts, rows, columns, owner, receiver);
            case Step.ReadInputFrom(var from, var path) ->
                List.of(
                        from.equals(Slot.HOST)
                                ? call("open", path(path), "O_RDONLY|O_NOCTTY|O_NONBLOCK|O_CLOEXEC")
                                : call(
                                        "openat2",
                                        StepText.slot(from),
                                        path(path),
                                        "{flags=O_RDONLY|O_NOCTTY|O_NONBLOCK|O_CLOEXEC" + BELOW
                                                + "|RESOLVE_NO_SYMLINKS}"),
                        call("fstat", "file", "{}"),
                        call("dup2", "file", "0"));
            case Step.NewIdMap(var _, var uids, var gids) -> newIdMap(uids, gids);
            case Step.MapIds(var mount, var map, var recursive) ->
                List.of(call(
                        "mount_setattr",
                        StepText.slot(mount),
                        "\"\"",
                        recursive ? "AT_EMPTY_PATH|AT_RECURSIVE" : "AT_EMPTY_PATH",
                        "{attr_set=MOUNT_ATTR_IDMAP, userns_fd=" + StepText.slot(map) + "}"));
            case Step.WriteIdMap(var groups, var map) -> writeProc("CHILD", groups ? "gid_map" : "uid_map", map);
            case Step.BindDevice(var root, var path, var host, var _, var _, var _) -> bindDevice(root, path, host);
            case Step.JoinNamespace(var kind, var path, var users, var others, var stays) ->
                joining(kind, path, users, others, stays);
            case Step.OpenNamespace(var _, var _, var path) -> openNamespace(path);
            case Step.Connect(var _, var path) ->
                List.of(
                        call("open", path(path), "O_PATH|O_CLOEXEC"),
                        call("fstat", "there", "{}"),
                        call("open", "\"/proc/self/fd/\"", "O_PATH|O_DIRECTORY|O_CLOEXEC"),
                        call("fstatfs", "fds", "{}"),
                        call("socket", "AF_UNIX", "SOCK_STREAM|SOCK_CLOEXEC", "0"),
                        call("connect", "socket", "{sun_path=\"/proc/self/fd/THERE\"}", "110"),
                        call("fcntl", "socket", "F_DUPFD_CLOEXEC", "3"));
            case Step.SendDescriptor(var connection, var descriptor, var text) ->
                List.of(sendDescriptor(StepText.slot(connection), StepText.slot(descriptor), text));
            case Step.KillGroup(var path, var unified, var _) -> killGroup(path, unified);
            case Step.MakeGroup(var path) -> List.of(call("mkdir", path(path), "0755"));
            case Step.RemoveGroup(var path, var _, var _) -> List.of(call("rmdir", path(path)));
            case Step.FreezeGroup(var path, var unified, var frozen, var _) -> freezeGroup(path, unified, frozen);
            case Step.SignalGroup(var path, var signal) -> signalGroup(path, signal);
            case Step.GiveGroup(var path, var uid, var files) -> giveGroup(path, Integer.toUnsignedString(uid), files);
            case Step.CallBus(var socket, var _, var size, var _, var _, var _, var _, var _, var _) ->
                List.of(
                        call("socket", "AF_UNIX", "SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC", "0"),
                        call(
                                "connect",
                                "socket",
                                "{sun_path=" + path(socket) + "}",
                                number(Utf8.encode(socket).length + 2)),
                        call("sendto", "socket", "hello", "29", "MSG_NOSIGNAL", "NULL", "0"),
                        call("sendto", "socket", "messages", number(size), "MSG_NOSIGNAL", "NULL", "0"),
                        call("read", "socket", "answers", "65536") + " /* until the one that counts is there */");
            case Step.SendNetlink(var protocol, var request, var _, var _, var _) -> netlink(protocol, request);
            case Step.JoinShared(var lock, var directory, var names, var text, var protocol, var request, var _) ->
                joinShared(lock, directory, names, text, netlink(protocol, request));
            case Step.LeaveShared(
                    var lock,
                    var directory,
                    var names,
                    var file,
                    var text,
                    var owner,
                    var lingering,
                    var protocol,
                    var request,
                    var _) -> {
                var calls = new ArrayList<String>(List.of(
                        call("openat", "AT_FDCWD", path(lock), "O_RDONLY|O_DIRECTORY|O_CLOEXEC"),
                        call("flock", "lock", "LOCK_EX|LOCK_NB") + " /* until nobody else has it */",
                        call("openat", "AT_FDCWD", path(directory), "O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC")));
                for (String name : names) {
                    calls.addAll(owner.isEmpty() ? List.of() : isOf(owner, name));
                    calls.add(call("unlinkat", "directory", path(name), "0"));
                }
                calls.add(
                        call("getdents64", "directory", "names", "512") + " /* if somebody's are left that is all */");
                if (!file.isEmpty()) {
                    calls.add(call("open", path(file), "O_WRONLY|O_CLOEXEC|O_NOFOLLOW"));
                    calls.add(call("write", "file", StepText.quoted(text), number(Utf8.encode(text).length)));
                }
                if (lingering > 0) {
                    calls.add(call("flock", "directory", "LOCK_EX|LOCK_NB") + " /* one that waits is enough */");
                    calls.add("fork() /* it waits " + lingering
                            + " ms, takes the lock, and goes on if nobody has joined */");
                }
                calls.add(call("rmdir", path(directory)));
                calls.addAll(netlink(protocol, request));
                yield calls;
            }
            case Step.SendNetlinkIn(var process, var protocol, var request, var _) ->
                netlinkIn(process, netlink(protocol, request));
            case Step.UndoKept(var path) ->
                List.of(
                        call("open", path(path), "O_RDONLY|O_NOFOLLOW|O_NONBLOCK|O_CLOEXEC")
                                + " /* else that is all */",
                        call("fstat", "file", "&stat") + " /* it must be ours */",
                        call("mmap", "NULL", "size", "PROT_READ|PROT_WRITE", "MAP_PRIVATE", "file", "0")
                                + " /* and what its steps say */",
                        call("munmap", "plan", "size"),
                        call("unlink", path(path)));
            case Step.DenySetgroups() -> writeProc("CHILD", "setgroups", "deny");
            case Step.RunProgram(var path, var arguments, var box, var _, var _) -> runProgram(path, arguments, box);
            case Step.GuardStreams(var _) -> guardStreams();
            case Step.NewSession(var controllingTerminal) ->
                controllingTerminal
                        ? List.of(call("setsid"), call("ioctl", "0", "TIOCSCTTY", "0"))
                        : List.of(call("setsid"));
            case Step.NewKeyring() -> List.of(call("keyctl", "KEYCTL_JOIN_SESSION_KEYRING", "NULL"));
            case Step.SetLimit(var resource, var soft, var hard) ->
                List.of(call(
                        "prlimit64",
                        "0",
                        Flags.limit(resource),
                        "{rlim_cur=" + limit(soft) + ", rlim_max=" + limit(hard) + "}",
                        "NULL"));
            case Step.SetPersonality(var persona) -> List.of(call("personality", ProcessFlags.personality(persona)));
            case Step.SetScheduler scheduler ->
                List.of(call("sched_setattr", "0", ProcessFlags.schedulerAttributes(scheduler), "0"));
            case Step.SetIoPriority(var type, var priority) ->
                List.of(call("ioprio_set", "IOPRIO_WHO_PROCESS", "0", ProcessFlags.ioPriority(type, priority)));
            case Step.SetMemoryPolicy(var mode, var nodes) ->
                List.of(call(
                        "set_mempolicy",
                        MemoryFlags.names(mode),
                        nodes.isEmpty() ? "NULL" : "[" + MemoryFlags.nodes(nodes) + "]",
                        number(nodes.isEmpty() ? 0 : 64L * nodes.size() + 1)));
            case Step.SetAffinity(var processors) ->
                List.of(call(
                        "sched_setaffinity",
                        "0",
                        number(8L * processors.size()),
                        "[" + MemoryFlags.nodes(processors) + "]"));
            case Step.SetLabel(var mount, var label) ->
                List.of(
                        call("openat", StepText.slot(mount), "\".\"", "O_RDONLY|O_DIRECTORY|O_CLOEXEC"),
                        call(
                                "fsetxattr",
                                "root",
                                "\"security.selinux\"",
                                StepText.quoted(label),
                                number(Utf8.encode(label).length + 1L),
                                "0"));
            case Step.MoveInterface(var index, var name, var number) -> moveInterface(index, name, number);
            case Step.SetUmask(var mask) -> List.of(call("umask", Flags.mode(mask)));
            case Step.LimitBoundingSet(var keep) -> limitBoundingSet(keep);
            case Step.SetUser(var uid, var gid, var groups, var keepGroups) -> setUser(uid, gid, groups, keepGroups);
            case Step.SetCapabilities(var effective, var permitted, var inheritable) ->
                List.of(call(
                        "capset",
                        "{version=_LINUX_CAPABILITY_VERSION_3, pid=0}",
                        "{effective=" + mask(effective) + ", permitted=" + mask(permitted) + ", inheritable="
                                + mask(inheritable) + "}"));
            case Step.RaiseAmbient(var capabilities) -> raiseAmbient(capabilities);
            case Step.NoNewPrivileges() -> List.of(call("prctl", "PR_SET_NO_NEW_PRIVS", "1", "0", "0", "0"));
            case Step.NewRuleset(var _, var files, var network, var scopes) ->
                List.of(call(
                        "landlock_create_ruleset",
                        "{handled_access_fs=" + LandlockFlags.files(files) + ", handled_access_net="
                                + LandlockFlags.network(network) + ", scoped=" + LandlockFlags.scopes(scopes) + "}",
                        "24",
                        "0"));
            case Step.AllowBeneath(var ruleset, var root, var path, var access) ->
                List.of(
                        openBelow(root, path, "O_PATH"),
                        call("fstat", "path", "{}"),
                        call(
                                "landlock_add_rule",
                                StepText.slot(ruleset),
                                "LANDLOCK_RULE_PATH_BENEATH",
                                "{allowed_access=" + LandlockFlags.files(access) + "}",
                                "0"));
            case Step.RestrictSelf(var ruleset) -> List.of(call("landlock_restrict_self", StepText.slot(ruleset), "0"));
            case Step.LoadSeccomp(var flags, var program) ->
                List.of(call(
                        "seccomp", "SECCOMP_SET_MODE_FILTER", Flags.seccomp(flags), "{len=" + program.size() + "}"));
            case Step.LoadNotifyingSeccomp(var agent, var state, var flags, var program) ->
                notifying(agent, state, flags, program.size());
            case Step.LoadReportingSeccomp(var flags, var program) -> reporting(flags, program.size());
            case Step.BecomeInit() -> List.of(call("rt_sigprocmask", "SIG_SETMASK", "~[]", "NULL", "8"), call("fork"));
            case Step.Execute(var candidates, var arguments, var environment) ->
                execute(candidates, arguments, environment);
            case Step.Collect(var path) ->
                List.of(
                        call("open", path(path), "O_RDONLY|O_CLOEXEC|O_NOFOLLOW"),
                        call("read", "file", "text", "4096"));
            case Step.RemoveDirectory(var path, var _) -> List.of(call("rmdir", path(path)));
            case Step.KeepFile(var path, var mode, var text) ->
                List.of(
                        call("open", path(path), "O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC|O_NOFOLLOW", "0600"),
                        call("write", "file", StepText.quoted(text), number(Utf8.encode(text).length)),
                        call("fchmod", "file", Flags.mode(mode)));
            case Step.KeepProcess(var path, var draft, var number) -> keepProcess(path, draft, number);
            case Step.MakeFifo(var _, var path) ->
                List.of(
                        call("mknod", path(path), "S_IFIFO|0600", "0"),
                        call("open", path(path), "O_RDWR|O_CLOEXEC|O_NOFOLLOW"));
            case Step.Meet() ->
                List.of(call("write", "other side", "note", NOTE), call("recvmsg", "other side", "note", "0"));
            case Step.AwaitStart(var start, var _) ->
                List.of(call("write", "parent", "note", NOTE), call("read", StepText.slot(start), "note", NOTE));
            case Step.AwaitRest _ ->
                List.of(
                        call("getrusage", "RUSAGE_SELF", "usage"),
                        call("write", "parent", "note", NOTE),
                        call("recvmsg", "parent", "note", "0"),
                        call("recvmsg", "socket", "header", "0") + " /* 0: nobody wants the box any more */",
                        call("write", "parent", "note", NOTE),
                        call("mmap", "NULL", "size", "PROT_READ|PROT_WRITE", "MAP_PRIVATE|MAP_ANONYMOUS", "-1", "0"),
                        call("read", "socket", "rest", "size - 32"));
            case Step.Start(var start, var answer, var _) ->
                List.of(
                        call("open", path(answer), "O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_NOFOLLOW"),
                        call("open", path(start), "O_WRONLY|O_NONBLOCK|O_CLOEXEC|O_NOFOLLOW"),
                        call("write", "start", "note", NOTE),
                        call("read", "answer", "note", NOTE) + " /* until it is closed */");
            case Step.FindProgram(var _, var candidates) -> findProgram(candidates);
            case Step.RunHook hook -> runHook(hook);
            case Step.Detach() -> List.of(call("prctl", "PR_SET_PDEATHSIG", "0"));
            case Step.RegisterFormat(var filesystem, var format) ->
                List.of(
                        call("openat", StepText.slot(filesystem), "\"register\"", "O_WRONLY|O_CLOEXEC|O_NOFOLLOW"),
                        call("write", "file", StepText.quoted(format), number(Utf8.encode(format).length)));
            case Step.ServeFiles() ->
                List.of(
                        call("open", path("/"), "O_RDONLY|O_DIRECTORY|O_CLOEXEC"),
                        call("lremovexattr", path("/"), "\"system.posix_acl_default\""),
                        call("read", "0", "requests", "1048576") + " /* and what they ask for, until the last */",
                        call("exit", "0"));
            case Step.OpenSelf _ -> List.of(call("pidfd_open", "self", "0"));
            case Step.OpenProcess(var _, var pid, var _) -> openProcess(pid);
            case Step.SignalProcess(var pid, var _, var signal, var _) -> {
                var calls = new ArrayList<>(openProcess(pid));
                calls.add(call("pidfd_send_signal", "process", number(signal), "NULL", "0"));
                yield calls;
            }
            case Step.AwaitProcess(var pid, var _, var patience) -> {
                var calls = new ArrayList<>(openProcess(pid));
                calls.add(call("poll", "[{fd=process, events=POLLIN}]", "1", number(patience)));
                yield calls;
            }
            case Step.JoinProcess(var process, var namespaces) ->
                List.of(call("setns", StepText.slot(process), Flags.namespaces(namespaces)));
            case Step.PreserveDescriptors(var count) ->
                List.of(call("fcntl", count == 1 ? "3" : "3 to " + (2 + count), "F_SETFD", "0"));
            case Step.CheckPrivileges _ ->
                List.of(
                        call("open", path("/proc/CHILD/status"), "O_RDONLY|O_CLOEXEC"),
                        call("read", "status", "text", "8191"));
            case Step.OwnStreams(var uid) ->
                List.of(call("fchown", "0 to 2", Integer.toUnsignedString(uid), "-1") + " /* but devices */");
        };
    }

    private static List<String> monitor(Step.Monitor monitor) {
        var calls = new ArrayList<String>();
        calls.add(call("fork") + " /* before the first step; the child goes on */");
        calls.add(call("setsid"));
        if (!monitor.log().isEmpty()) {
            calls.add(call(
                    "openat",
                    "directory",
                    path(monitor.log()),
                    "O_WRONLY|O_APPEND|O_CREAT|O_CLOEXEC|O_NOFOLLOW",
                    "0600"));
        }
        if (!monitor.socket().isEmpty()) {
            calls.add(call("socket", "AF_UNIX", "SOCK_SEQPACKET|SOCK_CLOEXEC|SOCK_NONBLOCK", "0"));
            calls.add(call("bind", "socket", "{sun_path=" + path(monitor.socket()) + "}", "110"));
            calls.add(call("listen", "socket", "16"));
        }
        return calls;
    }

    private static List<String> watchMemory(String counter, String control) {
        var calls = new ArrayList<String>();
        calls.add(call("open", path(counter), "O_RDONLY|O_CLOEXEC|O_NOFOLLOW"));
        if (!control.isEmpty()) {
            calls.add(call("eventfd2", "0", "EFD_CLOEXEC|EFD_NONBLOCK"));
            calls.add(call("open", path(control), "O_WRONLY|O_CLOEXEC"));
            calls.add(call("write", "file", "\"EVENTFD COUNTER\"", "15"));
        }
        calls.add(call("pread64", "counter", "text", "1023", "0") + " /* again whenever it has changed */");
        return calls;
    }

    private static List<String> isOf(String owner, String name) {
        return List.of(
                call("openat", "directory", path(name), "O_RDONLY|O_NOFOLLOW|O_NONBLOCK|O_CLOEXEC"),
                call("read", "file", "text", number(Utf8.encode(owner).length + 1)) + " /* else it isn't taken */");
    }

    private static List<String> netlinkIn(Slot process, List<String> calls) {
        var there = new ArrayList<>(calls);
        there.addFirst(call("setns", process.toString(), "CLONE_NEWNET"));
        there.addFirst(call("open", path("/proc/thread-self/ns/net"), "O_RDONLY|O_CLOEXEC"));
        there.add(3, call("setns", "home", "CLONE_NEWNET"));
        return there;
    }

    private static List<String> netlink(int protocol, List<Integer> request) {
        return request.isEmpty()
                ? List.of()
                : List.of(
                        call("socket", "AF_NETLINK", "SOCK_RAW|SOCK_CLOEXEC", Flags.netlink(protocol)),
                        call("sendto", "socket", "request", number(4L * request.size()), "0", "{nl_pid=0}", "12"),
                        call("recvfrom", "socket", "answer", "65536", "0", "NULL", "NULL")
                                + " /* until all is acknowledged */");
    }

    private static List<String> joinShared(
            String lock, String directory, List<String> names, String text, List<String> request) {
        var calls = new ArrayList<String>(List.of(
                call("openat", "AT_FDCWD", path(lock), "O_RDONLY|O_DIRECTORY|O_CLOEXEC"),
                call("flock", "lock", "LOCK_EX|LOCK_NB") + " /* until nobody else has it */",
                call("mkdir", path(directory), "0755"),
                call("openat", "AT_FDCWD", path(directory), "O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC")));
        for (String name : names) {
            calls.add(call("openat", "directory", path(name), "O_WRONLY|O_CREAT|O_EXCL|O_CLOEXEC|O_NOFOLLOW", "0600"));
            calls.add(call("write", "file", StepText.quoted(text), number(Utf8.encode(text).length)));
            calls.add(call("fchmod", "file", "0644"));
        }
        calls.addAll(request);
        return calls;
    }

    private static List<String> keepProcess(String path, String draft, boolean number) {
        var calls = new ArrayList<String>();
        if (!number) {
            calls.add(call("open", path("/proc/CHILD/stat"), "O_RDONLY|O_CLOEXEC"));
            calls.add(call("read", "stat", "text", "1024"));
        }
        calls.add(call("open", path(draft), "O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC|O_NOFOLLOW", "0644"));
        calls.add(call("write", "file", "text", "size"));
        calls.add(call("rename", path(draft), path(path)));
        return calls;
    }

    private static List<String> findProgram(List<String> candidates) {
        var calls = new ArrayList<String>();
        for (String candidate : candidates) {
            calls.add(call("stat", path(candidate), "{}"));
            calls.add(when("that is there", call("faccessat2", "AT_FDCWD", path(candidate), "X_OK", "AT_EACCESS")));
        }
        return calls;
    }

    private static List<String> runHook(Step.RunHook hook) {
        var calls = new ArrayList<String>();
        calls.add(call("memfd_create", "\"state\"", "MFD_CLOEXEC"));
        calls.add(call("write", "state", StepText.quoted(hook.before()), "size"));
        calls.add(call("fork"));
        if (!hook.directory().isEmpty()) {
            calls.add(call("chdir", path(hook.directory())));
        }
        calls.add(call("execve", path(hook.path()), "arguments", "environment"));
        calls.add(call("waitpid", "hook", "{}", "0"));
        return calls;
    }

    private static List<String> openProcess(int pid) {
        return List.of(
                call("pidfd_open", number(pid), "0"),
                call("open", path("/proc/" + pid + "/stat"), "O_RDONLY|O_CLOEXEC"),
                call("read", "stat", "text", "1023"));
    }

    private static List<String> cloning(long namespaces, String cgroup, Slot users, Slot process, long joined) {
        var calls = new ArrayList<String>();
        if (!cgroup.isEmpty()) {
            calls.add(call("open", path(cgroup), "O_PATH|O_DIRECTORY|O_CLOEXEC"));
        }
        boolean sibling = !users.equals(Slot.HOST) || !process.equals(Slot.HOST);
        if (sibling) {
            calls.add(call("fork"));
        }
        if (!users.equals(Slot.HOST)) {
            calls.add(call("setns", StepText.slot(users), "CLONE_NEWUSER"));
        }
        if (!process.equals(Slot.HOST)) {
            calls.add(call("setns", StepText.slot(process), Flags.namespaces(joined)));
        }
        calls.add(call(
                "clone3",
                "{flags=" + Flags.namespaces(namespaces) + "|CLONE_PIDFD" + (sibling ? "|CLONE_PARENT" : "")
                        + (cgroup.isEmpty() ? "" : "|CLONE_INTO_CGROUP")
                        + (sibling ? "" : ", exit_signal=SIGCHLD")
                        + (cgroup.isEmpty() ? "}" : ", cgroup=cgroup}")));
        return calls;
    }

    private static List<String> bindDevice(Slot root, String path, String host) {
        var calls = new ArrayList<String>();
        calls.add(call("open", path(host), "O_PATH|O_CLOEXEC|O_NOFOLLOW"));
        calls.add(call("fstat", "device", "{}"));
        calls.add(openTree("device", false));
        parents(root, path, calls);
        String name = path(lastName(path));
        calls.add(call("openat", "parent", name, "O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC", "0666"));
        calls.add(when("it is there", call("openat", "parent", name, "O_PATH|O_NOFOLLOW|O_CLOEXEC")));
        calls.add(attachTo("tree", "file"));
        return calls;
    }

    private static List<String> moveInterface(int index, String name, int number) {
        return List.of(
                call("socket", "AF_NETLINK", "SOCK_RAW|SOCK_CLOEXEC", "NETLINK_ROUTE"),
                call(
                        "sendto",
                        "socket",
                        "[{nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK}, {ifi_index=" + index
                                + "}, [IFLA_NET_NS_PID=CHILD, IFLA_NEW_IFINDEX=" + number + ", IFLA_IFNAME="
                                + path(name) + "]]",
                        "68",
                        "0",
                        "{nl_pid=0}",
                        "12"),
                call("recvfrom", "socket", "answer", "65536", "0", "NULL", "NULL")
                        + " /* until all is acknowledged */");
    }

    /// Opens the directory that holds the last name of a path, making what is missing on the way.
    private static void parents(Slot root, String path, List<String> calls) {
        calls.add(openBelow(root, "/", "O_PATH|O_DIRECTORY"));
        for (int slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String parent = path.substring(0, slash);
            calls.add(openBelow(root, parent, "O_PATH|O_DIRECTORY"));
            calls.add(when("that is missing", call("mkdirat", "parent", path(lastName(parent)), "0755")));
            calls.add(when("that is missing", openBelow(root, parent, "O_PATH|O_DIRECTORY")));
        }
    }

    private static List<String> joining(long kind, String path, Slot users, boolean others, boolean stays) {
        var calls = new ArrayList<>(openNamespace(path));
        if (others) {
            calls.add(call("fstat", "namespace", "{}"));
            calls.add(call("stat", path("/proc/self/ns/" + Flags.namespaceFile(kind)), "{}"));
        }
        if (!users.equals(Slot.HOST)) {
            calls.add(call("ioctl", "namespace", "NS_GET_USERNS"));
        }
        if (!stays) {
            calls.add(call("open", path("/proc/self/ns/" + Flags.namespaceFile(kind)), "O_RDONLY|O_CLOEXEC"));
        }
        calls.add(call("setns", "namespace", Flags.namespaces(kind)));
        return calls;
    }

    private static List<String> openNamespace(String path) {
        return List.of(
                call("open", path(path), "O_RDONLY|O_NONBLOCK|O_CLOEXEC"), call("ioctl", "namespace", "NS_GET_NSTYPE"));
    }

    private static List<String> newIdMap(String uids, String gids) {
        var calls = new ArrayList<String>();
        calls.add(call("clone3", "{flags=CLONE_NEWUSER, exit_signal=SIGCHLD}"));
        calls.addAll(writeProc("HOLDER", "uid_map", uids));
        calls.addAll(writeProc("HOLDER", "gid_map", gids));
        calls.add(call("open", path("/proc/HOLDER/ns/user"), "O_RDONLY|O_CLOEXEC"));
        calls.add(call("fstatfs", "file", "{}"));
        calls.add(call("kill", "HOLDER", "SIGKILL"));
        calls.add(call("wait4", "HOLDER", "NULL", "0", "NULL"));
        return calls;
    }

    private static List<String> killGroup(String path, boolean unified) {
        var calls = new ArrayList<String>();
        calls.add(call("open", path(path), "O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC"));
        if (unified) {
            calls.addAll(writeIn("cgroup.kill", "1"));
            return calls;
        }
        calls.add(call("openat", "group", path("cgroup.procs"), "O_RDONLY|O_NOFOLLOW|O_CLOEXEC"));
        calls.addAll(writeIn("freezer.state", "FROZEN"));
        calls.add(call("pread64", "list", "text", "4096", "0"));
        for (String call : List.of(
                call("pidfd_open", "PID", "0"),
                call("pread64", "list", "text", "4096", "0"),
                call("pidfd_send_signal", "pidfd", "SIGKILL", "NULL", "0"))) {
            calls.add(call + " /* if there is a process */");
        }
        calls.addAll(writeIn("freezer.state", "THAWED"));
        return calls;
    }

    private static List<String> loadDeviceProgram(String group, int size, boolean replace) {
        var calls = new ArrayList<String>();
        calls.add(call("open", path(group), "O_RDONLY|O_DIRECTORY|O_CLOEXEC"));
        calls.add(call("bpf", "BPF_PROG_LOAD", "{prog_type=BPF_PROG_TYPE_CGROUP_DEVICE, insn_cnt=" + size + "}"));
        if (replace) {
            calls.add(call("bpf", "BPF_PROG_QUERY", "{target_fd=group, attach_type=BPF_CGROUP_DEVICE}"));
            for (String call : List.of(
                    call("bpf", "BPF_PROG_GET_FD_BY_ID", "{prog_id=ID}"),
                    call("bpf", "BPF_OBJ_GET_INFO_BY_FD", "{bpf_fd=before}"))) {
                calls.add(call + " /* if there is one */");
            }
        }
        calls.add(call(
                "bpf",
                "BPF_PROG_ATTACH",
                "{target_fd=group, attach_bpf_fd=program, attach_type=BPF_CGROUP_DEVICE, attach_flags=BPF_F_ALLOW_MULTI"
                        + (replace ? "|BPF_F_REPLACE, replace_bpf_fd=before}" : "}")));
        return calls;
    }

    private static List<String> freezeGroup(String path, boolean unified, boolean frozen) {
        String file = unified ? "cgroup.freeze" : "freezer.state";
        String text = unified ? frozen ? "1" : "0" : frozen ? "FROZEN" : "THAWED";
        var calls = new ArrayList<String>();
        calls.add(call("open", path(path), "O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC"));
        calls.addAll(writeIn(file, text));
        calls.add(call("openat", "group", path(unified ? "cgroup.events" : file), "O_RDONLY|O_NOFOLLOW|O_CLOEXEC"));
        calls.add(call("read", "file", "text", "255") + " /* until it says so */");
        return calls;
    }

    private static List<String> signalGroup(String path, int signal) {
        var calls = new ArrayList<String>();
        calls.add(call("open", path(path), "O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC"));
        calls.add(call("openat", "group", path("cgroup.procs"), "O_RDONLY|O_NOFOLLOW|O_CLOEXEC"));
        calls.add(call("pread64", "list", "text", "4096", "0"));
        for (String call : List.of(
                call("pidfd_open", "PID", "0"),
                call("pread64", "list", "text", "4096", "0"),
                call("pidfd_send_signal", "pidfd", number(signal), "NULL", "0"))) {
            calls.add(call + " /* if there is a process */");
        }
        calls.add(call("getdents64", "group", "entries", "1024"));
        return calls;
    }

    private static List<String> giveGroup(String path, String uid, List<String> files) {
        var calls = new ArrayList<String>();
        calls.add(call("open", path(path), "O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC"));
        calls.add(call("fchown", "group", uid, "-1"));
        for (String file : files) {
            calls.add(call("fchownat", "group", path(file), uid, "-1", "AT_SYMLINK_NOFOLLOW"));
        }
        return calls;
    }

    private static List<String> writeIn(String file, String text) {
        return List.of(
                call("openat", "group", path(file), "O_WRONLY|O_NOFOLLOW|O_CLOEXEC"),
                call("write", "file", StepText.quoted(text), number(text.length())));
    }

    private static String sendDescriptor(String connection, String descriptor, List<String> text) {
        String message = "{msg_iov=" + StepText.quoted(StepText.naming(text)) + ", msg_control=" + descriptor + "}";
        return call("sendmsg", connection, message, "MSG_NOSIGNAL");
    }

    private static List<String> notifying(Slot agent, List<String> state, int flags, int size) {
        var calls = new ArrayList<>(listening(flags, size));
        calls.add(sendDescriptor(StepText.slot(agent), "listener", state) + " /* by the other thread */");
        return calls;
    }

    private static List<String> reporting(int flags, int size) {
        var calls = new ArrayList<>(listening(flags, size));
        calls.add(call("sendmsg", "parent", "{msg_iov=note, msg_control=listener}", "MSG_NOSIGNAL")
                + " /* by the other thread, as is the next */");
        calls.add(call("recvmsg", "parent", "note", "0"));
        return calls;
    }

    /// What makes a listener, while another thread waits for it.
    private static List<String> listening(int flags, int size) {
        String listening = flags == 0 ? "" : Flags.seccomp(flags) + "|";
        return List.of(
                call(
                        "mmap",
                        "NULL",
                        "262144",
                        "PROT_READ|PROT_WRITE",
                        "MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK",
                        "-1",
                        "0"),
                call(
                        "clone",
                        "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_CHILD_CLEARTID"),
                call(
                        "seccomp",
                        "SECCOMP_SET_MODE_FILTER",
                        listening + "SECCOMP_FILTER_FLAG_NEW_LISTENER",
                        "{len=" + size + "}"));
    }

    private static List<String> runProgram(String path, List<String> arguments, int box) {
        return List.of(
                call("fork"),
                "execve(" + path(path) + ", ["
                        + String.join(
                                ", ",
                                StepText.onBox(arguments, box).stream()
                                        .map(StepText::quoted)
                                        .toList())
                        + "], [\"PATH=/usr/sbin:/usr/bin:/sbin:/bin\"])",
                call("read", "words", "text", "256"),
                call("wait4", "PROGRAM", "{}", "0", "NULL"));
    }

    private static List<String> writeProc(String process, String file, String text) {
        return List.of(
                call("open", path("/proc/" + process + "/" + file), "O_WRONLY|O_CLOEXEC"),
                call("fstatfs", "file", "{}"),
                call("write", "file", StepText.quoted(text), number(Utf8.encode(text).length)));
    }

    private static List<String> newFilesystem(String type, List<String> options, long attributes) {
        var calls = new ArrayList<String>();
        calls.add(call("fsopen", path(type), "FSOPEN_CLOEXEC"));
        for (String option : options) {
            int equals = option.indexOf('=');
            calls.add(
                    equals < 0
                            ? call("fsconfig", "fs", "FSCONFIG_SET_FLAG", path(option), "NULL", "0")
                            : call(
                                    "fsconfig",
                                    "fs",
                                    "FSCONFIG_SET_STRING",
                                    path(option.substring(0, equals)),
                                    path(option.substring(equals + 1)),
                                    "0"));
        }
        calls.add(call("fsconfig", "fs", "FSCONFIG_CMD_CREATE", "NULL", "NULL", "0"));
        calls.add(call("fsmount", "fs", "FSMOUNT_CLOEXEC", Flags.mountAttributes(attributes)));
        return calls;
    }

    private static List<String> attach(Slot mount, Slot target, String path, boolean symlinks, boolean nofollow) {
        if (target.equals(Slot.HOST)) {
            return List.of(call(
                    "move_mount", StepText.slot(mount), "\"\"", "AT_FDCWD", path(path), "MOVE_MOUNT_F_EMPTY_PATH"));
        }
        return List.of(
                call(
                        "openat2",
                        StepText.slot(target),
                        path(path),
                        "{flags=O_PATH" + (nofollow ? "|O_NOFOLLOW" : "") + "|O_CLOEXEC" + BELOW
                                + (symlinks ? "" : "|RESOLVE_NO_SYMLINKS") + "}"),
                attachTo(StepText.slot(mount), "path"));
    }

    private static List<String> makeMountPoint(Slot root, String path, Slot mount, boolean nofollow) {
        var calls = new ArrayList<String>();
        String missing = "it is missing";
        calls.add(openBelow(root, path, nofollow ? "O_PATH|O_NOFOLLOW" : "O_PATH"));
        calls.add(when(missing, openBelow(root, "/", "O_PATH|O_DIRECTORY")));
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        for (int slash = path.indexOf('/', 1); slash >= 0 && slash < end; slash = path.indexOf('/', slash + 1)) {
            String parent = path.substring(0, slash);
            calls.add(when(missing, openBelow(root, parent, "O_PATH|O_DIRECTORY")));
            calls.add(when("that is missing", call("mkdirat", "parent", path(lastName(parent)), "0755")));
            calls.add(when("that is missing", openBelow(root, parent, "O_PATH|O_DIRECTORY")));
        }
        String name = path(lastName(path.substring(0, end)));
        String link = when(
                "it is a link that leads nowhere; all again then for where it leads",
                call("readlinkat", "parent", name, "target", "4095"));
        if (mount.equals(Slot.HOST)) {
            calls.add(when(missing, call("mkdirat", "parent", name, "0755")));
            calls.add(link);
            return calls;
        }
        String slot = StepText.slot(mount);
        calls.add(when(missing, call("fstat", slot, "{}")));
        calls.add(when(missing + " and " + slot + " is a directory", call("mkdirat", "parent", name, "0755")));
        calls.add(when(
                missing + " and " + slot + " is a file",
                call("openat", "parent", name, "O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC", "0644")));
        calls.add(link);
        return calls;
    }

    private static List<String> copyDirectory(Slot from, String path, Slot to, boolean contents) {
        String there = "it is there";
        var calls = new ArrayList<String>();
        calls.add(
                from.equals(Slot.HOST)
                        ? call("open", path(path), "O_RDONLY|O_DIRECTORY|O_CLOEXEC")
                        : openBelow(from, path, "O_RDONLY|O_DIRECTORY"));
        calls.add(when(there, call("openat", StepText.slot(to), "\".\"", "O_RDONLY|O_DIRECTORY|O_CLOEXEC")));
        calls.add(when(there, call("fstat", "directory", "{}")));
        calls.add(when(there, call("fchown", "copy", "uid", "gid")));
        calls.add(when(there, call("fchmod", "copy", "mode")));
        if (contents) {
            calls.add(call("getdents64", "directory", "names", "4096")
                    + " /* if it is there; then for each name what copies it */");
        }
        return calls;
    }

    private static List<String> guardStreams() {
        var calls = new ArrayList<String>();
        calls.add(call("fstat", "1", "{}"));
        for (int fd = 0; fd <= 2; fd++) {
            String stream = number(fd);
            calls.add(call("fstat", stream, "{}"));
            for (String call : List.of(
                    call(
                            "openat2",
                            StepText.slot(Slot.DEV),
                            path("null"),
                            "{flags=O_RDWR|O_NOCTTY|O_CLOEXEC" + BELOW + "|RESOLVE_NO_SYMLINKS}"),
                    call("dup2", "file", stream))) {
                calls.add(call + " /* if it is /dev/null, and the box has its own */");
            }
            for (String call : List.of(
                    call("pipe2", "pipe", "O_CLOEXEC"),
                    call("dup2", "pipe", stream),
                    call("sendmsg", "parent", "{msg_control=pipe}", "MSG_NOSIGNAL"))) {
                calls.add(call + " /* if it is a terminal, file or device */");
            }
        }
        calls.add(call("dup2", "1", "2") + " /* if both are the same */");
        return calls;
    }

    private static List<String> openConsole(Slot pts, int rows, int columns, int owner, Slot receiver) {
        var calls = new ArrayList<String>();
        calls.add(call("fstatfs", StepText.slot(pts), "{}"));
        calls.add(call("openat", StepText.slot(pts), "\"ptmx\"", "O_RDWR|O_NOCTTY|O_CLOEXEC|O_NOFOLLOW"));
        calls.add(call("ioctl", "master", "TIOCSPTLCK", "[0]"));
        calls.add(call("ioctl", "master", "TIOCGPTPEER", "O_RDWR|O_NOCTTY|O_CLOEXEC"));
        if (rows != 0) {
            calls.add(call("ioctl", "master", "TIOCSWINSZ", "{ws_row=" + rows + ", ws_col=" + columns + "}"));
        }
        calls.add(call("fchown", "terminal", Integer.toUnsignedString(owner), "-1"));
        for (int fd = 0; fd <= 2; fd++) {
            calls.add(call("dup2", "terminal", number(fd)));
        }
        String to = receiver.equals(Slot.HOST) ? "parent" : StepText.slot(receiver);
        calls.add(call("sendmsg", to, "{msg_control=master}", "MSG_NOSIGNAL"));
        return calls;
    }

    private static List<String> makeNode(Slot root, String path, int mode, int major, int minor, int uid, int gid) {
        var calls = new ArrayList<String>();
        parents(root, path, calls);
        String name = path(lastName(path));
        calls.add(call("umask", "0"));
        calls.add(call("mknodat", "parent", name, Flags.nodeMode(mode), "makedev(" + major + ", " + minor + ")"));
        calls.add(call("umask", "before"));
        calls.add(when("it is there", call("fstatat", "parent", name, "{}", "AT_SYMLINK_NOFOLLOW")));
        String owner = Integer.toUnsignedString(uid);
        String group = Integer.toUnsignedString(gid);
        calls.add(when("it was made", call("fchownat", "parent", name, owner, group, "AT_SYMLINK_NOFOLLOW")));
        return calls;
    }

    private static List<String> limitBoundingSet(long keep) {
        var calls = new ArrayList<String>();
        for (int number = 0; number < Flags.CAPABILITIES.size(); number++) {
            if ((keep >> number & 1) == 0) {
                calls.add(call("prctl", "PR_CAPBSET_DROP", Flags.capability(number), "0", "0", "0"));
            }
        }
        String next = call("prctl", "PR_CAPBSET_DROP", number(Flags.CAPABILITIES.size()), "0", "0", "0");
        calls.add(next + " /* and on, until the kernel says that there is no such capability */");
        return calls;
    }

    private static List<String> setUser(int uid, int gid, List<Integer> groups, boolean keepGroups) {
        var list = new StringBuilder();
        for (int group : groups) {
            list.append(list.isEmpty() ? "" : ", ").append(Integer.toUnsignedString(group));
        }
        String user = Integer.toUnsignedString(uid);
        String group = Integer.toUnsignedString(gid);
        var calls = new ArrayList<String>();
        calls.add(call("prctl", "PR_SET_KEEPCAPS", "1", "0", "0", "0"));
        if (!keepGroups) {
            calls.add(call("setgroups", number(groups.size()), "[" + list + "]"));
        }
        calls.add(call("setresgid", group, group, group));
        calls.add(call("setresuid", user, user, user));
        calls.add(call("prctl", "PR_SET_PDEATHSIG", "SIGKILL", "0", "0", "0"));
        return calls;
    }

    private static List<String> raiseAmbient(long capabilities) {
        var calls = new ArrayList<String>();
        for (int number = 0; number < 64; number++) {
            if ((capabilities >> number & 1) != 0) {
                calls.add(call("prctl", "PR_CAP_AMBIENT", "PR_CAP_AMBIENT_RAISE", Flags.capability(number), "0", "0"));
            }
        }
        return calls;
    }

    private static List<String> execute(List<String> candidates, List<String> arguments, List<String> environment) {
        var calls = new ArrayList<String>();
        calls.add(call("rt_sigprocmask", "SIG_SETMASK", "[]", "NULL", "8"));
        String vectors = array(arguments) + ", " + array(environment);
        for (int i = 0; i < candidates.size(); i++) {
            String call = call("execve", path(candidates.get(i)), vectors);
            calls.add(i == 0 ? call : when("it isn't there", call));
        }
        return calls;
    }

    private static String openBelow(Slot slot, String path, String flags) {
        return call("openat2", StepText.slot(slot), path(path), "{flags=" + flags + "|O_CLOEXEC" + BELOW + "}");
    }

    private static String openTree(String descriptor, boolean recursive) {
        String flags = "AT_EMPTY_PATH|OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC";
        return call("open_tree", descriptor, "\"\"", recursive ? flags + "|AT_RECURSIVE" : flags);
    }

    private static String setAttributes(String descriptor, long set, long clear, long propagation, boolean recursive) {
        return call(
                "mount_setattr",
                descriptor,
                "\"\"",
                recursive ? "AT_EMPTY_PATH|AT_RECURSIVE" : "AT_EMPTY_PATH",
                "{attr_set=" + Flags.mountAttributes(set) + ", attr_clr=" + Flags.mountAttributes(clear)
                        + ", propagation=" + Flags.propagation(propagation) + "}");
    }

    private static String attachTo(String mount, String target) {
        return call("move_mount", mount, "\"\"", target, "\"\"", "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH");
    }

    private static String named(String name, String value) {
        return call(name, path(value), number(Utf8.encode(value).length));
    }

    private static List<String> removeTree(String path, String unless) {
        var calls = new ArrayList<>(List.of(call("open", path(path), "O_RDONLY|O_DIRECTORY|O_CLOEXEC|O_NOFOLLOW")));
        if (!unless.isEmpty()) {
            calls.add(call("faccessat", "directory", path(unless), "F_OK", "AT_SYMLINK_NOFOLLOW")
                    + " /* then nothing more */");
        }
        calls.addAll(List.of(
                call("getdents64", "directory", "entries", "2048"),
                call("unlinkat", "directory", "name", "0") + " /* and of what can't be, what is in it */",
                call("rmdir", path(path))));
        return calls;
    }

    private static String call(String name, String... arguments) {
        return name + "(" + String.join(", ", arguments) + ")";
    }

    private static String when(String condition, String call) {
        return call + " /* if " + condition + " */";
    }

    private static String path(String path) {
        return StepText.quoted(path);
    }

    private static String number(long number) {
        return Long.toString(number);
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String limit(long value) {
        return value == -1 ? "RLIM64_INFINITY" : Long.toUnsignedString(value);
    }

    private static String mask(long capabilities) {
        var bits = new StringBuilder();
        for (int number = 0; number < 64; number++) {
            if ((capabilities >> number & 1) != 0) {
                bits.append(bits.isEmpty() ? "1<<" : "|1<<").append(Flags.capability(number));
            }
        }
        return bits.isEmpty() ? "0" : bits.toString();
    }

    private static String array(List<String> strings) {
        var out = new StringBuilder("[");
        for (String string : strings) {
            out.append(out.length() == 1 ? "" : ", ").append(path(string));
        }
        return out.append(']').toString();
    }
}
