package io.carafe.sandbox;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;

/// What the library asks a box's groups at its end, beside what every plan does.
final class Evidence {
    private static final String LIMIT = "/pids.max";

    private Evidence() {}

    /// The same plan, which also reads how often the limit on processes kept the box from making one.
    static Plan with(Plan plan) {
        for (int i = 0; i < plan.outside().size(); i++) {
            if (plan.outside().get(i).step() instanceof Step.WriteFile(var path, var _) && path.endsWith(LIMIT)) {
                String group = path.substring(0, path.length() - LIMIT.length());
                return with(plan, new Undo(i, new Step.Collect(group + "/pids.events"), "was a process refused?"));
            }
        }
        return plan;
    }

    /// When all of the box is dead, and before its groups go.
    private static Plan with(Plan plan, Undo collect) {
        var undo = new ArrayList<>(plan.undo());
        int at = 0;
        while (at < undo.size() && undo.get(at).step() instanceof Step.KillGroup) {
            at++;
        }
        undo.add(at, collect);
        return new Plan(plan.outside(), plan.inside(), undo, plan.timeout());
    }
}
