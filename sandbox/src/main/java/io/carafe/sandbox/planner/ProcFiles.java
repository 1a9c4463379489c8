package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is written to procfs: sysctls of the box's own namespaces, its `oom_score_adj`, later its [Labels].
/// Through an instance that is mounted nowhere, before any file of the box's is in reach: nothing can lie
/// over what is written to (CVE-2025-52881, CVE-2019-19921).
final class ProcFiles {
    private static final int SCORE_MIN = -1000; // proc(5)
    private static final int SCORE_MAX = 1000;
    private static final String SCORE = "how soon it is killed when the machine is short of memory";
    private static final long SAFE = Attributes.NOSUID | Attributes.NODEV | Attributes.NOEXEC;

    private ProcFiles() {}

    static List<Line> steps(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        for (Map.Entry<String, String> sysctl : spec.linux().sysctl().entrySet()) {
            String path = Sysctls.path(sysctl.getKey(), sysctl.getValue(), spec, problems);
            steps.add(line(new Step.WriteIn(Slot.PROC, "sys/" + path, sysctl.getValue()), "asked for"));
        }
        Integer score = spec.process().oomScoreAdj();
        check(score, problems);
        if (score != null && !spec.linux().makes(Namespace.USER)) {
            steps.add(line(new Step.WriteIn(Slot.PROC, "self/oom_score_adj", score.toString()), SCORE));
        }
        if ((!steps.isEmpty() || Labels.any(spec)) && !clonesTheHosts(spec)) {
            steps.addFirst(line(
                    new Step.NewFilesystem(Slot.PROC, "proc", List.of("source=proc"), SAFE),
                    "written to through one that nobody else has seen"));
        }
        return steps;
    }

    /// Of a further process, while the host's `/proc` is still the one in reach.
    static List<Line> score(Spec spec, List<Problem> problems) {
        Integer score = spec.process().oomScoreAdj();
        check(score, problems);
        return score == null
                ? Planner.none()
                : List.of(line(new Step.WriteFile("/proc/self/oom_score_adj", score.toString()), SCORE));
    }

    private static void check(@Nullable Integer score, List<Problem> problems) {
        if (score != null && (score < SCORE_MIN || score > SCORE_MAX)) {
            problems.add(new Problem("process.oomScoreAdj", score + " is not within -1000 to 1000"));
        }
    }

    /// Outside: a proc for the host's process table can't be made in a user namespace. A clone of the mount without
    /// what lies over it is as good.
    static List<Line> before(Spec spec) {
        if (!clonesTheHosts(spec) || (spec.linux().sysctl().isEmpty() && !Labels.any(spec))) {
            return Planner.none();
        }
        return List.of(
                line(new Step.CloneTree(Slot.PROC, Slot.HOST, "/proc", false), "written to with nothing over it"));
    }

    private static boolean clonesTheHosts(Spec spec) {
        return spec.linux().makes(Namespace.USER) && !spec.linux().makes(Namespace.PID);
    }

    /// In a user namespace it is written before the box becomes its own root: files of a process that can't be dumped
    /// belong to the host's root, which is nobody then. The host's `/proc` is still the only one in reach.
    static List<Line> asTheCaller(Spec spec) {
        Integer score = spec.process().oomScoreAdj();
        if (score == null || !spec.linux().makes(Namespace.USER)) {
            return Planner.none();
        }
        return List.of(line(new Step.WriteFile("/proc/self/oom_score_adj", score.toString()), SCORE));
    }
}
