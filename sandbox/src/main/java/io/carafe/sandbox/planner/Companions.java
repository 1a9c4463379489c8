package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// A program of the host that serves the box: pasta(1), say, which is its way to the network.
final class Companions {
    private static final int PATIENCE = 10_000; // ms

    private Companions() {}

    static List<Line> after(Spec spec) {
        Spec.Companion companion = spec.supervision().companion();
        if (companion == null) {
            return Planner.none();
        }
        var arguments = new ArrayList<>(companion.arguments());
        arguments.add("");
        return List.of(line(
                new Step.RunProgram(companion.path(), arguments, arguments.size() - 1, true, PATIENCE),
                "serves the box as long as it runs"));
    }
}
