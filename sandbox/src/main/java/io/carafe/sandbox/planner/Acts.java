package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Hook;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is done to a container that is there already: an OCI runtime's `start`, `kill` and `delete`.
public final class Acts {
    private static final int SIGKILL = 9;
    private static final int PATIENCE = 10_000; // ms

    private Acts() {}

    /// A process, by its number and its start time as [Step.OpenProcess] has it.
    public record Target(int pid, long began) {}

    /// What a container's creation has made, and its deletion takes back.
    ///
    /// @param directory where its state is
    /// @param files     what is in there
    /// @param process   its first; null if that has ended
    /// @param groups    steps that remove its groups: in them is what may still run
    /// @param container whose poststop hooks run
    public record Remains(
            String directory,
            List<String> files,
            @Nullable Target process,
            List<Line> groups,
            Spec.Container container) {
        public Remains {
            files = List.copyOf(files);
            groups = List.copyOf(groups);
        }

        private List<Line> steps() {
            var steps = new ArrayList<Line>();
            if (process != null) {
                int pid = process.pid();
                steps.add(line(new Step.SignalProcess(pid, process.began(), SIGKILL, true), "it may still run"));
            }
            for (Line kill : groups) { // first of all, and thawed by it: of cgroup v1, nobody dies frozen
                if (kill.step() instanceof Step.KillGroup) {
                    steps.add(kill);
                }
            }
            if (process != null) {
                steps.add(line(new Step.AwaitProcess(process.pid(), process.began(), PATIENCE), "till it has ended"));
            }
            for (Line other : groups) {
                if (!(other.step() instanceof Step.KillGroup)) {
                    steps.add(other);
                }
            }
            for (String file : files) {
                steps.add(line(new Step.RemoveFile(directory + "/" + file), "its state"));
            }
            steps.add(line(new Step.RemoveDirectory(directory, 0), "its name is free again"));
            for (Hook hook : container.hooks().poststop()) {
                Step step = Lifecycle.step(container, hook, "stopped", container.bundle(), true, 0);
                steps.add(line(step, "told of the container's state"));
            }
            return steps;
        }
    }

    /// Tells a created container to execute its program. Runtime specification, runtime.md, "Lifecycle", 8. and 9.: if
    /// a hook fails, it is stopped and destroyed.
    public static Plan start(Spec spec, Target process, Remains remains) {
        var steps = new ArrayList<Line>();
        steps.add(lock(remains));
        var undo = new ArrayList<Undo>();
        for (Line line : remains.steps()) {
            undo.add(new Undo(steps.size(), line.step(), line.why()));
        }
        steps.addAll(Lifecycle.start(spec, remains.directory()));
        for (Hook hook : spec.container().hooks().poststart()) {
            Step step = Lifecycle.step(
                    spec.container(), hook, "running", spec.container().bundle(), false, process.pid());
            steps.add(line(step, "told of the container's state"));
        }
        return Plan.act(steps, undo);
    }

    private static Line lock(Remains remains) {
        return line(new Step.LockDirectory(remains.directory(), false), "one thing at a time is done to it");
    }

    /// Sends a signal to its first process.
    public static Plan kill(Target process, int signal) {
        Step kill = new Step.SignalProcess(process.pid(), process.began(), signal, false);
        return Plan.act(List.of(line(kill, "asked for")), List.of());
    }

    /// Takes back what its creation has made.
    public static Plan delete(Remains remains) {
        var steps = new ArrayList<Line>();
        steps.add(lock(remains));
        steps.addAll(remains.steps());
        return Plan.act(steps, List.of());
    }
}
