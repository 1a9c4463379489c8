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

/// What is done to a container that is there already: an OCI runtime's `start`, `kill` and `delete`.
public final class Acts {
    private static final int SIGKILL = 9;
    private static final int PATIENCE = 10_000; // ms

    private Acts() {}

    /// A process, by its number and its start time as [Step.OpenProcess] has it.
    public record Target(int pid, long began) {}

    /// Tells a created container to execute its program.
    ///
    /// @param directory where its state is
    public static Plan start(Spec spec, String directory, Target process) {
        var steps = new ArrayList<Line>();
        steps.add(line(new Step.LockDirectory(directory, false), "one thing at a time is done to it"));
        var undo = new ArrayList<Undo>();
        Step kill = new Step.SignalProcess(process.pid(), process.began(), SIGKILL, true);
        undo.add(new Undo(steps.size(), kill, "a container whose hooks fail is stopped"));
        steps.addAll(Lifecycle.start(spec, directory));
        for (Hook hook : spec.container().hooks().poststart()) {
            Step step = Lifecycle.step(
                    spec.container(), hook, "running", spec.container().bundle(), false, process.pid());
            steps.add(line(step, "told of the container's state"));
        }
        return Plan.act(steps, undo);
    }

    /// Sends a signal to its first process.
    public static Plan kill(Target process, int signal) {
        Step kill = new Step.SignalProcess(process.pid(), process.began(), signal, false);
        return Plan.act(List.of(line(kill, "asked for")), List.of());
    }

    /// Takes back what its creation has made. Its groups go first: in them is what may still run.
    ///
    /// @param directory where its state is
    /// @param files     what is in there
    /// @param processes to be killed
    /// @param groups    steps that remove its groups
    /// @param container whose poststop hooks run
    public static Plan delete(
            String directory, List<String> files, List<Target> processes, List<Line> groups, Spec.Container container) {
        var steps = new ArrayList<Line>();
        steps.add(line(new Step.LockDirectory(directory, false), "one thing at a time is done to it"));
        for (Target process : processes) {
            steps.add(line(new Step.SignalProcess(process.pid(), process.began(), SIGKILL, true), "it still ran"));
            steps.add(line(new Step.AwaitProcess(process.pid(), process.began(), PATIENCE), "till it has ended"));
        }
        steps.addAll(groups);
        for (String file : files) {
            steps.add(line(new Step.RemoveFile(directory + "/" + file), "its state"));
        }
        steps.add(line(new Step.RemoveDirectory(directory, 0), "its name is free again"));
        for (Hook hook : container.hooks().poststop()) {
            Step step = Lifecycle.step(container, hook, "stopped", container.bundle(), true, 0);
            steps.add(line(step, "told of the container's state"));
        }
        return Plan.act(steps, List.of());
    }
}
