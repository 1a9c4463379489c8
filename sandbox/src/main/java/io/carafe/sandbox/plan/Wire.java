package io.carafe.sandbox.plan;

import static io.carafe.sandbox.plan.Slot.HOST;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A plan as the executor reads it; `native/wire.h` says the layout. The reasons stay behind.
public final class Wire {
    private Wire() {}

    /// The bytes of a plan.
    ///
    /// @throws IllegalArgumentException for a string with a NUL in it, or a plan over 16 MiB or 4096 steps
    public static byte[] encode(Plan plan) {
        var out = new WireWriter(plan);
        for (Line line : plan.outside()) {
            write(out.step(), line.step());
        }
        for (Line line : plan.inside()) {
            write(out.step(), line.step());
        }
        for (Undo undo : plan.undo()) {
            write(out.step().undoes(undo.after()), undo.step());
        }
        return out.finish();
    }

    /// The plan of some bytes, with empty reasons.
    ///
    /// @throws IllegalArgumentException if they are no plan
    public static Plan decode(ByteBuffer bytes) {
        return new WireReader(bytes).plan();
    }

    private static void write(WireWriter out, Step step) {
        switch (step) {
            case Step.MakeDirectory(var path, var mode, var shared) ->
                out.op(1).string(path).number(mode).number(shared);
            case Step.WriteFile(var path, var text) -> out.op(2).string(path).string(text);
            case Step.Clone(var namespaces, var cgroup, var users, var process, var joined) ->
                out.op(3)
                        .slots(users, process)
                        .string(cgroup)
                        .number(namespaces)
                        .number(joined);
            case Step.Unshare(var namespaces) -> out.op(4).number(namespaces);
            case Step.SetPropagation(var propagation) -> out.op(5).number(propagation);
            case Step.NewFilesystem(var result, var type, var options, var attributes) ->
                out.op(6).slots(result, HOST).string(type).strings(options).number(attributes);
            case Step.CloneTree(var result, var from, var path, var recursive, var nofollow) ->
                out.op(7).slots(result, from).string(path).number(recursive).number(nofollow);
            case Step.OpenDevice(var result, var path, var major, var minor) ->
                out.op(8).slots(result, HOST).string(path).number(major).number(minor);
            case Step.OpenDirectory(var result, var from, var path) ->
                out.op(9).slots(result, from).string(path);
            case Step.SetMountAttributes(var mount, var set, var clear, var propagation, var recursive) ->
                out.op(10)
                        .slots(mount, HOST)
                        .number(set)
                        .number(clear)
                        .number(propagation)
                        .number(recursive);
            case Step.AttachMount(var mount, var target, var path, var symlinks, var nofollow) ->
                out.op(11).slots(mount, target).string(path).number(symlinks).number(nofollow);
            case Step.EnterDirectory(var directory) -> out.op(12).slots(directory, HOST);
            case Step.MakeDirectoryIn(var directory, var name, var mode) ->
                out.op(13).slots(directory, HOST).string(name).number(mode);
            case Step.MakeDevice(var directory, var name, var mode, var major, var minor) ->
                out.op(14)
                        .slots(directory, HOST)
                        .string(name)
                        .number(mode)
                        .number(major)
                        .number(minor);
            case Step.MakeNode(var root, var path, var mode, var major, var minor, var uid, var gid) ->
                out.op(53)
                        .slots(root, HOST)
                        .string(path)
                        .number(mode)
                        .number((long) major << 32 | Integer.toUnsignedLong(minor))
                        .number(Integer.toUnsignedLong(uid))
                        .number(Integer.toUnsignedLong(gid));
            case Step.LoadDeviceProgram(var group, var program, var replace) ->
                out.op(61).string(group).longs(program).number(replace);
            case Step.MakeGroup(var path) -> out.op(86).string(path);
            case Step.RemoveGroup(var path, var patience, var shared) ->
                out.op(87).string(path).number(patience).number(shared);
            case Step.FreezeGroup(var path, var unified, var frozen, var patience) ->
                out.op(88).string(path).number(unified).number(frozen).number(patience);
            case Step.SignalGroup(var path, var signal) ->
                out.op(89).string(path).number(signal);
            case Step.GiveGroup(var path, var uid, var files) ->
                out.op(90).string(path).strings(files).number(Integer.toUnsignedLong(uid));
            case Step.CallBus(
                    var socket,
                    var messages,
                    var size,
                    var box,
                    var serial,
                    var job,
                    var absent,
                    var patience,
                    var what) ->
                out.op(91)
                        .string(socket)
                        .integers(messages)
                        .string(what)
                        .number(Integer.toUnsignedLong(size) | (long) box << 32)
                        .number(Integer.toUnsignedLong(serial) | (job ? 1L << 32 : 0) | (absent ? 1L << 33 : 0))
                        .number(patience);
            case Step.MakeSymlink(var directory, var name, var target, var missing) ->
                out.op(15).slots(directory, HOST).string(name).string(target).number(missing);
            case Step.MakeMountPoint(var root, var path, var mount, var nofollow) ->
                out.op(16).slots(root, mount).string(path).number(nofollow);
            case Step.Mask(var root, var path) -> out.op(17).slots(root, HOST).string(path);
            case Step.MakeReadOnly(var root, var path) ->
                out.op(18).slots(root, HOST).string(path);
            case Step.PivotRoot(var root) -> out.op(19).slots(root, HOST);
            case Step.UnmountTop() -> out.op(20);
            case Step.ChangeDirectory(var path) -> out.op(21).string(path);
            case Step.SetHostName(var name) -> out.op(22).string(name);
            case Step.SetDomainName(var name) -> out.op(23).string(name);
            case Step.RaiseLoopback() -> out.op(24);
            case Step.OpenConsole(var pts, var rows, var columns, var owner, var input, var receiver) ->
                out.op(25)
                        .slots(pts, receiver)
                        .number(rows)
                        .number(columns)
                        .number(owner)
                        .number(input);
            case Step.ReadInputFrom(var from, var path) ->
                out.op(26).slots(from, HOST).string(path);
            case Step.NewSession(var controllingTerminal) -> out.op(27).number(controllingTerminal);
            case Step.NewKeyring() -> out.op(28);
            case Step.SetLimit(var resource, var soft, var hard) ->
                out.op(29).number(resource).number(soft).number(hard);
            case Step.SetUmask(var mask) -> out.op(30).number(mask);
            case Step.LimitBoundingSet(var keep) -> out.op(31).number(keep);
            case Step.SetUser(var uid, var gid, var groups, var keepGroups) ->
                out.op(32)
                        .integers(groups)
                        .number(Integer.toUnsignedLong(uid))
                        .number(Integer.toUnsignedLong(gid))
                        .number(keepGroups);
            case Step.SetCapabilities(var effective, var permitted, var inheritable) ->
                out.op(33).number(effective).number(permitted).number(inheritable);
            case Step.RaiseAmbient(var capabilities) -> out.op(34).number(capabilities);
            case Step.NoNewPrivileges() -> out.op(35);
            case Step.LoadSeccomp(var flags, var program) ->
                out.op(36).longs(program).number(flags);
            case Step.BecomeInit() -> out.op(37);
            case Step.Execute(var candidates, var arguments, var environment) ->
                out.op(38).strings(candidates).strings(arguments).strings(environment);
            case Step.Collect(var path) -> out.op(39).string(path);
            case Step.GuardStreams(var alone) -> out.op(41).number(alone);
            case Step.JoinNamespace(var kind, var path, var users, var others, var stays) ->
                out.op(54)
                        .slots(users, HOST)
                        .string(path)
                        .number(kind)
                        .number(others)
                        .number(stays);
            case Step.OpenNamespace(var result, var kind, var path) ->
                out.op(65).slots(result, HOST).string(path).number(kind);
            case Step.Connect(var result, var path) ->
                out.op(81).slots(result, HOST).string(path);
            case Step.SendDescriptor(var connection, var descriptor, var text) ->
                out.op(82).slots(connection, descriptor).strings(text);
            case Step.LoadNotifyingSeccomp(var agent, var state, var flags, var program) ->
                out.op(83).slots(agent, HOST).strings(state).longs(program).number(flags);
            case Step.LoadReportingSeccomp(var flags, var program) ->
                out.op(112).longs(program).number(flags);
            case Step.KillGroup(var path, var unified, var patience) ->
                out.op(55).string(path).number(unified).number(patience);
            case Step.NewIdMap(var result, var uids, var gids) ->
                out.op(42).slots(result, HOST).string(uids).string(gids);
            case Step.MapIds(var mount, var map, var recursive) ->
                out.op(43).slots(mount, map).number(recursive);
            case Step.WriteIdMap(var groups, var map) -> out.op(44).string(map).number(groups);
            case Step.BindDevice(var root, var path, var host, var type, var major, var minor) ->
                out.op(45)
                        .slots(root, HOST)
                        .string(path)
                        .string(host)
                        .number(type)
                        .number(major)
                        .number(minor);
            case Step.WriteIn(var directory, var path, var text) ->
                out.op(46).slots(directory, HOST).string(path).string(text);
            case Step.SetPersonality(var persona) -> out.op(47).number(persona);
            case Step.SetScheduler(
                    var policy,
                    var flags,
                    var nice,
                    var priority,
                    var runtime,
                    var deadline,
                    var period) ->
                out.op(48)
                        .longs(List.of(runtime, deadline, period))
                        .number(policy)
                        .number(flags)
                        .number(nice)
                        .number(priority);
            case Step.SetIoPriority(var type, var priority) ->
                out.op(49).number(type).number(priority);
            case Step.NewRuleset(var result, var files, var network, var scopes) ->
                out.op(50).slots(result, HOST).number(files).number(network).number(scopes);
            case Step.AllowBeneath(var ruleset, var root, var path, var access) ->
                out.op(51).slots(ruleset, root).string(path).number(access);
            case Step.RestrictSelf(var ruleset) -> out.op(52).slots(ruleset, HOST);
            case Step.SendNetlink(var protocol, var request, var box, var absent, var what) ->
                out.op(62)
                        .integers(request)
                        .string(what)
                        .number(protocol)
                        .number(box)
                        .number(absent);
            case Step.JoinShared(var lock, var directory, var names, var text, var protocol, var request, var what) ->
                out.op(106)
                        .strings(shared(List.of(lock, directory, text), names))
                        .integers(request)
                        .string(what)
                        .number(protocol);
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
                    var what) ->
                out.op(107)
                        .strings(shared(List.of(lock, directory, file, text, owner), names))
                        .integers(request)
                        .string(what)
                        .number(protocol)
                        .number(lingering);
            case Step.WatchMemory(var counter, var control, var path, var pieces) -> {
                var words = new ArrayList<>(List.of(path));
                words.addAll(pieces);
                out.op(108).string(counter).string(control).strings(words);
            }
            case Step.SendNetlinkIn(var process, var protocol, var request, var what) ->
                out.op(109).slots(process, HOST).integers(request).string(what).number(protocol);
            case Step.UndoKept(var path) -> out.op(110).string(path);
            case Step.DenySetgroups() -> out.op(63);
            case Step.RunProgram(var path, var arguments, var box, var stays, var patience) ->
                out.op(64)
                        .string(path)
                        .strings(arguments)
                        .number(box)
                        .number(stays)
                        .number(patience);
            case Step.SetMemoryPolicy(var mode, var nodes) ->
                out.op(84).longs(nodes).number(mode);
            case Step.SetAffinity(var processors) -> out.op(92).longs(processors);
            case Step.SetLabel(var mount, var label) ->
                out.op(93).slots(mount, HOST).string(label);
            case Step.MoveInterface(var index, var name, var number) ->
                out.op(85).string(name).number(index).number(number);
            case Step.RemoveDirectory(var path, var patience) ->
                out.op(40).string(path).number(patience);
            case Step.MakeFile(var directory, var name, var mode, var text) ->
                out.op(56).slots(directory, HOST).string(name).string(text).number(mode);
            case Step.CopyDirectory(var from, var path, var to, var contents) ->
                out.op(57).slots(from, to).string(path).number(contents);
            case Step.MoveRoot(var root) -> out.op(58).slots(root, HOST);
            case Step.LockDirectory(var path, var box, var shared, var patience) ->
                out.op(59).string(path).number(!box).number(shared).number(patience);
            case Step.RemoveFile(var path) -> out.op(60).string(path);
            case Step.KeepFile(var path, var mode, var text) ->
                out.op(66).string(path).string(text).number(mode);
            case Step.KeepProcess(var path, var draft, var number) ->
                out.op(67).string(path).string(draft).number(number);
            case Step.MakeFifo(var result, var path) ->
                out.op(68).slots(result, HOST).string(path);
            case Step.Meet() -> out.op(69);
            case Step.AwaitRest(var number, var reports) ->
                out.op(113).number(number).number(reports);
            case Step.ReportUpper(var from, var path) ->
                out.op(114).slots(from, HOST).string(path);
            case Step.AwaitStart(var start, var answer) -> out.op(70).slots(start, answer);
            case Step.Start(var start, var answer, var steps) ->
                out.op(71).string(start).string(answer).strings(steps);
            case Step.FindProgram(var name, var candidates) ->
                out.op(72).string(name).strings(candidates);
            case Step.RunHook hook ->
                out.op(73)
                        .strings(List.of(hook.path(), hook.directory(), hook.before(), hook.behind()))
                        .strings(hook.arguments())
                        .strings(hook.environment())
                        .number(hook.patience())
                        .number(hook.lenient())
                        .number(hook.process());
            case Step.Detach() -> out.op(74);
            case Step.OpenProcess(var result, var pid, var began) ->
                out.op(75).slots(result, HOST).number(pid).number(began);
            case Step.SignalProcess(var pid, var began, var signal, var lenient) ->
                out.op(76).number(pid).number(began).number(signal).number(lenient);
            case Step.AwaitProcess(var pid, var began, var patience) ->
                out.op(77).number(pid).number(began).number(patience);
            case Step.JoinProcess(var process, var namespaces) ->
                out.op(78).slots(process, HOST).number(namespaces);
            case Step.PreserveDescriptors(var count) -> out.op(79).number(count);
            case Step.OpenSelf(var result) -> out.op(94).slots(result, HOST);
            case Step.CheckPrivileges check ->
                out.op(95)
                        .longs(List.of(
                                check.inheritable(),
                                check.permitted(),
                                check.effective(),
                                check.bounding(),
                                check.ambient()))
                        .number(check.noNewPrivileges())
                        .number(check.filtered());
            case Step.RegisterFormat(var filesystem, var format) ->
                out.op(97).slots(filesystem, HOST).string(format);
            case Step.Unmount(var path, var busy) -> out.op(98).string(path).number(busy);
            case Step.CloneBelow(var result, var directory, var path, var recursive) ->
                out.op(103).slots(result, HOST).string(directory).string(path).number(recursive);
            case Step.TakeMount(var result, var number) ->
                out.op(111).slots(result, HOST).number(number);
            case Step.GiveTree(var mount, var uid, var gid) ->
                out.op(104)
                        .slots(mount, HOST)
                        .number(Integer.toUnsignedLong(uid))
                        .number(Integer.toUnsignedLong(gid));
            case Step.MakeSecret(var directory, var name, var mode, var uid, var gid, var value) ->
                out.op(105)
                        .slots(directory, HOST)
                        .string(name)
                        .bytes(value.reveal())
                        .number(mode)
                        .number(Integer.toUnsignedLong(uid))
                        .number(Integer.toUnsignedLong(gid));
            case Step.ServeFiles() -> out.op(96);
            case Step.Monitor monitor -> monitor(out.op(99), monitor);
            case Step.Attach(var socket, var streams, var detachKeys, var signals) ->
                out.op(100).string(socket).string(detachKeys).number(streams).number(signals);
            case Step.RemoveTree(var path, var unless) ->
                out.op(101).string(path).string(unless);
            case Step.AppendLine(var path, var pieces) ->
                out.op(102).string(path).strings(pieces);
            case Step.OwnStreams(var uid) -> out.op(80).number(Integer.toUnsignedLong(uid));
        }
    }

    static Step read(WireReader in, int op) {
        return switch (op) {
            case 1 -> new Step.MakeDirectory(in.string(), in.integer(), in.flag());
            case 2 -> new Step.WriteFile(in.string(), in.string());
            case 3 -> new Step.Clone(in.number(), in.string(), in.slot(), in.slot(), in.number());
            case 4 -> new Step.Unshare(in.number());
            case 5 -> new Step.SetPropagation(in.number());
            case 6 -> new Step.NewFilesystem(in.slot(), in.string(), in.strings(), in.number());
            case 7 -> new Step.CloneTree(in.slot(), in.slot(), in.string(), in.flag(), in.flag());
            case 8 -> new Step.OpenDevice(in.slot(), in.string(), in.integer(), in.integer());
            case 9 -> new Step.OpenDirectory(in.slot(), in.slot(), in.string());
            case 10 -> new Step.SetMountAttributes(in.slot(), in.number(), in.number(), in.number(), in.flag());
            case 11 -> new Step.AttachMount(in.slot(), in.slot(), in.string(), in.flag(), in.flag());
            case 12 -> new Step.EnterDirectory(in.slot());
            case 13 -> new Step.MakeDirectoryIn(in.slot(), in.string(), in.integer());
            case 14 -> new Step.MakeDevice(in.slot(), in.string(), in.integer(), in.integer(), in.integer());
            case 15 -> new Step.MakeSymlink(in.slot(), in.string(), in.string(), in.flag());
            case 16 -> new Step.MakeMountPoint(in.slot(), in.string(), in.slot(), in.flag());
            case 17 -> new Step.Mask(in.slot(), in.string());
            case 18 -> new Step.MakeReadOnly(in.slot(), in.string());
            case 19 -> new Step.PivotRoot(in.slot());
            case 20 -> new Step.UnmountTop();
            case 21 -> new Step.ChangeDirectory(in.string());
            case 22 -> new Step.SetHostName(in.string());
            case 23 -> new Step.SetDomainName(in.string());
            case 24 -> new Step.RaiseLoopback();
            case 25 -> console(in);
            case 26 -> new Step.ReadInputFrom(in.slot(), in.string());
            case 27 -> new Step.NewSession(in.flag());
            case 28 -> new Step.NewKeyring();
            case 29 -> new Step.SetLimit(in.integer(), in.number(), in.number());
            case 30 -> new Step.SetUmask(in.integer());
            case 31 -> new Step.LimitBoundingSet(in.number());
            case 32 -> new Step.SetUser(in.integer(), in.integer(), in.integers(), in.flag());
            case 33 -> new Step.SetCapabilities(in.number(), in.number(), in.number());
            case 34 -> new Step.RaiseAmbient(in.number());
            case 35 -> new Step.NoNewPrivileges();
            case 36 -> new Step.LoadSeccomp(in.integer(), in.longs());
            case 37 -> new Step.BecomeInit();
            case 38 -> new Step.Execute(in.strings(), in.strings(), in.strings());
            case 39 -> new Step.Collect(in.string());
            case 40 -> new Step.RemoveDirectory(in.string(), in.integer());
            case 41 -> new Step.GuardStreams(in.flag());
            case 54 -> new Step.JoinNamespace(in.number(), in.string(), in.slot(), in.flag(), in.flag());
            case 55 -> new Step.KillGroup(in.string(), in.flag(), in.integer());
            case 42 -> new Step.NewIdMap(in.slot(), in.string(), in.string());
            case 43 -> new Step.MapIds(in.slot(), in.slot(), in.flag());
            case 44 -> new Step.WriteIdMap(in.flag(), in.string());
            case 45 ->
                new Step.BindDevice(in.slot(), in.string(), in.string(), in.integer(), in.integer(), in.integer());
            case 46 -> new Step.WriteIn(in.slot(), in.string(), in.string());
            case 47 -> new Step.SetPersonality(in.number());
            case 48 -> scheduler(in, in.longs());
            case 49 -> new Step.SetIoPriority(in.integer(), in.integer());
            case 50 -> new Step.NewRuleset(in.slot(), in.number(), in.number(), in.number());
            case 51 -> new Step.AllowBeneath(in.slot(), in.slot(), in.string(), in.number());
            case 52 -> new Step.RestrictSelf(in.slot());
            case 53 -> node(in);
            case 56 -> makeFile(in);
            case 57 -> copyDirectory(in);
            case 58 -> new Step.MoveRoot(in.slot());
            case 59 -> new Step.LockDirectory(in.string(), !in.flag(), in.flag(), in.integer());
            case 60 -> new Step.RemoveFile(in.string());
            case 61 -> new Step.LoadDeviceProgram(in.string(), in.longs(), in.flag());
            case 62 -> new Step.SendNetlink(in.integer(), in.integers(), in.integer(), in.flag(), in.string());
            case 106 -> joinShared(in, in.strings());
            case 107 -> leaveShared(in, in.strings());
            case 109 -> new Step.SendNetlinkIn(in.slot(), in.integer(), in.integers(), in.string());
            case 110 -> new Step.UndoKept(in.string());
            case 112 -> new Step.LoadReportingSeccomp(in.integer(), in.longs());
            case 113 -> new Step.AwaitRest(in.integer(), in.flag());
            case 114 -> new Step.ReportUpper(in.slot(), in.string());
            case 63 -> new Step.DenySetgroups();
            case 84 -> new Step.SetMemoryPolicy(in.integer(), in.longs());
            case 92 -> new Step.SetAffinity(in.longs());
            case 93 -> new Step.SetLabel(in.slot(), in.string());
            case 85 -> new Step.MoveInterface(in.integer(), in.string(), in.integer());
            case 64 -> new Step.RunProgram(in.string(), in.strings(), in.integer(), in.flag(), in.integer());
            case 65 -> new Step.OpenNamespace(in.slot(), in.number(), in.string());
            case 66 -> keepFile(in);
            case 67 -> new Step.KeepProcess(in.string(), in.string(), in.flag());
            case 68 -> new Step.MakeFifo(in.slot(), in.string());
            case 69 -> new Step.Meet();
            case 70 -> new Step.AwaitStart(in.slot(), in.slot());
            case 71 -> new Step.Start(in.string(), in.string(), in.strings());
            case 72 -> new Step.FindProgram(in.string(), in.strings());
            case 73 -> hook(in, in.strings());
            case 74 -> new Step.Detach();
            case 75 -> new Step.OpenProcess(in.slot(), in.integer(), in.number());
            case 76 -> new Step.SignalProcess(in.integer(), in.number(), in.integer(), in.flag());
            case 77 -> new Step.AwaitProcess(in.integer(), in.number(), in.integer());
            case 78 -> new Step.JoinProcess(in.slot(), in.number());
            case 79 -> new Step.PreserveDescriptors(in.integer());
            case 94 -> new Step.OpenSelf(in.slot());
            case 80 -> new Step.OwnStreams(in.integer());
            case 96 -> new Step.ServeFiles();
            case 98 -> new Step.Unmount(in.string(), in.flag());
            case 103 -> new Step.CloneBelow(in.slot(), in.string(), in.string(), in.flag());
            case 104 -> new Step.GiveTree(in.slot(), in.integer(), in.integer());
            case 111 -> new Step.TakeMount(in.slot(), in.integer());
            case 105 -> makeSecret(in, in.slot(), in.string(), in.bytes());
            case 97 -> new Step.RegisterFormat(in.slot(), in.string());
            case 95 -> checkPrivileges(in, in.longs());
            case 81 -> new Step.Connect(in.slot(), in.string());
            case 82 -> new Step.SendDescriptor(in.slot(), in.slot(), in.strings());
            case 83 -> notifying(in);
            case 86 -> new Step.MakeGroup(in.string());
            case 87 -> new Step.RemoveGroup(in.string(), in.integer(), in.flag());
            case 88 -> new Step.FreezeGroup(in.string(), in.flag(), in.flag(), in.integer());
            case 89 -> new Step.SignalGroup(in.string(), in.integer());
            case 90 -> new Step.GiveGroup(in.string(), in.integer(), in.strings());
            case 91 -> callBus(in);
            case 99 -> monitor(in, in.strings());
            case 100 -> attach(in);
            case 101 -> new Step.RemoveTree(in.string(), in.string());
            case 102 -> new Step.AppendLine(in.string(), in.strings());
            case 108 -> watchMemory(in.string(), in.string(), in.strings());
            default -> throw new IllegalArgumentException("no step has the number " + op);
        };
    }

    /// Its words, and behind them the environment, are one list.
    private static void monitor(WireWriter out, Step.Monitor monitor) {
        var words = new ArrayList<>(List.of(monitor.socket(), monitor.log(), monitor.report(), monitor.detachKeys()));
        words.addAll(monitor.environment());
        out.strings(words)
                .strings(monitor.tick())
                .strings(monitor.after())
                .number(monitor.logSize())
                .number(monitor.logFiles())
                .number(monitor.input().number() | (monitor.signals() ? 1L << 8 : 0) | (long) monitor.attach() << 32)
                .number(monitor.tickEvery());
    }

    private static Step monitor(WireReader in, List<String> words) {
        List<String> tick = in.strings();
        List<String> after = in.strings();
        long logSize = in.number();
        int logFiles = in.integer();
        long bits = in.number();
        if (words.size() < 4) {
            throw new IllegalArgumentException("not a plan: a monitor of " + words.size() + " words");
        }
        return new Step.Monitor(
                words.get(0),
                words.get(1),
                logSize,
                logFiles,
                words.get(2),
                Step.Monitor.Input.of((int) bits & 0xff),
                (int) (bits >>> 32),
                (bits >> 8 & 1) != 0,
                words.get(3),
                in.integer(),
                tick,
                after,
                words.subList(4, words.size()));
    }

    private static Step watchMemory(String counter, String control, List<String> words) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("not a plan: memory is watched for nobody");
        }
        return new Step.WatchMemory(counter, control, words.getFirst(), words.subList(1, words.size()));
    }

    private static Step attach(WireReader in) {
        String socket = in.string();
        String keys = in.string();
        return new Step.Attach(socket, in.integer(), keys, in.flag());
    }

    private static Step node(WireReader in) {
        Slot root = in.slot();
        String path = in.string();
        int mode = in.integer();
        long number = in.number();
        return new Step.MakeNode(root, path, mode, (int) (number >>> 32), (int) number, in.integer(), in.integer());
    }

    private static Step scheduler(WireReader in, List<Long> times) {
        if (times.size() != 3) {
            throw new IllegalArgumentException("not a plan: a scheduler with " + times.size() + " times");
        }
        return new Step.SetScheduler(
                in.integer(), in.number(), in.integer(), in.integer(), times.get(0), times.get(1), times.get(2));
    }

    private static Step notifying(WireReader in) {
        Slot agent = in.slot();
        List<String> state = in.strings();
        List<Long> program = in.longs();
        return new Step.LoadNotifyingSeccomp(agent, state, in.integer(), program);
    }

    private static Step checkPrivileges(WireReader in, List<Long> sets) {
        if (sets.size() != 5) {
            throw new IllegalArgumentException("not a plan: " + sets.size() + " sets of capabilities");
        }
        return new Step.CheckPrivileges(
                sets.get(0), sets.get(1), sets.get(2), sets.get(3), sets.get(4), in.flag(), in.flag());
    }

    private static List<String> shared(List<String> words, List<String> names) {
        var all = new ArrayList<>(words);
        all.addAll(names);
        return all;
    }

    private static Step joinShared(WireReader in, List<String> words) {
        if (words.size() < 3) {
            throw new IllegalArgumentException("not a plan: nothing is shared by " + words.size() + " words");
        }
        List<String> names = words.subList(3, words.size());
        return new Step.JoinShared(
                words.get(0), words.get(1), names, words.get(2), in.integer(), in.integers(), in.string());
    }

    private static Step leaveShared(WireReader in, List<String> words) {
        if (words.size() < 5) {
            throw new IllegalArgumentException("not a plan: nothing is shared by " + words.size() + " words");
        }
        List<String> names = words.subList(5, words.size());
        int protocol = in.integer();
        return new Step.LeaveShared(
                words.get(0),
                words.get(1),
                names,
                words.get(2),
                words.get(3),
                words.get(4),
                in.integer(),
                protocol,
                in.integers(),
                in.string());
    }

    private static Step keepFile(WireReader in) {
        String path = in.string();
        String text = in.string();
        return new Step.KeepFile(path, in.integer(), text);
    }

    private static Step console(WireReader in) {
        Slot pts = in.slot();
        Slot receiver = in.slot();
        return new Step.OpenConsole(pts, in.integer(), in.integer(), in.integer(), in.flag(), receiver);
    }

    private static Step hook(WireReader in, List<String> words) {
        if (words.size() != 4) {
            throw new IllegalArgumentException("not a plan: a hook of " + words.size() + " words");
        }
        List<String> arguments = in.strings();
        List<String> environment = in.strings();
        return new Step.RunHook(
                words.get(0),
                words.get(1),
                words.get(2),
                words.get(3),
                arguments,
                environment,
                in.integer(),
                in.flag(),
                in.number());
    }

    private static Step makeFile(WireReader in) {
        Slot directory = in.slot();
        String name = in.string();
        String text = in.string();
        return new Step.MakeFile(directory, name, in.integer(), text);
    }

    private static Step copyDirectory(WireReader in) {
        Slot from = in.slot();
        Slot to = in.slot();
        return new Step.CopyDirectory(from, in.string(), to, in.flag());
    }

    private static Step makeSecret(WireReader in, Slot directory, String name, byte[] value) {
        return new Step.MakeSecret(directory, name, in.integer(), in.integer(), in.integer(), new Confidential(value));
    }

    private static Step callBus(WireReader in) {
        long size = in.number();
        long serial = in.number();
        int patience = in.integer();
        return new Step.CallBus(
                in.string(),
                in.integers(),
                (int) size,
                (int) (size >>> 32),
                (int) serial,
                (serial >>> 32 & 1) != 0,
                (serial >>> 33 & 1) != 0,
                patience,
                in.string());
    }

    /// The sizes and numbers that `native/wire.h` fixes.
    static final int MAGIC = 0x31465243;

    static final int SIZE_MAX = 16 << 20;
    static final int STEPS_MAX = 4096;
    static final int DETACHED = 1;
    static final int KEPT = 2;
    static final int HEADER = 32;
    static final int STEP = 48;
    static final int OPERANDS = 4; // offset in a step
    static final int ARGUMENTS = 16;
    static final int UNDOES = 40;
}
