package io.carafe.sandbox.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A step as a short line for people, in the kernel's words: `attach mount at /proc`.
public final class StepText {
    private StepText() {}

    public static String of(Step step) {
        return switch (step) {
            case Step.MakeDirectory(var path, var mode, var shared) ->
                "make directory " + word(path) + ", mode " + Flags.mode(mode) + (shared ? ", if it is missing" : "");
            case Step.WriteFile(var path, var text) -> "write " + word(text) + " to " + word(path);
            case Step.WriteIn(var directory, var path, var text) ->
                "write " + word(text) + " to " + word(path) + below(directory);
            case Step.Clone(var namespaces, var cgroup, var users, var process, var joined) ->
                "clone a process"
                        + (namespaces == 0
                                ? ""
                                : " into new " + Flags.namespaceWords(namespaces)
                                        + plural(" namespace", Flags.count(namespaces)))
                        + (cgroup.isEmpty() ? "" : (namespaces == 0 ? " into" : " and") + " cgroup " + word(cgroup))
                        + (users.equals(Slot.HOST) ? "" : ", born in user namespace " + slot(users))
                        + (process.equals(Slot.HOST)
                                ? ""
                                : ", born in the " + Flags.namespaceWords(joined)
                                        + plural(" namespace", Flags.count(joined))
                                        + " of " + slot(process));
            case Step.Unshare(var namespaces) ->
                "unshare " + Flags.namespaceWords(namespaces) + plural(" namespace", Flags.count(namespaces));
            case Step.SetPropagation(var propagation) ->
                "make / and all mounts below it " + Flags.propagationWords(propagation);
            case Step.NewFilesystem(var result, var type, var options, var attributes) ->
                "make file system " + type + options(options, attributes) + as(result);
            case Step.CloneTree(var result, var from, var path, var recursive, var nofollow) ->
                "clone mount " + word(path) + (nofollow ? ", or the link there," : "") + below(from)
                        + (recursive ? " and all below it" : "") + as(result);
            case Step.OpenDevice(var result, var path, var major, var minor) ->
                "open device " + word(path) + as(result) + ", which must be c " + major + ":" + minor;
            case Step.OpenDirectory(var result, var from, var path) ->
                "open directory " + word(path) + below(from) + as(result);
            case Step.SetMountAttributes(var mount, var set, var clear, var propagation, var recursive) ->
                "make " + slot(mount) + (recursive ? " and all below it" : "") + attributes(set, clear, propagation);
            case Step.ReportUpper(var from, var path) ->
                "send the directory " + word(path) + below(from) + " to who performs the plan";
            case Step.AttachMount(var mount, var target, var path, var _, var nofollow) ->
                "attach " + slot(mount) + " at " + word(path) + (nofollow ? ", or the link there" : "")
                        + (target.equals(Slot.ROOT) ? "" : below(target));
            case Step.EnterDirectory(var directory) -> "enter directory " + slot(directory);
            case Step.MakeDirectoryIn(var directory, var name, var mode) ->
                "make directory " + word(name) + below(directory) + ", mode " + Flags.mode(mode);
            case Step.MakeDevice(var directory, var name, var mode, var major, var minor) ->
                "make device " + word(name) + below(directory) + ", c " + major + ":" + minor + ", mode "
                        + Flags.mode(mode);
            case Step.MakeNode(var root, var path, var mode, var major, var minor, var uid, var gid) ->
                "make device " + word(path) + (root.equals(Slot.ROOT) ? "" : below(root)) + ", "
                        + Flags.device(mode, major, minor)
                        + ", mode " + Flags.mode(mode & 0777) + ", owner " + Integer.toUnsignedString(uid) + ":"
                        + Integer.toUnsignedString(gid);
            case Step.LoadDeviceProgram(var group, var program, var replace) ->
                "attach a device program of " + program.size() + plural(" instruction", program.size()) + " to "
                        + word(group) + (replace ? " in place of the one before" : "");
            case Step.MakeGroup(var path) -> "make group " + word(path) + " if it is missing";
            case Step.RemoveGroup(var path, var _, var shared) ->
                "remove group " + word(path) + (shared ? " if it is empty" : " and all below it");
            case Step.FreezeGroup(var path, var _, var frozen, var _) -> (frozen ? "freeze " : "thaw ") + word(path);
            case Step.SignalGroup(var path, var signal) ->
                "send signal " + signal + " to every process in " + word(path);
            case Step.GiveGroup(var path, var uid, var files) ->
                "give group " + word(path) + " to user " + Integer.toUnsignedString(uid) + ", with " + words(files);
            case Step.CallBus(var socket, var _, var _, var _, var _, var job, var _, var _, var what) ->
                "ask at " + word(socket) + " to " + what + (job ? ", and wait until it is done" : "");
            case Step.MakeSymlink(var directory, var name, var target, var missing) ->
                "make symlink " + word(name) + below(directory) + " to " + word(target)
                        + (missing ? " if nothing is there" : "");
            case Step.MakeFile(var directory, var name, var mode, var text) ->
                "make file " + word(name) + below(directory) + ", mode " + Flags.mode(mode) + ", of "
                        + Utf8.encode(text).length + " bytes";
            case Step.CopyDirectory(var from, var path, var to, var contents) ->
                "copy owner" + (contents ? ", mode and contents of " : " and mode of ") + word(path) + below(from)
                        + " to " + slot(to);
            case Step.MakeMountPoint(var root, var path, var mount, var _) ->
                (mount.equals(Slot.HOST) ? "make directory " : "make mount point ")
                        + word(path)
                        + (root.equals(Slot.ROOT) ? "" : below(root))
                        + " if it is missing";
            case Step.Mask(var _, var path) -> "mask " + word(path);
            case Step.MakeReadOnly(var _, var path) -> "make " + word(path) + " and all below it read-only";
            case Step.PivotRoot(var root) -> "pivot root to " + slot(root);
            case Step.MoveRoot(var root) -> "move " + slot(root) + " over /, and change root to it";
            case Step.RemoveFile(var path) -> "remove file " + word(path);
            case Step.RemoveTree(var path, var unless) ->
                "remove directory " + word(path) + " and all that is in it"
                        + (unless.isEmpty() ? "" : ", unless " + word(unless) + " is in it");
            case Step.AppendLine(var path, var pieces) -> "add a line to " + word(path) + ": " + line(pieces);
            case Step.WatchMemory(var counter, var _, var path, var pieces) ->
                "whenever " + word(counter) + " counts one more process killed for want of memory, add a line to "
                        + word(path) + ": " + line(pieces);
            case Step.Monitor monitor -> monitor(monitor);
            case Step.Attach(var socket, var streams, var _, var _) ->
                streams == 0
                        ? "wait for the end of what is behind " + word(socket)
                        : "attach the caller's " + streams(streams) + " to " + word(socket);
            case Step.TakeMount(var result, var number) ->
                "take over mount " + number + " of the caller's" + as(result);
            case Step.CloneBelow(var result, var directory, var path, var recursive) ->
                "clone " + word(path) + " below the host's " + word(directory)
                        + (recursive ? " and all below it" : "")
                        + as(result);
            case Step.GiveTree(var mount, var uid, var gid) ->
                "give all of " + slot(mount) + " to user " + Integer.toUnsignedString(uid) + ", group "
                        + Integer.toUnsignedString(gid);
            case Step.MakeSecret(var directory, var name, var mode, var uid, var gid, var value) ->
                "make secret " + word(name) + below(directory) + ", mode " + Flags.mode(mode) + ", owner "
                        + Integer.toUnsignedString(uid) + ":" + Integer.toUnsignedString(gid) + ", of " + value.length()
                        + plural(" byte", value.length()) + ", which are not shown";
            case Step.LockDirectory(var path, var box, var shared, var _) ->
                "lock directory " + word(path) + (shared ? " with others" : "")
                        + (box ? "" : " until the executor ends");
            case Step.UnmountTop() -> "unmount the topmost mount of the working directory";
            case Step.ChangeDirectory(var path) -> "change directory to " + word(path);
            case Step.SetHostName(var name) -> "set host name " + word(name);
            case Step.SetDomainName(var name) -> "set domain name " + word(name);
            case Step.RaiseLoopback() -> "raise network interface lo";
            case Step.OpenConsole(var pts, var rows, var columns, var owner, var input, var receiver) ->
                "open a terminal" + below(pts)
                        + (rows == 0 ? "" : ", " + columns + "x" + rows)
                        + ", owner " + Integer.toUnsignedString(owner)
                        + ", as standard streams"
                        + (receiver.equals(Slot.HOST) ? "" : ", and send it to " + slot(receiver))
                        + (input ? "" : ", without the caller's input");
            case Step.NewIdMap(var result, var uids, var gids) ->
                "make a user namespace of uids " + map(uids) + " and gids " + map(gids) + as(result);
            case Step.MapIds(var mount, var map, var recursive) ->
                "map the ids of " + slot(mount) + (recursive ? " and all below it" : "") + " by " + slot(map);
            case Step.WriteIdMap(var groups, var map) -> "map the box's " + (groups ? "gids " : "uids ") + map(map);
            case Step.BindDevice(var root, var path, var host, var type, var major, var minor) ->
                "bind device " + word(host) + ", which must be " + Flags.device(type, major, minor) + ", to "
                        + word(path) + (root.equals(Slot.ROOT) ? "" : below(root));
            case Step.JoinNamespace(var kind, var path, var users, var others, var stays) ->
                "join " + Flags.namespaceWords(kind) + " namespace " + word(path)
                        + (others ? ", which must not be the caller's" : "")
                        + (users.equals(Slot.HOST) ? "" : ", which must belong to " + slot(users))
                        + (stays ? ", for good" : "");
            case Step.OpenNamespace(var result, var kind, var path) ->
                "open " + Flags.namespaceWords(kind) + " namespace " + word(path) + as(result);
            case Step.Connect(var result, var path) -> "connect to socket " + word(path) + as(result);
            case Step.SendDescriptor(var connection, var descriptor, var text) ->
                "send " + slot(descriptor) + " to " + slot(connection) + ", with " + word(naming(text));
            case Step.KillGroup(var path, var _, var _) -> "kill every process in " + word(path);
            case Step.SendNetlink(var _, var _, var _, var absent, var what) ->
                "ask the kernel by netlink to " + what + (absent ? ", if it is there" : "");
            case Step.JoinShared(var _, var directory, var names, var _, var _, var request, var what) ->
                "put " + words(names) + " into " + word(directory)
                        + (request.isEmpty() ? "" : ", and ask the kernel by netlink to " + what);
            case Step.SendNetlinkIn(var process, var _, var _, var what) ->
                "ask the kernel by netlink, in the network of " + slot(process) + ", to " + what;
            case Step.UndoKept(var path) -> "undo what " + word(path) + " says, if it is there";
            case Step.LeaveShared leave -> leave(leave);
            case Step.DenySetgroups() -> "deny setgroups(2) to the box";
            case Step.RunProgram(var path, var arguments, var box, var stays, var _) ->
                "run " + word(path) + " " + words(onBox(arguments, box).subList(1, arguments.size()))
                        + (stays ? ", as long as the box runs" : "");
            case Step.GuardStreams(var alone) ->
                "guard the standard streams" + (alone ? ", but for files and terminals" : "");
            case Step.ReadInputFrom(var from, var path) -> "read standard input from " + word(path) + below(from);
            case Step.NewSession(var controllingTerminal) ->
                "start a new session" + (controllingTerminal ? " with a controlling terminal" : "");
            case Step.NewKeyring() -> "join a new session keyring";
            case Step.SetLimit(var resource, var soft, var hard) ->
                "set limit " + Flags.limit(resource) + " to " + limit(soft)
                        + (soft == hard ? "" : ", hard " + limit(hard));
            case Step.SetPersonality(var persona) -> "set personality " + ProcessFlags.personalityWords(persona);
            case Step.SetScheduler scheduler -> "set scheduler " + ProcessFlags.schedulerWords(scheduler);
            case Step.SetIoPriority(var type, var priority) ->
                "set I/O priority " + ProcessFlags.ioPriorityWords(type, priority);
            case Step.SetMemoryPolicy(var mode, var nodes) ->
                "set memory policy " + MemoryFlags.words(mode)
                        + (nodes.isEmpty() ? "" : " of nodes " + MemoryFlags.nodes(nodes));
            case Step.SetAffinity(var processors) -> "run on processors " + MemoryFlags.nodes(processors);
            case Step.SetLabel(var mount, var label) -> "label " + slot(mount) + " " + word(label);
            case Step.MoveInterface(var index, var name, var number) ->
                "move network interface " + index + " to the box, as number " + number + " with the name " + word(name);
            case Step.SetUmask(var mask) -> "set umask " + Flags.mode(mask);
            case Step.LimitBoundingSet(var keep) -> "limit the bounding set to " + Flags.capabilityWords(keep);
            case Step.SetUser(var uid, var gid, var groups, var keepGroups) ->
                "set user " + Integer.toUnsignedString(uid) + ", group " + Integer.toUnsignedString(gid)
                        + (keepGroups ? ", keep the other groups" : groups(groups));
            case Step.SetCapabilities(var effective, var permitted, var inheritable) ->
                "set capabilities " + capabilities(effective, permitted, inheritable);
            case Step.RaiseAmbient(var capabilities) ->
                "raise ambient capabilities " + Flags.capabilityWords(capabilities);
            case Step.NoNewPrivileges() -> "set no_new_privs";
            case Step.NewRuleset(var _, var files, var network, var scopes) ->
                "make a Landlock ruleset for " + LandlockFlags.words(files, network, scopes);
            case Step.AllowBeneath(var _, var _, var path, var access) ->
                "allow beneath " + word(path) + ": " + LandlockFlags.fileWords(access);
            case Step.RestrictSelf(var _) -> "restrict itself to the Landlock ruleset";
            case Step.LoadSeccomp(var _, var program) ->
                "load a seccomp filter of " + program.size() + plural(" instruction", program.size());
            case Step.LoadNotifyingSeccomp(var agent, var _, var _, var program) ->
                "load a seccomp filter of " + program.size() + plural(" instruction", program.size())
                        + ", and send its listener to " + slot(agent);
            case Step.LoadReportingSeccomp(var _, var program) ->
                "load a seccomp filter of " + program.size() + plural(" instruction", program.size())
                        + ", and send its listener to who performs the plan";
            case Step.BecomeInit() -> "fork, stay as init";
            case Step.Execute(var _, var arguments, var _) -> "execute " + words(arguments);
            case Step.RegisterFormat(var filesystem, var format) ->
                "register program format " + word(format) + below(filesystem);
            case Step.ServeFiles() -> "do with files what comes on standard input, and end";
            case Step.Collect(var path) -> "read " + word(path);
            case Step.Unmount(var path, var busy) -> "unmount " + word(path) + (busy ? ", used or not" : "");
            case Step.RemoveDirectory(var path, var _) -> "remove directory " + word(path);
            case Step.KeepFile(var path, var mode, var text) ->
                "make file " + word(path) + ", mode " + Flags.mode(mode) + ", of " + Utf8.encode(text).length
                        + " bytes";
            case Step.KeepProcess(var path, var _, var number) ->
                "write the box's process " + (number ? "id" : "statistics") + " to " + word(path);
            case Step.MakeFifo(var result, var path) -> "make FIFO " + word(path) + as(result);
            case Step.Meet() -> "wait for the other side";
            case Step.AwaitStart(var start, var answer) ->
                "wait until told by " + slot(start) + " to start, and answer to " + slot(answer);
            case Step.AwaitRest _ -> "wait for the rest of the plan";
            case Step.Start(var start, var _, var _) -> "start the box that waits at " + word(start);
            case Step.FindProgram(var name, var _) -> "find program " + word(name);
            case Step.RunHook hook -> "run hook " + word(hook.path()) + (hook.lenient() ? ", which may fail" : "");
            case Step.Detach() -> "live on without the executor";
            case Step.OpenProcess(var result, var pid, var _) -> "open process " + pid + as(result);
            case Step.SignalProcess(var pid, var _, var signal, var lenient) ->
                "send signal " + signal + " to process " + pid + (lenient ? " if it lives" : "");
            case Step.AwaitProcess(var pid, var _, var _) -> "wait for the end of process " + pid;
            case Step.JoinProcess(var process, var namespaces) ->
                "join the " + Flags.namespaceWords(namespaces) + plural(" namespace", Flags.count(namespaces)) + " of "
                        + slot(process);
            case Step.PreserveDescriptors(var count) -> "keep " + count + plural(" more descriptor", count);
            case Step.OpenSelf(var result) -> "open itself as " + slot(result);
            case Step.CheckPrivileges check ->
                "check that the kernel has it with capabilities " + Flags.capabilityWords(check.permitted())
                        + (check.noNewPrivileges() ? ", no_new_privs" : "")
                        + (check.filtered() ? ", a seccomp filter" : "");
            case Step.OwnStreams(var uid) -> "give the standard streams to user " + Integer.toUnsignedString(uid);
        };
    }

    /// Arguments of a program that is run on the box.
    static List<String> onBox(List<String> arguments, int box) {
        var complete = new ArrayList<>(arguments);
        if (box > 0 && box < complete.size()) {
            complete.set(box, "CHILD");
        }
        return complete;
    }

    /// A text with the box's process id in it.
    static String naming(List<String> pieces) {
        return String.join("CHILD", pieces);
    }

    /// What a slot is called: `root`.
    static String slot(Slot slot) {
        return slot.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// A string as it can stand in a line: quoted if it would be read as anything else.
    public static String word(String string) {
        if (string.isEmpty()) {
            return "''";
        }
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c <= ' ' || c == '\'' || c == '"' || c == '\\' || c >= 0x7f) {
                return quoted(string);
            }
        }
        return string;
    }

    /// A text that may quote somebody else's, harmless in a terminal.
    static String plain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                var out = new StringBuilder();
                for (int j = 0; j < text.length(); j++) {
                    character(text.charAt(j), isEscape(text, j), out);
                }
                return out.toString();
            }
        }
        return text;
    }

    /// A string as C writes it.
    static String quoted(String string) {
        var out = new StringBuilder(string.length() + 2).append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> character(c, isEscape(string, i), out);
            }
        }
        return out.append('"').toString();
    }

    /// What would move a terminal's cursor, or is no character at all, is shown as the byte that it stands
    /// for.
    private static void character(char c, boolean escape, StringBuilder out) {
        if (escape || c < ' ' || (c >= 0x7f && c < 0xa0)) {
            String octal = Integer.toOctalString(c & 0xff);
            out.append('\\').append("0".repeat(3 - octal.length())).append(octal);
        } else {
            out.append(c);
        }
    }

    /// Whether the character stands for a byte that is no UTF-8 ([Utf8]).
    static boolean isEscape(String string, int at) {
        char c = string.charAt(at);
        return c >= 0xdc80 && c <= 0xdcff && (at == 0 || !Character.isHighSurrogate(string.charAt(at - 1)));
    }

    private static String monitor(Step.Monitor monitor) {
        var text = new StringBuilder("go into the background and stay with the box")
                .append(monitor.socket().isEmpty() ? "" : ": serve " + word(monitor.socket()))
                .append(monitor.report().isEmpty() ? "" : ", report in " + word(monitor.report()));
        if (!monitor.log().isEmpty()) {
            text.append(", log in ").append(word(monitor.log()));
        }
        if (monitor.logSize() > 0 && !monitor.log().isEmpty()) {
            text.append(" (").append(monitor.logFiles()).append(plural(" file", monitor.logFiles()));
            text.append(" of ").append(monitor.logSize()).append(" bytes)");
        }
        text.append(
                switch (monitor.input()) {
                    case NONE -> "";
                    case ONCE -> ", input of the first attached";
                    case OPEN -> ", input of all attached";
                });
        text.append(monitor.attach() == 0 ? "" : "; the caller's " + streams(monitor.attach()) + " attached");
        if (monitor.tickEvery() > 0) {
            text.append("; every ").append(monitor.tickEvery()).append(" ms: ").append(words(monitor.tick()));
        }
        text.append(monitor.after().isEmpty() ? "" : "; at last: " + words(monitor.after()));
        return text.toString();
    }

    private static String streams(int bits) {
        var words = new ArrayList<String>();
        if ((bits & 1) != 0) {
            words.add("input");
        }
        if ((bits & 2) != 0) {
            words.add("output");
        }
        if ((bits & 4) != 0) {
            words.add("errors");
        }
        return String.join(", ", words);
    }

    private static String line(List<String> pieces) {
        String[] between = {" TIME ", " STATUS "};
        var text = new StringBuilder();
        for (int i = 0; i < pieces.size(); i++) {
            text.append(i > 0 && i <= between.length ? between[i - 1] : "").append(word(pieces.get(i)));
        }
        return text.toString();
    }

    private static String words(List<String> strings) {
        var out = new StringBuilder();
        for (String string : strings) {
            out.append(out.isEmpty() ? "" : " ").append(word(string));
        }
        return out.toString();
    }

    private static String as(Slot result) {
        return result.equals(Slot.MOUNT) ? "" : " as " + slot(result);
    }

    private static String below(Slot slot) {
        return slot.equals(Slot.HOST) ? "" : " in " + slot(slot);
    }

    private static String plural(String noun, int count) {
        return count == 1 ? noun : noun + "s";
    }

    private static String options(List<String> options, long attributes) {
        var words = new StringBuilder(Flags.mountWords(attributes));
        for (String option : options) {
            words.append(words.isEmpty() ? "" : ",").append(plain(option));
        }
        return words.isEmpty() ? "" : " (" + words + ")";
    }

    private static String attributes(long set, long clear, long propagation) {
        var out = new StringBuilder();
        if (set != 0) {
            out.append(' ').append(Flags.mountWords(set));
        }
        if ((clear & Flags.ATIME) != 0 && (set & Flags.ATIME) == 0) {
            out.append(out.isEmpty() ? "" : ",").append(" relatime"); // the field's zero
        }
        if ((clear & ~Flags.ATIME) != 0) {
            out.append(out.isEmpty() ? "" : ",").append(" not ").append(Flags.mountWords(clear & ~Flags.ATIME));
        }
        if (propagation != 0) {
            out.append(out.isEmpty() ? "" : ",").append(' ').append(Flags.propagationWords(propagation));
        }
        return out.toString();
    }

    private static String groups(List<Integer> groups) {
        var out = new StringBuilder();
        for (int group : groups) {
            out.append(out.isEmpty() ? ", also " : " ").append(Integer.toUnsignedString(group));
        }
        return out.toString();
    }

    private static String capabilities(long effective, long permitted, long inheritable) {
        String same = Flags.capabilityWords(permitted);
        return (effective == permitted ? same : same + ", effective " + Flags.capabilityWords(effective))
                + (inheritable == 0 ? "" : ", inheritable " + Flags.capabilityWords(inheritable));
    }

    /// `0:100000:65536`, as the command line has it.
    private static String map(String lines) {
        String line = lines.strip().replace(' ', ':').replace("\n", ", ");
        return line.isEmpty() ? "none" : line;
    }

    private static String limit(long value) {
        return value == -1 ? "unlimited" : Long.toUnsignedString(value);
    }

    private static String leave(Step.LeaveShared leave) {
        String owner = leave.owner().isEmpty() ? "" : " of " + leave.owner();
        String taken = "take " + words(leave.names()) + owner + " out of " + word(leave.directory());
        if (leave.request().isEmpty() && leave.file().isEmpty()) {
            return taken;
        }
        String written = leave.file().isEmpty() ? "" : ", write " + word(leave.text()) + " to " + word(leave.file());
        String when = leave.lingering() == 0 ? "" : ", " + leave.lingering() + " ms later if nobody has joined";
        String asked = leave.request().isEmpty() ? "" : when + ", ask the kernel by netlink to " + leave.what();
        return taken + "; if they were the last" + written + asked;
    }
}
