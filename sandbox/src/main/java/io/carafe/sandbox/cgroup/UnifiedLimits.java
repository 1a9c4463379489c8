package io.carafe.sandbox.cgroup;

import static io.carafe.sandbox.cgroup.Limits.line;
import static io.carafe.sandbox.cgroup.Limits.orMax;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Resources;
import java.util.ArrayList;
import java.util.List;

/// cgroup v2: one group with every controller. Kernel documentation, admin-guide/cgroup-v2.
final class UnifiedLimits {
    private UnifiedLimits() {}

    static Limits of(Resources resources, String name, Cgroups cgroups, List<Problem> problems) {
        String group = cgroups.unified() + "/" + name;
        var files = new ArrayList<Line>();
        var controllers = new ArrayList<String>();
        Long memory = resources.memory().limit();
        if (memory != null) {
            controllers.add("memory");
            files.add(line(new Step.WriteFile(group + "/memory.max", orMax(memory)), "limit on memory"));
            Long swap = resources.memory().swap();
            if (cgroups.limitsSwap()) {
                long both = swap == null ? 2 * memory : swap;
                files.add(line(
                        new Step.WriteFile(group + "/memory.swap.max", orMax(both < 0 ? -1 : both - memory)),
                        "limit on swap: v2 counts it apart from memory"));
            } else if (swap != null) {
                problems.add(new Problem("linux.resources.memory.swap", "this kernel doesn't account swap"));
            }
        }
        Long quota = resources.cpu().quota();
        if (quota != null) {
            controllers.add("cpu");
            Long period = resources.cpu().period();
            String value = orMax(quota) + " " + (period == null ? 100_000 : period);
            files.add(line(new Step.WriteFile(group + "/cpu.max", value), "limit on processor time"));
        }
        Long pids = resources.pids();
        if (pids != null) {
            controllers.add("pids");
            files.add(line(new Step.WriteFile(group + "/pids.max", orMax(pids)), "a fork bomb ends here"));
        }
        if (controllers.isEmpty()) {
            return Limits.NONE;
        }
        var outside = new ArrayList<Line>();
        for (String controller : controllers) {
            if (!cgroups.offered().contains(controller)) {
                problems.add(Limits.missing(controller));
            } else if (!cgroups.enabled().contains(controller)) {
                outside.add(line(
                        new Step.WriteFile(cgroups.unified() + "/cgroup.subtree_control", "+" + controller),
                        "groups below the root get this controller"));
            }
        }
        int made = outside.size();
        outside.add(line(new Step.MakeDirectory(group, 0755), "the box's control group"));
        outside.addAll(files);
        var undo = new ArrayList<Undo>();
        if (controllers.contains("memory")) {
            undo.add(new Undo(made, new Step.Collect(group + "/memory.events"), "did the limit kill?"));
            undo.add(new Undo(made, new Step.Collect(group + "/memory.peak"), "how much memory it took"));
        }
        undo.add(new Undo(made, new Step.Collect(group + "/cpu.stat"), "how much processor time it took"));
        undo.add(new Undo(made, new Step.RemoveDirectory(group, Limits.PATIENCE), "the group goes with the box"));
        return new Limits(outside, group, List.of(), undo, List.of());
    }
}
