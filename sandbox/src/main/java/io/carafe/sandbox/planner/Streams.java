package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.List;

/// Standard input. Output and error are the caller's, or the box's terminal ([Devices]).
final class Streams {
    private Streams() {}

    static List<Line> steps(Spec spec) {
        if (spec.supervision().interactive() || spec.process().terminal()) {
            return Planner.none();
        }
        return List.of(line(new Step.ReadInputFrom("/dev/null"), "the caller's input is not the box's"));
    }
}
