package io.carafe.sandbox.plan;

import java.util.List;

/// Everything that will be done to run a box, in order; nothing else will be done.
///
/// @param outside done on the host before the box is let go; exactly one of these steps is [Step.Clone]
/// @param inside  done by the process that becomes the box; the last step is [Step.Execute]
/// @param undo    done on the host afterwards, whatever happened; each step only if the one that it undoes was done
/// @param timeout milliseconds after which the box is killed, 0 for never
public record Plan(List<Line> outside, List<Line> inside, List<Undo> undo, long timeout) {
    public Plan {
        outside = List.copyOf(outside);
        inside = List.copyOf(inside);
        undo = List.copyOf(undo);
    }

    /// A step and the reason for it, for `explain` and for error messages. The executor never sees the reason.
    public record Line(Step step, String why) {}

    /// A step that takes back what one of the outside part did.
    ///
    /// @param after index in [Plan#outside] of the step that this one takes back
    public record Undo(int after, Step step, String why) {}

    /// Which list of the plan a step stands in. The wire and the executor's report carry the ordinal.
    public enum Part {
        OUTSIDE,
        INSIDE,
        UNDO
    }
}
