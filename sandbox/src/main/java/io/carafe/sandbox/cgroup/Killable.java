package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Problem;
import java.util.ArrayList;
import java.util.List;

/// A group to end a box by that has no PID namespace of its own: with such a namespace's first process all others
/// end, without one they would run on.
public final class Killable {
    private static final String WHY = "without a PID namespace of its own nothing else ends all of the box";

    private Killable() {}

    /// The same groups, and one that everything in the box is in, and is killed in.
    ///
    /// @param name     of the box's groups, below the mount point of each hierarchy
    /// @param problems gets what this machine hasn't got for it
    public static Limits of(Limits limits, String name, Cgroups cgroups, List<Problem> problems) {
        boolean unified = cgroups.layout() == Layout.V2;
        String hierarchy = unified ? cgroups.unified() : cgroups.v1().getOrDefault("freezer", "");
        if (hierarchy.isEmpty()) {
            problems.add(new Problem(
                    "linux.namespaces",
                    "a box that shares a process table needs a control group to end by, and there is no "
                            + (cgroups.layout() == Layout.NONE ? "control group" : "freezer") + " hierarchy here"));
            return limits;
        }
        String group = hierarchy + "/" + name;
        var outside = new ArrayList<Line>(limits.outside());
        var inside = new ArrayList<Line>(limits.inside());
        var undo = new ArrayList<Undo>(limits.undo());
        int made = outside.indexOf(outside.stream()
                .filter(line -> line.step() instanceof Step.MakeDirectory(var path, var _, var _) && path.equals(group))
                .findFirst()
                .orElse(null));
        if (made < 0) {
            made = outside.size();
            outside.add(new Line(new Step.MakeDirectory(group, 0755), WHY));
            if (!unified) {
                inside.add(new Line(new Step.WriteFile(group + "/tasks", "0"), "the box enters it"));
            }
            undo.add(new Undo(made, new Step.RemoveDirectory(group, Limits.PATIENCE), "the group goes with the box"));
        }
        undo.addFirst(new Undo(made, new Step.KillGroup(group, unified, Limits.PATIENCE), WHY));
        return new Limits(outside, unified ? group : limits.cgroup(), inside, undo, limits.shown());
    }
}
