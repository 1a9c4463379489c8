package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// Host name, domain name, and the network of one that a box without a network has.
final class Names {
    private Names() {}

    static List<Line> steps(Spec spec) {
        var steps = new ArrayList<Line>();
        if (!spec.hostname().isEmpty()) {
            steps.add(line(new Step.SetHostName(spec.hostname()), "a name of its own"));
        }
        if (!spec.domainname().isEmpty()) {
            steps.add(line(new Step.SetDomainName(spec.domainname()), "a name of its own"));
        }
        if (spec.linux().makes(Namespace.NETWORK)) {
            steps.add(line(new Step.RaiseLoopback(), "127.0.0.1 works, and is the box's own"));
        }
        return steps;
    }
}
