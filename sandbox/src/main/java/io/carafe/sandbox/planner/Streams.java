package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// The standard streams: the caller's, made safe to hand over, unless the box gets a terminal of its own ([Devices]).
final class Streams {
    private Streams() {}

    static List<Line> steps(Spec spec) {
        var steps = new ArrayList<Line>();
        if (spec.process().terminal()) {
            return steps;
        }
        if (!spec.supervision().interactive()) {
            steps.add(line(new Step.ReadInputFrom("/dev/null"), "the caller's input is not the box's"));
        }
        steps.add(line(new Step.GuardStreams(), "nor are the caller's terminal and directories"));
        return steps;
    }
}
