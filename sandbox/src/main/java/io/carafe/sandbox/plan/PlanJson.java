package io.carafe.sandbox.plan;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Plan.Undo;
import java.util.List;
import java.util.Locale;

/// A plan for programs. One object: `timeout` in milliseconds and `steps`; each step has its `part`, its
/// `number` (as in [PlanText]), its name as `step`, its `fields` as [Step] names them, and `text`, `calls`
/// and `why`; a step of the undo part also the number of the step that it `undoes`. Bytes that are no UTF-8
/// are lone surrogates, as in [Utf8].
public final class PlanJson {
    private final StringBuilder out = new StringBuilder();
    private int number;
    private boolean first;

    private PlanJson() {}

    public static String of(Plan plan) {
        return new PlanJson().text(plan);
    }

    private String text(Plan plan) {
        out.append("{\"timeout\":").append(plan.timeout());
        out.append(",\"detached\":").append(plan.detached());
        out.append(",\"kept\":").append(plan.kept());
        out.append(",\"preserved\":").append(plan.preserved()).append(",\"steps\":[");
        for (Line line : plan.outside()) {
            step(Part.OUTSIDE, line.step(), line.why(), 0);
        }
        for (Line line : plan.inside()) {
            step(Part.INSIDE, line.step(), line.why(), 0);
        }
        for (Undo undo : plan.undo()) {
            step(Part.UNDO, undo.step(), undo.why(), undo.after() + 1);
        }
        return out.append("\n]}\n").toString();
    }

    private void step(Part part, Step step, String why, int undoes) {
        out.append(number == 0 ? "\n" : ",\n");
        object(part, ++number, step, why, undoes);
    }

    /// One step, as it stands in the list.
    static String step(Part part, int number, Step step, String why, int undoes) {
        var json = new PlanJson();
        json.object(part, number, step, why, undoes);
        return json.out.toString();
    }

    private void object(Part part, int number, Step step, String why, int undoes) {
        out.append('{');
        first = true;
        put("part", part.name().toLowerCase(Locale.ROOT)).put("number", number);
        if (undoes != 0) {
            put("undoes", undoes);
        }
        put("step", step.getClass().getSimpleName());
        name("fields").append('{');
        first = true;
        fields(step);
        out.append('}');
        first = false;
        put("text", StepText.of(step)).put("calls", Calls.of(step)).put("why", why);
        out.append('}');
    }

    private void fields(Step step) {
        switch (step) {
            case Step.MakeDirectory(var path, var mode, var shared) ->
                put("path", path).put("mode", mode).put("shared", shared);
            case Step.WriteFile(var path, var text) -> put("path", path).put("text", text);
            case Step.WriteIn(var directory, var path, var text) ->
                put("directory", directory).put("path", path).put("text", text);
            case Step.Clone(var namespaces, var cgroup, var users, var process, var joined) ->
                put("namespaces", namespaces)
                        .put("cgroup", cgroup)
                        .put("users", users)
                        .put("process", process)
                        .put("joined", joined);
            case Step.Unshare(var namespaces) -> put("namespaces", namespaces);
            case Step.SetPropagation(var propagation) -> put("propagation", propagation);
            case Step.NewFilesystem(var result, var type, var options, var attributes) ->
                put("result", result).put("type", type).put("options", options).put("attributes", attributes);
            case Step.CloneTree(var result, var from, var path, var recursive, var nofollow) ->
                put("result", result)
                        .put("from", from)
                        .put("path", path)
                        .put("recursive", recursive)
                        .put("nofollow", nofollow);
            case Step.OpenDevice(var result, var path, var major, var minor) ->
                put("result", result).put("path", path).put("major", major).put("minor", minor);
            case Step.OpenDirectory(var result, var from, var path) ->
                put("result", result).put("from", from).put("path", path);
            case Step.SetMountAttributes(var mount, var set, var clear, var propagation, var recursive) ->
                put("mount", mount)
                        .put("set", set)
                        .put("clear", clear)
                        .put("propagation", propagation)
                        .put("recursive", recursive);
            case Step.AttachMount(var mount, var target, var path, var symlinks, var nofollow) ->
                put("mount", mount)
                        .put("target", target)
                        .put("path", path)
                        .put("symlinks", symlinks)
                        .put("nofollow", nofollow);
            case Step.EnterDirectory(var directory) -> put("directory", directory);
            case Step.MakeDirectoryIn(var directory, var name, var mode) ->
                put("directory", directory).put("name", name).put("mode", mode);
            case Step.MakeDevice(var directory, var name, var mode, var major, var minor) ->
                put("directory", directory)
                        .put("name", name)
                        .put("mode", mode)
                        .put("major", major)
                        .put("minor", minor);
            case Step.MakeNode(var root, var path, var mode, var major, var minor, var uid, var gid) ->
                put("root", root)
                        .put("path", path)
                        .put("mode", mode)
                        .put("major", major)
                        .put("minor", minor)
                        .put("uid", unsigned(uid))
                        .put("gid", unsigned(gid));
            case Step.LoadDeviceProgram(var group, var program, var replace) -> {
                put("group", group).put("replace", replace);
                numbers("program", program);
            }
            case Step.MakeSymlink(var directory, var name, var target, var missing) ->
                put("directory", directory)
                        .put("name", name)
                        .put("target", target)
                        .put("missing", missing);
            case Step.MakeMountPoint(var root, var path, var mount, var nofollow) ->
                put("root", root).put("path", path).put("mount", mount).put("nofollow", nofollow);
            case Step.MakeGroup(var path) -> put("path", path);
            case Step.RemoveGroup(var path, var patience, var shared) ->
                put("path", path).put("patience", patience).put("shared", shared);
            case Step.FreezeGroup(var path, var unified, var frozen, var patience) ->
                put("path", path).put("unified", unified).put("frozen", frozen).put("patience", patience);
            case Step.SignalGroup(var path, var signal) -> put("path", path).put("signal", signal);
            case Step.GiveGroup(var path, var uid, var files) ->
                put("path", path).put("uid", unsigned(uid)).put("files", files);
            case Step.CallBus(
                    var socket,
                    var messages,
                    var size,
                    var box,
                    var serial,
                    var job,
                    var absent,
                    var patience,
                    var what) -> {
                put("socket", socket)
                        .put("size", size)
                        .put("box", box)
                        .put("serial", serial)
                        .put("job", job)
                        .put("absent", absent)
                        .put("patience", patience)
                        .put("what", what);
                numbers("messages", messages.stream().map(PlanJson::unsigned).toList());
            }
            case Step.Mask(var root, var path) -> put("root", root).put("path", path);
            case Step.MakeReadOnly(var root, var path) -> put("root", root).put("path", path);
            case Step.PivotRoot(var root) -> put("root", root);
            case Step.ChangeDirectory(var path) -> put("path", path);
            case Step.SetHostName(var name) -> put("name", name);
            case Step.SetDomainName(var name) -> put("name", name);
            case Step.OpenConsole(var pts, var rows, var columns, var owner, var input, var receiver) ->
                put("pts", pts)
                        .put("rows", rows)
                        .put("columns", columns)
                        .put("owner", unsigned(owner))
                        .put("input", input)
                        .put("receiver", receiver);
            case Step.ReadInputFrom(var from, var path) -> put("from", from).put("path", path);
            case Step.NewSession(var controllingTerminal) -> put("controllingTerminal", controllingTerminal);
            case Step.SetLimit(var resource, var soft, var hard) ->
                put("resource", resource).put("soft", soft).put("hard", hard);
            case Step.SetPersonality(var persona) -> put("persona", persona);
            case Step.SetScheduler(
                    var policy,
                    var flags,
                    var nice,
                    var priority,
                    var runtime,
                    var deadline,
                    var period) ->
                put("policy", policy)
                        .put("flags", flags)
                        .put("nice", nice)
                        .put("priority", priority)
                        .put("runtime", runtime)
                        .put("deadline", deadline)
                        .put("period", period);
            case Step.SetIoPriority(var type, var priority) -> put("type", type).put("priority", priority);
            case Step.SetMemoryPolicy(var mode, var nodes) -> {
                put("mode", mode);
                numbers("nodes", nodes);
            }
            case Step.SetAffinity(var processors) -> numbers("processors", processors);
            case Step.SetLabel(var mount, var label) -> put("mount", mount).put("label", label);
            case Step.MoveInterface(var index, var name, var number) ->
                put("index", index).put("name", name).put("number", number);
            case Step.SetUmask(var mask) -> put("mask", mask);
            case Step.LimitBoundingSet(var keep) -> put("keep", keep);
            case Step.SetUser(var uid, var gid, var groups, var keepGroups) -> {
                put("uid", unsigned(uid)).put("gid", unsigned(gid));
                numbers("groups", groups.stream().map(PlanJson::unsigned).toList());
                put("keepGroups", keepGroups);
            }
            case Step.SetCapabilities(var effective, var permitted, var inheritable) ->
                put("effective", effective).put("permitted", permitted).put("inheritable", inheritable);
            case Step.RaiseAmbient(var capabilities) -> put("capabilities", capabilities);
            case Step.NewRuleset(var result, var files, var network, var scopes) ->
                put("result", result)
                        .put("files", files)
                        .put("network", network)
                        .put("scopes", scopes);
            case Step.AllowBeneath(var ruleset, var root, var path, var access) ->
                put("ruleset", ruleset).put("root", root).put("path", path).put("access", access);
            case Step.RestrictSelf(var ruleset) -> put("ruleset", ruleset);
            case Step.ReportUpper(var from, var path) -> put("from", from).put("path", path);
            case Step.LoadSeccomp(var flags, var program) -> {
                put("flags", flags);
                numbers("program", program);
            }
            case Step.SendNetlink(var protocol, var request, var box, var absent, var what) -> {
                put("protocol", protocol).put("box", box).put("absent", absent).put("what", what);
                numbers("request", request.stream().map(PlanJson::unsigned).toList());
            }
            case Step.JoinShared(var lock, var directory, var names, var text, var protocol, var request, var what) -> {
                put("lock", lock)
                        .put("directory", directory)
                        .put("names", names)
                        .put("text", text);
                put("protocol", protocol).put("what", what);
                numbers("request", request.stream().map(PlanJson::unsigned).toList());
            }
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
                    var what) -> {
                put("lock", lock).put("directory", directory).put("names", names);
                put("file", file).put("text", text).put("owner", owner).put("lingering", lingering);
                put("protocol", protocol).put("what", what);
                numbers("request", request.stream().map(PlanJson::unsigned).toList());
            }
            case Step.SendNetlinkIn(var process, var protocol, var request, var what) -> {
                put("process", process).put("protocol", protocol).put("what", what);
                numbers("request", request.stream().map(PlanJson::unsigned).toList());
            }
            case Step.UndoKept(var path) -> put("path", path);
            case Step.Execute(var candidates, var arguments, var environment) ->
                put("candidates", candidates).put("arguments", arguments).put("environment", environment);
            case Step.NewIdMap(var result, var uids, var gids) ->
                put("result", result).put("uids", uids).put("gids", gids);
            case Step.MapIds(var mount, var map, var recursive) ->
                put("mount", mount).put("map", map).put("recursive", recursive);
            case Step.WriteIdMap(var groups, var map) -> put("groups", groups).put("map", map);
            case Step.BindDevice(var root, var path, var host, var type, var major, var minor) ->
                put("root", root)
                        .put("path", path)
                        .put("host", host)
                        .put("type", type)
                        .put("major", major)
                        .put("minor", minor);
            case Step.JoinNamespace(var kind, var path, var users, var others, var stays) ->
                put("kind", kind)
                        .put("path", path)
                        .put("users", users)
                        .put("others", others)
                        .put("stays", stays);
            case Step.OpenNamespace(var result, var kind, var path) ->
                put("result", result).put("kind", kind).put("path", path);
            case Step.Connect(var result, var path) -> put("result", result).put("path", path);
            case Step.SendDescriptor(var connection, var descriptor, var text) ->
                put("connection", connection).put("descriptor", descriptor).put("text", text);
            case Step.LoadNotifyingSeccomp(var agent, var state, var flags, var program) -> {
                put("agent", agent).put("state", state).put("flags", flags);
                numbers("program", program);
            }
            case Step.LoadReportingSeccomp(var flags, var program) -> {
                put("flags", flags);
                numbers("program", program);
            }
            case Step.KillGroup(var path, var unified, var patience) ->
                put("path", path).put("unified", unified).put("patience", patience);
            case Step.RunProgram(var path, var arguments, var box, var stays, var patience) ->
                put("path", path)
                        .put("arguments", arguments)
                        .put("box", box)
                        .put("stays", stays)
                        .put("patience", patience);
            case Step.DenySetgroups() -> {}
            case Step.Collect(var path) -> put("path", path);
            case Step.RemoveDirectory(var path, var patience) ->
                put("path", path).put("patience", patience);
            case Step.MakeFile(var directory, var name, var mode, var text) ->
                put("directory", directory).put("name", name).put("mode", mode).put("text", text);
            case Step.CopyDirectory(var from, var path, var to, var contents) ->
                put("from", from).put("path", path).put("to", to).put("contents", contents);
            case Step.MoveRoot(var root) -> put("root", root);
            case Step.RemoveFile(var path) -> put("path", path);
            case Step.LockDirectory(var path, var box, var shared, var patience) ->
                put("path", path).put("box", box).put("shared", shared).put("patience", patience);
            case Step.TakeMount(var result, var number) -> put("result", result).put("number", number);
            case Step.CloneBelow(var result, var directory, var path, var recursive) ->
                put("result", result)
                        .put("directory", directory)
                        .put("path", path)
                        .put("recursive", recursive);
            case Step.GiveTree(var mount, var uid, var gid) ->
                put("mount", mount).put("uid", unsigned(uid)).put("gid", unsigned(gid));
            case Step.MakeSecret(var directory, var name, var mode, var uid, var gid, var value) ->
                put("directory", directory)
                        .put("name", name)
                        .put("mode", mode)
                        .put("uid", unsigned(uid))
                        .put("gid", unsigned(gid))
                        .put("size", value.length());
            case Step.Unmount(var path, var busy) -> put("path", path).put("busy", busy);
            case Step.UnmountTop() -> {}
            case Step.RaiseLoopback() -> {}
            case Step.NewKeyring() -> {}
            case Step.GuardStreams(var alone) -> put("alone", alone);
            case Step.KeepFile(var path, var mode, var text) ->
                put("path", path).put("mode", mode).put("text", text);
            case Step.KeepProcess(var path, var draft, var number) ->
                put("path", path).put("draft", draft).put("number", number);
            case Step.MakeFifo(var result, var path) -> put("result", result).put("path", path);
            case Step.Meet() -> {}
            case Step.AwaitRest(var number, var reports) ->
                put("number", number).put("reports", reports);
            case Step.RegisterFormat(var filesystem, var format) ->
                put("filesystem", filesystem).put("format", format);
            case Step.ServeFiles() -> {}
            case Step.Monitor monitor ->
                put("socket", monitor.socket())
                        .put("log", monitor.log())
                        .put("logSize", monitor.logSize())
                        .put("logFiles", monitor.logFiles())
                        .put("report", monitor.report())
                        .put("input", monitor.input().name().toLowerCase(Locale.ROOT))
                        .put("attach", monitor.attach())
                        .put("signals", monitor.signals())
                        .put("detachKeys", monitor.detachKeys())
                        .put("tickEvery", monitor.tickEvery())
                        .put("tick", monitor.tick())
                        .put("after", monitor.after())
                        .put("environment", monitor.environment());
            case Step.Attach(var socket, var streams, var detachKeys, var signals) ->
                put("socket", socket)
                        .put("streams", streams)
                        .put("detachKeys", detachKeys)
                        .put("signals", signals);
            case Step.RemoveTree(var path, var unless) -> put("path", path).put("unless", unless);
            case Step.AppendLine(var path, var pieces) -> put("path", path).put("pieces", pieces);
            case Step.WatchMemory(var counter, var control, var path, var pieces) ->
                put("counter", counter)
                        .put("control", control)
                        .put("path", path)
                        .put("pieces", pieces);
            case Step.AwaitStart(var start, var answer) -> put("start", start).put("answer", answer);
            case Step.Start(var start, var answer, var steps) ->
                put("start", start).put("answer", answer).put("steps", steps);
            case Step.FindProgram(var name, var candidates) -> put("name", name).put("candidates", candidates);
            case Step.RunHook hook ->
                put("path", hook.path())
                        .put("directory", hook.directory())
                        .put("before", hook.before())
                        .put("behind", hook.behind())
                        .put("arguments", hook.arguments())
                        .put("environment", hook.environment())
                        .put("patience", hook.patience())
                        .put("lenient", hook.lenient())
                        .put("process", hook.process());
            case Step.Detach() -> {}
            case Step.OpenProcess(var result, var pid, var began) ->
                put("result", result).put("pid", pid).put("began", began);
            case Step.SignalProcess(var pid, var began, var signal, var lenient) ->
                put("pid", pid).put("began", began).put("signal", signal).put("lenient", lenient);
            case Step.AwaitProcess(var pid, var began, var patience) ->
                put("pid", pid).put("began", began).put("patience", patience);
            case Step.JoinProcess(var process, var namespaces) ->
                put("process", process).put("namespaces", namespaces);
            case Step.PreserveDescriptors(var count) -> put("count", count);
            case Step.OpenSelf(var result) -> put("result", result);
            case Step.CheckPrivileges(
                    var inheritable,
                    var permitted,
                    var effective,
                    var bounding,
                    var ambient,
                    var noNewPrivileges,
                    var filtered) ->
                put("inheritable", inheritable)
                        .put("permitted", permitted)
                        .put("effective", effective)
                        .put("bounding", bounding)
                        .put("ambient", ambient)
                        .put("noNewPrivileges", noNewPrivileges)
                        .put("filtered", filtered);
            case Step.OwnStreams(var uid) -> put("uid", unsigned(uid));
            case Step.NoNewPrivileges() -> {}
            case Step.BecomeInit() -> {}
        }
    }

    private static long unsigned(int id) {
        return Integer.toUnsignedLong(id);
    }

    private StringBuilder name(String name) {
        out.append(first ? "\"" : ",\"").append(name).append("\":");
        first = false;
        return out;
    }

    private PlanJson put(String name, String value) {
        name(name);
        string(value);
        return this;
    }

    private PlanJson put(String name, Slot value) {
        return put(name, StepText.slot(value));
    }

    private PlanJson put(String name, long value) {
        name(name).append(value);
        return this;
    }

    private PlanJson put(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    private PlanJson put(String name, List<String> values) {
        name(name).append('[');
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : ",");
            string(values.get(i));
        }
        out.append(']');
        return this;
    }

    private void numbers(String name, List<Long> values) {
        name(name).append('[');
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : ",").append(values.get(i).longValue());
        }
        out.append(']');
    }

    private void string(String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || (c >= 0x7f && c < 0xa0) || StepText.isEscape(string, i)) {
                String hex = Integer.toHexString(c);
                out.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
