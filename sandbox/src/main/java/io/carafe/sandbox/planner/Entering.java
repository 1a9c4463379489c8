package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// A further process in a container that runs: an OCI runtime's `exec`.
///
/// @param pid           of the container's first process
/// @param began         its start time, as [Step.OpenProcess] has it
/// @param cgroup        v2: the group that it is cloned into, else ""
/// @param groups        v1: steps by which it enters its groups
/// @param pidFile       absolute; gets the process id, "" for none
/// @param consoleSocket absolute; gets its terminal, "" if that is the caller's
/// @param pidfdSocket   absolute; gets a pidfd, "" for none
/// @param keyring       it gets a session keyring of its own
/// @param preserved     descriptors from 3 on that the program gets
/// @param detached      nobody waits for its end
public record Entering(
        int pid,
        long began,
        String cgroup,
        List<Line> groups,
        String pidFile,
        String consoleSocket,
        String pidfdSocket,
        boolean keyring,
        int preserved,
        boolean detached) {
    private static final long BORN = Namespace.USER.flag() | Namespace.PID.flag();

    public Entering {
        groups = List.copyOf(groups);
    }

    /// What will be done.
    ///
    /// @param spec the container's, with the further process in place of its first
    /// @throws InvalidSpec with every problem found: nothing has been done then
    public Plan plan(Spec spec, Host host) {
        var problems = new ArrayList<Problem>();
        check(spec, host, problems);
        var outside = new ArrayList<Line>();
        var undo = new ArrayList<Undo>();
        outside.add(line(new Step.OpenProcess(Slot.PROCESS, pid, began), "the container, and nobody else by now"));
        if (!consoleSocket.isEmpty()) {
            outside.add(line(new Step.Connect(Slot.CONSOLE, consoleSocket), "who takes its terminal"));
        }
        outside.addAll(Lifecycle.watcher(pidfdSocket));
        outside.addAll(Privileges.before(spec));
        outside.addAll(Affinity.initial(spec, problems));
        long joined = namespaces(spec);
        outside.add(line(
                new Step.Clone(0, cgroup, Slot.HOST, Slot.PROCESS, joined & BORN), "a further process, among its"));
        outside.addAll(Rlimits.after(spec, problems));
        List<Line> inside = inside(spec, host, joined & ~BORN, problems);
        if (!pidFile.isEmpty()) {
            outside.add(line(new Step.Meet(), "all is made for its program"));
            undo.add(new Undo(outside.size(), new Step.RemoveFile(pidFile), "it doesn't run"));
            undo.add(new Undo(outside.size(), new Step.RemoveFile(Lifecycle.draft(pidFile)), "likewise"));
            outside.add(line(new Step.KeepProcess(pidFile, Lifecycle.draft(pidFile), true), "asked for"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return new Plan(outside, inside, undo, 0, detached, !detached, preserved);
    }

    private void check(Spec spec, Host host, List<Problem> problems) {
        Checks.process(spec, problems);
        Labels.check(spec, host, problems);
        boolean terminal = spec.process().terminal();
        if (terminal && detached && consoleSocket.isEmpty()) {
            problems.add(new Problem(
                    "process.terminal",
                    "cannot allocate tty if runc will detach without setting console socket (--console-socket)"));
        } else if (!consoleSocket.isEmpty() && !(terminal && detached)) {
            problems.add(new Problem(
                    "--console-socket", "cannot use console socket if runc will not detach or allocate tty"));
        }
    }

    /// Those of the container's that aren't the caller's anyway.
    private static long namespaces(Spec spec) {
        long flags = 0;
        for (Namespace namespace : spec.linux().namespaces().keySet()) {
            flags |= namespace.flag();
        }
        return flags;
    }

    private List<Line> inside(Spec spec, Host host, long joined, List<Problem> problems) {
        var inside = new ArrayList<Line>(groups); // still as the caller, as is the next
        inside.addAll(ResctrlGroups.inside(spec, host));
        inside.addAll(Affinity.last(spec, problems));
        inside.addAll(ProcFiles.score(spec, problems));
        inside.addAll(Labels.asTheCaller(spec));
        inside.add(line(new Step.JoinProcess(Slot.PROCESS, joined), "it sees what the container sees"));
        if (spec.process().terminal()) {
            Spec.Process process = spec.process();
            inside.add(line(new Step.OpenDirectory(Slot.PTS, Slot.HOST, "dev/pts"), "the container's terminals"));
            inside.add(line(
                    new Step.OpenConsole(
                            Slot.PTS,
                            process.rows(),
                            process.columns(),
                            process.user().uid(),
                            true,
                            consoleSocket.isEmpty() ? Slot.HOST : Slot.CONSOLE),
                    "a terminal of its own: nothing can be typed into the caller's"));
        } else {
            inside.add(line(new Step.GuardStreams(detached), Streams.why(detached)));
        }
        inside.addAll(Scheduling.steps(spec, problems));
        inside.addAll(MemoryPolicies.steps(spec, problems));
        inside.addAll(Personalities.steps(spec, problems));
        inside.addAll(Rlimits.steps(spec, problems));
        inside.addAll(Lifecycle.beforeUser(spec));
        inside.addAll(User.steps(spec, host, keyring));
        inside.add(Entry.find(spec));
        inside.addAll(Entry.session(spec));
        inside.addAll(Lifecycle.watched(pidfdSocket, "setns"));
        if (preserved > 0) {
            inside.add(line(new Step.PreserveDescriptors(preserved), "asked for"));
        }
        if (!pidFile.isEmpty()) {
            inside.add(line(new Step.Meet(), "it can be told of"));
        }
        if (detached) {
            inside.add(line(new Step.Detach(), "nobody waits for its end"));
        }
        inside.addAll(Privileges.steps(spec, host, problems));
        inside.add(Entry.program(spec));
        return inside;
    }
}
