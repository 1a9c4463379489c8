package io.carafe.sandbox.planner;

import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Spec;
import java.util.List;
import java.util.Map;

/// What a spec can ask for and no step does yet. Nothing is left out silently: whoever builds one of these takes its
/// line away.
final class NotYet {
    private NotYet() {}

    static void check(Spec spec, List<Problem> problems) {
        Spec.Process process = spec.process();
        refuse(process.oomScoreAdj() != null, "process.oomScoreAdj", problems);
        refuse(process.scheduler() != null, "process.scheduler", problems);
        refuse(process.ioPriority() != null, "process.ioPriority", problems);
        Spec.Linux linux = spec.linux();
        for (Map.Entry<Namespace, String> namespace : linux.namespaces().entrySet()) {
            refuse(!namespace.getValue().isEmpty(), "linux.namespaces (join)", problems);
            refuse(namespace.getKey() == Namespace.USER, "linux.namespaces (user)", problems);
            refuse(namespace.getKey() == Namespace.TIME, "linux.namespaces (time)", problems);
        }
        refuse(!linux.uidMappings().isEmpty(), "linux.uidMappings", problems);
        refuse(!linux.gidMappings().isEmpty(), "linux.gidMappings", problems);
        refuse(!linux.timeOffsets().isEmpty(), "linux.timeOffsets", problems);
        refuse(!linux.sysctl().isEmpty(), "linux.sysctl", problems);
        refuse(linux.personality() != null, "linux.personality", problems);
        refuse(!linux.rootfsPropagation().isEmpty(), "linux.rootfsPropagation", problems);
        for (Spec.Mount mount : spec.mounts()) {
            refuse(!mount.uidMappings().isEmpty(), "mounts.uidMappings", problems);
            refuse(!mount.gidMappings().isEmpty(), "mounts.gidMappings", problems);
        }
    }

    private static void refuse(boolean asked, String what, List<Problem> problems) {
        if (asked) {
            problems.add(new Problem(what, "is not there yet"));
        }
    }
}
