package io.carafe.engine.engine;

import io.carafe.engine.pod.Pod;
import io.carafe.sandbox.cgroup.KernelFiles;
import io.carafe.sandbox.cgroup.Limits;
import io.carafe.sandbox.cgroup.Site;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Resources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The control group of a pod that has limits: the groups of its containers are in it, but for the one that
/// holds its namespaces, which makes it. It stays until the pod has stopped, whatever becomes of that one.
final class PodGroup {
    private static final int PATIENCE = 2000; // milliseconds, in which the last task leaves the processor

    private PodGroup() {}

    /// Below every hierarchy's mount point.
    static String name(Pod pod) {
        return "carafe-pod-" + pod.brief();
    }

    /// Steps that make it; none for a pod without limits.
    ///
    /// @throws InvalidSpec with every limit that this machine can't keep
    static List<Line> made(Pod pod, Host host) {
        Resources limits = pod.limits();
        if (limits == null) {
            return List.of();
        }
        var problems = new ArrayList<Problem>();
        Cgroups cgroups = host.usableCgroups();
        Limits group =
                Limits.of(limits, Site.everywhere(name(pod), cgroups, new KernelFiles()), false, cgroups, problems);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return group.outside();
    }

    /// Steps that remove what is there of it.
    static List<Line> removed(Pod pod, Host host) {
        var groups = new TreeSet<String>();
        Cgroups cgroups = host.usableCgroups();
        cgroups.v1().values().forEach(it -> groups.add(it + "/" + name(pod)));
        groups.add(cgroups.unified() + "/" + name(pod));
        var lines = new ArrayList<Line>();
        for (String group : groups) {
            if (pod.limits() != null && Files.isDirectory(Path.of(group))) {
                lines.add(new Line(new Step.RemoveGroup(group, PATIENCE, false), "the limits go with the pod"));
            }
        }
        return lines;
    }
}
