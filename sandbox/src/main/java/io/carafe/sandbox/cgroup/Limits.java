package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Resources;
import java.util.ArrayList;
import java.util.List;

/// The groups of one box: made with their limits before it, entered by it, read and removed after it. A box
/// without limits has no group.
///
/// @param outside makes the groups; these steps stand first in the plan's outside part
/// @param cgroup  v2: the group that the box is cloned into, else ""
/// @param inside  v1: the box enters its groups
/// @param undo    collects the figures, removes the groups
/// @param shown   v1: the controllers whose groups the box may see
public record Limits(List<Line> outside, String cgroup, List<Line> inside, List<Undo> undo, List<String> shown) {

    public static final Limits NONE = new Limits(List.of(), "", List.of(), List.of(), List.of());

    /// A busy group is given this many milliseconds to become empty: its last task may still be on its way out.
    static final int PATIENCE = 2000;

    /// The groups that these limits need on this machine.
    ///
    /// @param name     of the box's groups, below the mount point of each hierarchy
    /// @param problems gets what this machine can't limit
    public static Limits of(Resources resources, String name, Cgroups cgroups, List<Problem> problems) {
        var out = new ArrayList<Problem>();
        Limits limits = !cgroups.obstacle().isEmpty()
                ? none(resources, "no control group can be made: " + cgroups.obstacle(), out)
                : switch (cgroups.layout()) {
                    case V2 -> UnifiedLimits.of(resources, name, cgroups, out);
                    case V1, HYBRID -> PerControllerLimits.of(resources, name, cgroups, out);
                    case NONE -> none(resources, "no control groups are mounted here", out);
                };
        problems.addAll(out);
        return limits;
    }

    /// Whether the box has a group at all.
    public boolean any() {
        return !outside.isEmpty();
    }

    private static Limits none(Resources resources, String why, List<Problem> problems) {
        Long pids = resources.pids();
        boolean asked = pids != null && pids >= 0 && pids != Defaults.PIDS;
        if (resources.memory().limit() != null || resources.cpu().quota() != null || asked) {
            problems.add(new Problem("linux.resources", why));
        }
        return NONE; // nobody asked for the default one: a box without it is better than no box
    }

    static Problem missing(String controller) {
        return new Problem("linux.resources", "this machine has no " + controller + " cgroup controller");
    }

    static Line line(Step step, String why) {
        return new Line(step, why);
    }

    static String orMax(long value) {
        return value < 0 ? "max" : Long.toString(value);
    }
}
