package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.NumberList;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// On which processors a box runs, and by `process.execCPUAffinity` a further process, before it is in the box's groups
/// and afterwards.
final class Affinity {
    private static final int PROCESSORS_MAX = 8191; // the kernel's NR_CPUS, on the largest machines

    private Affinity() {}

    /// Inside: of a box.
    static List<Line> steps(Spec spec, List<Problem> problems) {
        return steps("supervision.processors", spec.supervision().processors(), problems);
    }

    /// Outside, before it is born: it inherits that.
    static List<Line> initial(Spec spec, List<Problem> problems) {
        Spec.CpuAffinity affinity = spec.process().execCPUAffinity();
        return affinity == null
                ? Planner.none()
                : steps("process.execCPUAffinity.initial", affinity.initial(), problems);
    }

    /// Inside, once it is in the groups.
    static List<Line> last(Spec spec, List<Problem> problems) {
        Spec.CpuAffinity affinity = spec.process().execCPUAffinity();
        return affinity == null ? Planner.none() : steps("process.execCPUAffinity.final", affinity.last(), problems);
    }

    private static List<Line> steps(String where, String list, List<Problem> problems) {
        if (list.isEmpty()) {
            return Planner.none();
        }
        BitSet processors = NumberList.parse(list, PROCESSORS_MAX).orElseGet(BitSet::new);
        if (processors.isEmpty()) {
            problems.add(new Problem(where, "not a list of processors, as 0-3,7: " + list));
            return Planner.none();
        }
        var words = new ArrayList<Long>();
        for (long word : processors.toLongArray()) {
            words.add(word);
        }
        return List.of(line(new Step.SetAffinity(words), "asked for"));
    }
}
