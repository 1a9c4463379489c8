package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// getrlimit(2)
final class Rlimits {
    /// In the kernel's order: the index is the number (asm-generic/resource.h).
    private static final List<String> TYPES = List.of(
            "RLIMIT_CPU",
            "RLIMIT_FSIZE",
            "RLIMIT_DATA",
            "RLIMIT_STACK",
            "RLIMIT_CORE",
            "RLIMIT_RSS",
            "RLIMIT_NPROC",
            "RLIMIT_NOFILE",
            "RLIMIT_MEMLOCK",
            "RLIMIT_AS",
            "RLIMIT_LOCKS",
            "RLIMIT_SIGPENDING",
            "RLIMIT_MSGQUEUE",
            "RLIMIT_NICE",
            "RLIMIT_RTPRIO",
            "RLIMIT_RTTIME");

    private Rlimits() {}

    /// Inside, while it is the host's root, who may raise them.
    static List<Line> steps(Spec spec, List<Problem> problems) {
        return spec.linux().has(Namespace.USER) ? Planner.none() : all(spec, problems);
    }

    /// From outside, when the box's root is somebody else there.
    static List<Line> after(Spec spec, List<Problem> problems) {
        return spec.linux().has(Namespace.USER) ? all(spec, problems) : Planner.none();
    }

    private static List<Line> all(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        for (Spec.Rlimit limit : spec.process().rlimits()) {
            int resource = TYPES.indexOf(limit.type());
            if (resource < 0) {
                problems.add(new Problem("process.rlimits", "no such limit: " + limit.type()));
            }
            if (Long.compareUnsigned(limit.soft(), limit.hard()) > 0) {
                problems.add(new Problem("process.rlimits", limit.type() + ": the soft limit is above the hard one"));
            }
            steps.add(line(new Step.SetLimit(resource, limit.soft(), limit.hard()), "asked for"));
        }
        return steps;
    }
}
