package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.spec.Connections.Filtering;
import java.util.List;

/// An act: the packet filter is made again as it should be.
public final class Refiltering {
    private Refiltering() {}

    /// What will be done.
    ///
    /// @param all what it does for each box that is on a network
    public static Plan plan(List<Filtering> all) {
        return Plan.act(List.of(line(Firewall.again(all), "somebody has changed it")), List.of());
    }
}
