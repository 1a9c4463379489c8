package io.carafe.engine.engine;

import io.carafe.sandbox.plan.Plan;
import java.util.List;

/// What mounting or unmounting comes to.
///
/// @param lines for people, one for each image that was asked for
/// @param plan  what is to be done; without a step if nothing is
public record Mounting(List<String> lines, Plan plan) {
    public Mounting {
        lines = List.copyOf(lines);
    }

    /// Whether anything is to be done.
    public boolean hasSteps() {
        return !plan.outside().isEmpty();
    }
}
