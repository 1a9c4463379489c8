package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The standard streams: the caller's, made safe to hand over, unless the box gets a terminal of its own ([Devices]).
final class Streams {
    private Streams() {}

    /// @param handover null for a box; what is left alone has nobody to relay its streams
    static List<Line> steps(Spec spec, @Nullable Handover handover) {
        var steps = new ArrayList<Line>();
        if (spec.process().terminal()) {
            return steps;
        }
        if (!spec.supervision().interactive()) {
            // the one we made, or the host's; never by a path that somebody else may have made
            Step empty = Devices.holdsOurs(spec)
                    ? new Step.ReadInputFrom(Slot.DEV, "null")
                    : new Step.ReadInputFrom(Slot.HOST, "/dev/null");
            steps.add(line(empty, "the caller's input is not the box's"));
        }
        boolean alone = handover != null && handover.left().isAlone();
        steps.add(line(new Step.GuardStreams(alone), why(alone)));
        return steps;
    }

    static String why(boolean alone) {
        return alone
                ? "nor are the caller's directories; nobody is there to relay its files and terminal"
                : "nor are the caller's terminal, files and directories";
    }
}
