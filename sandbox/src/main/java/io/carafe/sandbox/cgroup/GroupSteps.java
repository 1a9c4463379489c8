package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// What is done to the groups of a container that runs, or has ended.
public final class GroupSteps {
    private GroupSteps() {}

    /// All its processes stop where they are.
    ///
    /// @param problems gets that there is nothing to stop them by
    public static List<Line> freeze(Groups groups, List<Problem> problems) {
        return freezer(groups, true, "the container pauses", problems);
    }

    /// They go on.
    public static List<Line> thaw(Groups groups, List<Problem> problems) {
        return freezer(groups, false, "the container goes on", problems);
    }

    private static List<Line> freezer(Groups groups, boolean frozen, String why, List<Problem> problems) {
        String group = groups.freezer();
        if (group.isEmpty()) {
            problems.add(none("pause"));
            return List.of();
        }
        return List.of(new Line(new Step.FreezeGroup(group, groups.isFreezerUnified(), frozen, Groups.PATIENCE), why));
    }

    /// None of them is left. One that is frozen dies as well.
    public static List<Line> kill(Groups groups, List<Problem> problems) {
        String group = groups.freezer();
        if (group.isEmpty()) {
            problems.add(none("kill"));
            return List.of();
        }
        return List.of(new Line(
                new Step.KillGroup(group, groups.isFreezerUnified(), Groups.PATIENCE), "everything in the container"));
    }

    /// Each of them gets a signal, however fast they fork: nobody does while they are frozen.
    ///
    /// @param frozen they are already, and stay so
    public static List<Line> signal(Groups groups, int signal, boolean frozen, List<Problem> problems) {
        String group = groups.freezer();
        if (group.isEmpty()) {
            problems.add(none("signal"));
            return List.of();
        }
        var lines = new ArrayList<Line>();
        if (!frozen) {
            lines.addAll(freezer(groups, true, "so that none is missed", problems));
        }
        lines.add(new Line(new Step.SignalGroup(group, signal), "everything in the container"));
        if (!frozen) {
            lines.addAll(freezer(groups, false, "the container goes on", problems));
        }
        return lines;
    }

    /// The groups go that were made for it, and those that it has made in them. Groups on the way to them stay,
    /// whoever made them: others may be about to use them. docs/decisions/0011.
    public static List<Line> remove(Groups groups) {
        var lines = new ArrayList<Line>();
        if (groups.unit().isThere()) {
            lines.addAll(Systemd.end(groups.unit()));
        }
        for (String group : groups.made()) {
            lines.add(
                    new Line(new Step.RemoveGroup(group, Groups.PATIENCE, false), "the group goes with the container"));
        }
        return lines;
    }

    /// Reads what a container's groups have to say of its end, before they go: whether it ran into its limits, and what
    /// it took. What a kernel doesn't have is left out as it is read.
    public static List<Line> evidence(Groups groups) {
        var lines = new ArrayList<Line>();
        boolean v1 = groups.v1().containsKey("memory");
        collect(groups, "memory", v1 ? "memory.oom_control" : "memory.events", "did the limit kill?", lines);
        collect(groups, "memory", v1 ? "memory.max_usage_in_bytes" : "memory.peak", "how much memory it took", lines);
        collect(groups, "pids", "pids.events", "did the limit on processes keep it from making one?", lines);
        collect(groups, "cpu", "cpu.stat", "how long it waited for processor time", lines);
        if (groups.v1().containsKey("cpuacct")) {
            collect(groups, "cpuacct", "cpuacct.usage", "how much processor time it took", lines);
        }
        return lines;
    }

    private static void collect(Groups groups, String controller, String file, String why, List<Line> lines) {
        String group = groups.of(controller);
        if (!group.isEmpty()) {
            lines.add(new Line(new Step.Collect(group + "/" + file), why));
        }
    }

    private static Problem none(String what) {
        return new Problem("container", "has no control group to " + what + " it by");
    }
}
