package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// namespaces(7)
final class Namespaces {
    private static final long MS_SLAVE = 1 << 19;
    private static final Set<String> CLOCKS = Set.of("monotonic", "boottime");
    private static final Duration OFFSET_MAX = Duration.ofNanos(Long.MAX_VALUE / 2); // KTIME_SEC_MAX / 2

    private Namespaces() {}

    /// All but the cgroup namespace: its root is where its first process is, and the box isn't in its groups yet.
    static long atClone(Spec spec) {
        long flags = 0;
        for (Namespace namespace : spec.linux().namespaces().keySet()) {
            if (spec.linux().makes(namespace) && namespace != Namespace.CGROUP && namespace != Namespace.TIME) {
                flags |= namespace.flag();
            }
        }
        return flags;
    }

    /// Outside, before the clone: the box is born into the namespaces that it joins, while the executor is in
    /// them. In a user namespace of its own it would be refused; into another PID namespace nobody comes but by
    /// birth. The user namespace isn't entered here: the executor couldn't come back. A new time namespace is for
    /// children too, and its clocks are set before there is one: time_namespaces(7). The root of a user namespace
    /// has rights over those that belong to it, as those of Podman's containers do, but none over the machine's.
    static List<Line> before(Spec spec, Host host) {
        boolean stays = stays(spec, host);
        var steps = new ArrayList<Line>();
        spec.linux().namespaces().forEach((namespace, path) -> {
            if (!path.isEmpty() && namespace != Namespace.USER) {
                steps.add(line(
                        new Step.JoinNamespace(
                                namespace.flag(),
                                path,
                                owners(spec, namespace),
                                Sysctls.changes(spec, namespace),
                                stays),
                        "shared with those who are in it"));
            }
        });
        if (spec.linux().makes(Namespace.TIME)) {
            steps.add(line(new Step.Unshare(Namespace.TIME.flag()), "its next child's clocks are its own"));
            String offsets = offsets(spec.linux().timeOffsets());
            if (!offsets.isEmpty()) {
                steps.add(
                        line(new Step.WriteFile("/proc/self/timens_offsets", offsets), "before anybody looks at them"));
            }
        }
        return steps;
    }

    /// Whether the executor can't come back from a namespace that the box joins.
    static boolean stays(Spec spec, Host host) {
        boolean joins = spec.linux().namespaces().values().stream().anyMatch(path -> !path.isEmpty());
        return joins && !host.isPrivileged() && !spec.linux().joins(Namespace.USER);
    }

    /// Only who has rights over a process table, message queues or groups can mount what shows them.
    private static Slot owners(Spec spec, Namespace namespace) {
        boolean mounted = namespace == Namespace.PID || namespace == Namespace.IPC || namespace == Namespace.CGROUP;
        return mounted && spec.linux().joins(Namespace.USER) ? Slot.IDS : Slot.HOST;
    }

    /// The user namespace that the box is born in, which the steps before have opened.
    static Slot users(Spec spec) {
        return spec.linux().joins(Namespace.USER) ? Slot.IDS : Slot.HOST;
    }

    private static String offsets(Map<String, Duration> offsets) {
        var text = new StringBuilder();
        offsets.forEach((clock, offset) -> text.append(clock)
                .append(' ')
                .append(offset.getSeconds())
                .append(' ')
                .append(offset.getNano())
                .append('\n'));
        return text.toString();
    }

    static void check(Spec spec, List<Problem> problems) {
        Spec.Linux linux = spec.linux();
        linux.namespaces().forEach((namespace, path) -> {
            if (path.isEmpty()) {
                return;
            }
            if (namespace == Namespace.MOUNT) {
                problems.add(new Problem(
                        "linux.namespaces",
                        "a box builds a root of its own, for which it needs a new mount namespace; to see what another"
                                + " box sees, give both the same root and mounts (shared ones: rshared)"));
            }
            Checks.absolute("linux.namespaces", path, problems);
        });
        linux.timeOffsets().forEach((clock, offset) -> {
            if (!CLOCKS.contains(clock)) {
                problems.add(new Problem(
                        "linux.timeOffsets", "no such clock: " + clock + "; there is monotonic and boottime"));
            } else if (offset.abs().compareTo(OFFSET_MAX) > 0) {
                problems.add(
                        new Problem("linux.timeOffsets", clock + ": over 146 years are more than the kernel takes"));
            }
        });
        if (!linux.timeOffsets().isEmpty() && !linux.makes(Namespace.TIME)) {
            problems.add(new Problem("linux.timeOffsets", "needs a new time namespace in linux.namespaces"));
        }
    }

    static List<Line> steps(Spec spec) {
        var steps = new ArrayList<Line>();
        if (spec.linux().makes(Namespace.CGROUP)) {
            steps.add(line(new Step.Unshare(Namespace.CGROUP.flag()), "the box's groups look like the root to it"));
        }
        steps.add(line(new Step.SetPropagation(MS_SLAVE), "nothing mounted in the box reaches the host"));
        return steps;
    }
}
