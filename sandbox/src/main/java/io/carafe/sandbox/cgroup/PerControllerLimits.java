package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.DeviceRules.Access;
import io.carafe.sandbox.cgroup.Setting.Write;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// cgroup v1, alone or beside a v2 hierarchy: a group per controller. Kernel documentation, admin-guide/cgroup-v1.
final class PerControllerLimits {
    private final String name;
    private final Cgroups cgroups;
    private final Draft draft;
    private final List<String> shown = new ArrayList<>();

    private PerControllerLimits(String name, Cgroups cgroups, Draft draft) {
        this.name = name;
        this.cgroups = cgroups;
        this.draft = draft;
    }

    /// Adds the groups.
    ///
    /// @param seen the box has limits that a JVM in it shall see
    /// @return the controllers that got a group
    static List<String> add(
            List<Setting> settings, List<Access> devices, boolean seen, String name, Cgroups cgroups, Draft draft) {
        var limits = new PerControllerLimits(name, cgroups, draft);
        limits.write(settings, List.of("memory", "cpu", "cpuset"));
        if (seen) {
            limits.visibleToJvm();
        }
        limits.write(settings, List.of("pids", "io", "hugetlb"));
        if (!devices.isEmpty()) {
            limits.devices(devices);
        }
        if (!Limits.parent(name).isEmpty()) {
            limits.others();
        }
        return limits.shown;
    }

    /// So that what limits the parent limits the box.
    private void others() {
        for (String controller : cgroups.v1().keySet()) {
            if (shown.contains(controller) || controller.startsWith("name=")) {
                continue;
            }
            group(controller);
            if (controller.equals("cpuset")) {
                fillCpuset();
            }
        }
    }

    private void write(List<Setting> settings, List<String> controllers) {
        for (String controller : controllers) {
            String v1 = Setting.nameOnV1(controller);
            List<Setting> own = settings.stream()
                    .filter(it -> it.controller().equals(controller))
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            group(v1);
            for (Setting setting : own) {
                for (Write write : setting.v1() == null ? List.<Write>of() : setting.v1()) {
                    draft.outside(new Step.WriteFile(path(v1) + "/" + write.file(), write.text()), write.why());
                }
            }
            if (controller.equals("memory")) {
                collect("memory", "memory.oom_control", "did the limit kill?");
                collect("memory", "memory.max_usage_in_bytes", "how much memory it took");
            }
        }
    }

    /// A JVM in the box believes its limits only when it sees these four hierarchies.
    private void visibleToJvm() {
        for (String controller : List.of("memory", "cpu", "cpuacct", "cpuset")) {
            if (shown.contains(controller) || !cgroups.v1().containsKey(controller)) {
                continue;
            }
            group(controller);
            if (controller.equals("cpuset")) {
                fillCpuset();
            }
            if (controller.equals("cpuacct")) {
                collect("cpuacct", "cpuacct.usage", "how much processor time it took");
            }
        }
    }

    private void fillCpuset() {
        String why = "a new cpuset is empty, and an empty one can't be entered";
        draft.outside(new Step.WriteFile(path("cpuset") + "/cpuset.cpus", cgroups.cpus()), why);
        draft.outside(new Step.WriteFile(path("cpuset") + "/cpuset.mems", cgroups.memoryNodes()), why);
    }

    /// Writes what is allowed, after all that its parent may do was taken away.
    private void devices(List<Access> accesses) {
        group("devices");
        for (Access access : accesses) {
            String file = path("devices") + (access.allow() ? "/devices.allow" : "/devices.deny");
            draft.outside(
                    new Step.WriteFile(file, access.text()),
                    access.allow() ? "a device of its own" : "no device but its own opens");
        }
    }

    private void group(String controller) {
        String path = path(controller);
        boolean made = shown.stream().anyMatch(other -> path(other).equals(path));
        shown.add(controller);
        if (made) {
            return; // mounted together, as cpu and cpuacct mostly are: one group is both
        }
        draft.group(path, "the box's " + controller + " group");
        // tasks, not cgroup.procs: the box is one thread yet, and to move itself it needs no machine-wide lock (Linux
        // 5.17). The lock waits for RCU when nobody took it lately: 10 to 20 ms
        draft.inside.add(new Line(new Step.WriteFile(path + "/tasks", "0"), "the box enters it"));
    }

    private void collect(String controller, String file, String why) {
        draft.collect(draft.outside.size() - 1, path(controller) + "/" + file, why);
    }

    private String path(String controller) {
        return cgroups.v1().get(controller) + "/" + name;
    }
}
