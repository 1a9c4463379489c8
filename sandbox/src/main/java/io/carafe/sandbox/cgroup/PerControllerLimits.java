package io.carafe.sandbox.cgroup;

import static io.carafe.sandbox.cgroup.Limits.line;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Resources;
import java.util.ArrayList;
import java.util.List;

/// cgroup v1, alone or beside a v2 hierarchy: a group per controller. Kernel documentation, admin-guide/cgroup-v1.
final class PerControllerLimits {
    private final String name;
    private final Cgroups cgroups;
    private final List<Problem> problems;
    private final List<Line> outside = new ArrayList<>();
    private final List<Line> inside = new ArrayList<>();
    private final List<Undo> collect = new ArrayList<>();
    private final List<Undo> remove = new ArrayList<>();
    private final List<String> shown = new ArrayList<>();

    private PerControllerLimits(String name, Cgroups cgroups, List<Problem> problems) {
        this.name = name;
        this.cgroups = cgroups;
        this.problems = problems;
    }

    static Limits of(Resources resources, String name, Cgroups cgroups, List<Problem> problems) {
        return new PerControllerLimits(name, cgroups, problems).limits(resources);
    }

    private Limits limits(Resources resources) {
        Long memory = resources.memory().limit();
        Long quota = resources.cpu().quota();
        Long pids = resources.pids();
        if (memory != null && group("memory")) {
            write("memory", "memory.limit_in_bytes", memory, "limit on memory");
            Long swap = resources.memory().swap();
            if (cgroups.limitsSwap()) {
                write(
                        "memory",
                        "memory.memsw.limit_in_bytes",
                        swap == null ? 2 * memory : swap,
                        "memory and swap together");
            } else if (swap != null) {
                problems.add(new Problem("linux.resources.memory.swap", "this kernel doesn't account swap"));
            }
            collect("memory", "memory.oom_control", "did the limit kill?");
            collect("memory", "memory.max_usage_in_bytes", "how much memory it took");
        }
        if (quota != null && group("cpu")) {
            Long period = resources.cpu().period();
            write("cpu", "cpu.cfs_period_us", period == null ? 100_000 : period, "the limit's period, in microseconds");
            write("cpu", "cpu.cfs_quota_us", quota, "processor time per period");
        }
        if (memory != null || quota != null) {
            visibleToJvm();
        }
        if (pids != null && group("pids")) {
            write("pids", "pids.max", pids, "a fork bomb ends here");
        }
        var undo = new ArrayList<>(collect);
        undo.addAll(remove);
        return new Limits(outside, "", inside, undo, shown);
    }

    /// A JVM in the box believes its limits only when it sees these four hierarchies.
    private void visibleToJvm() {
        for (String controller : List.of("memory", "cpu", "cpuacct", "cpuset")) {
            if (shown.contains(controller) || !cgroups.v1().containsKey(controller)) {
                continue;
            }
            group(controller);
            if (controller.equals("cpuset")) {
                String why = "a new cpuset is empty, and an empty one can't be entered";
                outside.add(line(new Step.WriteFile(path("cpuset") + "/cpuset.cpus", cgroups.cpus()), why));
                outside.add(line(new Step.WriteFile(path("cpuset") + "/cpuset.mems", cgroups.memoryNodes()), why));
            }
            if (controller.equals("cpuacct")) {
                collect("cpuacct", "cpuacct.usage", "how much processor time it took");
            }
        }
    }

    private boolean group(String controller) {
        if (!cgroups.v1().containsKey(controller)) {
            problems.add(Limits.missing(controller));
            return false;
        }
        String path = path(controller);
        boolean made = shown.stream().anyMatch(other -> path(other).equals(path));
        shown.add(controller);
        if (made) {
            return true; // mounted together, as cpu and cpuacct mostly are: one group is both
        }
        int step = outside.size();
        outside.add(line(new Step.MakeDirectory(path, 0755), "the box's " + controller + " group"));
        // tasks, not cgroup.procs: the box is one thread yet, and to move itself it needs no machine-wide lock (Linux
        // 5.17). The lock waits for RCU when nobody took it lately: 10 to 20 ms
        inside.add(line(new Step.WriteFile(path + "/tasks", "0"), "the box enters it"));
        remove.add(new Undo(step, new Step.RemoveDirectory(path, Limits.PATIENCE), "the group goes with the box"));
        return true;
    }

    private void write(String controller, String file, long value, String why) {
        String text = value < 0 && controller.equals("pids") ? "max" : Long.toString(value);
        outside.add(line(new Step.WriteFile(path(controller) + "/" + file, text), why));
    }

    private void collect(String controller, String file, String why) {
        collect.add(new Undo(outside.size() - 1, new Step.Collect(path(controller) + "/" + file), why));
    }

    private String path(String controller) {
        return cgroups.v1().get(controller) + "/" + name;
    }
}
