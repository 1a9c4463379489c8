package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// namespaces(7)
final class Namespaces {
    private static final long MS_SLAVE = 1 << 19;

    private Namespaces() {}

    /// All but the cgroup namespace: its root is where its first process is, and the box isn't in its groups yet.
    static long atClone(Spec spec) {
        long flags = 0;
        for (Namespace namespace : spec.linux().namespaces().keySet()) {
            if (namespace != Namespace.CGROUP) {
                flags |= namespace.flag();
            }
        }
        return flags;
    }

    static List<Line> steps(Spec spec) {
        var steps = new ArrayList<Line>();
        if (spec.linux().makes(Namespace.CGROUP)) {
            steps.add(line(new Step.Unshare(Namespace.CGROUP.flag()), "the box's groups look like the root to it"));
        }
        steps.add(line(new Step.SetPropagation(MS_SLAVE), "nothing mounted in the box reaches the host"));
        return steps;
    }
}
