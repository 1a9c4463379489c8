package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Handover.Left;
import io.carafe.sandbox.spec.ContainerState;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Hook;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What an OCI container has more than a box: state on disk, hooks, and a moment between being created and
/// being started. Runtime specification, runtime.md, "Lifecycle": the numbers are its.
final class Lifecycle {
    private static final String TOLD = "told of the container's state";

    private Lifecycle() {}

    static void check(Spec spec, Host host, Handover handover, List<Problem> problems) {
        Spec.Hooks hooks = spec.container().hooks();
        boolean ofTheHost = !(hooks.prestart().isEmpty()
                && hooks.createRuntime().isEmpty()
                && hooks.poststart().isEmpty());
        if (ofTheHost && Namespaces.stays(spec, host)) {
            problems.add(new Problem(
                    "hooks",
                    "those that run outside would be in the namespaces that the container joins: an ordinary user can't come"
                            + " back from there"));
        }
        boolean terminal = spec.process().terminal();
        boolean socket = !handover.consoleSocket().isEmpty();
        if (terminal && !socket && handover.left().isAlone()) {
            problems.add(new Problem(
                    "process.terminal",
                    "cannot allocate tty if runc will detach without setting console socket (--console-socket)"));
        } else if (socket && !(terminal && handover.left().isAlone())) {
            problems.add(new Problem(
                    "--console-socket", "cannot use console socket if runc will not detach or allocate tty"));
        }
    }

    /// First of all: nobody else makes a container of that name meanwhile.
    static List<Line> before(Handover handover, List<Undo> undo) {
        var steps = new ArrayList<Line>();
        for (String parent : handover.parents()) {
            steps.add(line(new Step.MakeDirectory(parent, 0700, true), "where containers' states are"));
        }
        String directory = handover.directory();
        undo.add(new Undo(steps.size(), new Step.RemoveDirectory(directory, 0), "its state goes with it"));
        steps.add(line(new Step.MakeDirectory(directory, 0700), "its state; there can be no second of that name"));
        steps.add(line(new Step.LockDirectory(directory, false), "nobody takes what is half made for a container"));
        for (Map.Entry<String, String> file : new TreeMap<>(handover.files()).entrySet()) {
            String path = directory + "/" + file.getKey();
            undo.addFirst(new Undo(steps.size(), new Step.RemoveFile(path), "likewise"));
            steps.add(line(new Step.KeepFile(path, 0600, file.getValue()), "what was asked for, whatever changes"));
        }
        undo.addFirst(new Undo(steps.size(), new Step.RemoveFile(handover.start()), "likewise"));
        steps.add(line(new Step.MakeFifo(Slot.START, handover.start()), "by which it is started"));
        undo.addFirst(new Undo(steps.size(), new Step.RemoveFile(handover.answer()), "likewise"));
        steps.add(line(new Step.MakeFifo(Slot.ANSWER, handover.answer()), "by which it says how that went"));
        Step.Monitor monitor = handover.monitor();
        if (monitor != null) {
            undo.addFirst(new Undo(steps.size(), new Step.RemoveFile(monitor.socket()), "nobody attaches any more"));
            steps.add(line(monitor, "it lives longer than who asks for it"));
        }
        if (!handover.consoleSocket().isEmpty()) {
            steps.add(line(new Step.Connect(Slot.CONSOLE, handover.consoleSocket()), "who takes its terminal"));
        }
        steps.addAll(watcher(handover.pidfdSocket()));
        return steps;
    }

    /// After the clone, while the box waits.
    ///
    /// @param first index of the first of them in the outside part
    static List<Line> after(Spec spec, Handover handover, int first, List<Undo> undo) {
        var steps = new ArrayList<Line>();
        Spec.Hooks hooks = spec.container().hooks();
        boolean early = meetsBeforeRoot(spec);
        if (early) {
            steps.add(line(new Step.Meet(), "its namespaces and mounts are there, the host's files still in reach"));
            steps.addAll(hooks(spec, hooks.prestart(), "creating", false)); // 3.
            steps.addAll(hooks(spec, hooks.createRuntime(), "creating", false)); // 4.
        }
        int there = first + (early ? 0 : steps.size()); // from here on it is a container, which can be stopped
        for (Line hook : hooks(spec, hooks.poststop(), "stopped", true)) { // 13.
            undo.add(new Undo(there, hook.step(), hook.why()));
        }
        steps.add(line(new Step.Meet(), "all is made for its program"));
        String process = Handover.processOf(handover.directory());
        keep(new Step.KeepProcess(process, process + ".new", false), "who it is, and since when", first, steps, undo);
        if (!handover.pidFile().isEmpty()) {
            String file = handover.pidFile();
            keep(new Step.KeepProcess(file, draft(file), true), "asked for", first, steps, undo);
        }
        steps.add(line(new Step.Meet(), "it waits for its start"));
        steps.add(Privileges.check(spec)); // nobody has started it yet
        if (handover.left() != Left.CREATED) {
            steps.addAll(start(spec, handover.directory()));
            steps.addAll(hooks(spec, hooks.poststart(), "running", false)); // 9.
        }
        return steps;
    }

    private static void keep(Step.KeepProcess step, String why, int first, List<Line> steps, List<Undo> undo) {
        for (String file : List.of(step.path(), step.draft())) {
            undo.addFirst(new Undo(first + steps.size(), new Step.RemoveFile(file), "its state goes with it"));
        }
        steps.add(line(step, why));
    }

    /// Starts a container that waits.
    static List<Line> start(Spec spec, String directory) {
        var words = new ArrayList<String>();
        for (Hook hook : spec.container().hooks().startContainer()) {
            words.add("startContainer hook " + hook.path());
        }
        words.add("exec " + Entry.name(spec));
        String start = Handover.startOf(directory);
        String answer = Handover.answerOf(directory);
        return List.of(
                line(new Step.Start(start, answer, words), "the program runs"),
                line(new Step.RemoveFile(start), "it is started once"),
                line(new Step.RemoveFile(answer), "likewise"));
    }

    /// Beside the file, so that it appears there at once.
    static String draft(String file) {
        int slash = file.lastIndexOf('/') + 1;
        return file.substring(0, slash) + "." + file.substring(slash) + ".new";
    }

    private static boolean meetsBeforeRoot(Spec spec) {
        Spec.Hooks hooks = spec.container().hooks();
        return !(hooks.prestart().isEmpty()
                && hooks.createRuntime().isEmpty()
                && hooks.createContainer().isEmpty());
    }

    /// Inside, before the host's files are out of reach: programs of the host, in the box's namespaces.
    static List<Line> beforeRoot(Spec spec) {
        var steps = new ArrayList<Line>();
        if (meetsBeforeRoot(spec)) {
            steps.add(line(new Step.Meet(), "hooks of the host run first"));
        }
        steps.addAll(inside(spec, spec.container().hooks().createContainer(), "creating")); // 5.
        return steps;
    }

    /// Inside, still as root.
    static List<Line> beforeUser(Spec spec) {
        if (spec.process().terminal()) {
            return Planner.none();
        }
        int user = spec.process().user().uid();
        return List.of(line(new Step.OwnStreams(user), "the program can open them again, by /dev/stdout"));
    }

    /// Inside, as the program's user and before the filter that may forbid these calls.
    static List<Line> beforePrivileges(Spec spec, Handover handover) {
        var steps = new ArrayList<Line>();
        steps.add(Entry.find(spec));
        if (hasInit(spec, handover)) {
            steps.add(Entry.sessionOfInit());
        } else {
            steps.addAll(Entry.session(spec));
        }
        steps.addAll(watched(handover.pidfdSocket(), "standard"));
        if (handover.preserved() > 0) {
            steps.add(line(new Step.PreserveDescriptors(handover.preserved()), "asked for"));
        }
        steps.add(line(new Step.Meet(), "it can be told of"));
        if (handover.left().isAlone()) {
            steps.add(line(new Step.Detach(), "nobody waits for its end"));
        }
        return steps;
    }

    /// An OCI runtime's container gets what its `config.json` says, and no process more; the engine's is its own.
    private static boolean hasInit(Spec spec, Handover handover) {
        return handover.monitor() != null && spec.supervision().init();
    }

    static List<Line> watcher(String socket) {
        return socket.isEmpty()
                ? Planner.none()
                : List.of(line(new Step.Connect(Slot.WATCHER, socket), "who gets a pidfd of it"));
    }

    /// @param kind runc's word for who is told of: `standard`, `setns`
    static List<Line> watched(String socket, String kind) {
        return socket.isEmpty()
                ? Planner.none()
                : List.of(
                        line(new Step.OpenSelf(Slot.PROCESS), "asked for"),
                        line(new Step.SendDescriptor(Slot.WATCHER, Slot.PROCESS, List.of(kind)), "asked for"));
    }

    /// Inside, at last.
    static List<Line> beforeProgram(Spec spec, Handover handover) {
        var steps = new ArrayList<Line>();
        if (hasInit(spec, handover)) { // before it waits: who waits is who is executed
            steps.add(Entry.init());
            steps.addAll(Entry.session(spec));
        }
        steps.add(line(new Step.AwaitStart(Slot.START, Slot.ANSWER), "created"));
        steps.addAll(inside(spec, spec.container().hooks().startContainer(), "created")); // 8.
        return steps;
    }

    private static List<Line> inside(Spec spec, List<Hook> hooks, String status) {
        var steps = new ArrayList<Line>();
        for (Hook hook : hooks) {
            steps.add(line(step(spec.container(), hook, status, "", false, -1), TOLD));
        }
        return steps;
    }

    /// Hooks of the host, about the box that is made.
    private static List<Line> hooks(Spec spec, List<Hook> hooks, String status, boolean lenient) {
        var steps = new ArrayList<Line>();
        for (Hook hook : hooks) {
            String bundle = spec.container().bundle();
            steps.add(line(step(spec.container(), hook, status, bundle, lenient, lenient ? 0 : -1), TOLD));
        }
        return steps;
    }

    /// One hook.
    ///
    /// @param process the container's, 0 if it has none any more, -1 for the one that is made
    static Step.RunHook step(
            Spec.Container container, Hook hook, String status, String directory, boolean lenient, int process) {
        List<String> state = ContainerState.forHook(container, status);
        return new Step.RunHook(
                hook.path(),
                directory,
                state.get(0),
                state.get(1),
                hook.args().isEmpty() ? List.of(hook.path()) : hook.args(),
                hook.env(),
                1000 * hook.timeout(),
                lenient,
                process);
    }
}
