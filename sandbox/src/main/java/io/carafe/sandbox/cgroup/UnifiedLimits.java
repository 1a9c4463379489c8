package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.Setting.Write;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// cgroup v2: one group with every controller that is there. Kernel documentation, admin-guide/cgroup-v2.
final class UnifiedLimits {
    private UnifiedLimits() {}

    /// Adds the group and returns it, "" if none is needed.
    static String add(
            List<Setting> settings, DeviceRules devices, String name, Cgroups cgroups, Draft draft, List<Problem> out) {
        String parent = Limits.parent(name);
        boolean whole = !parent.isEmpty() && cgroups.layout() == Layout.V2;
        if (settings.isEmpty() && devices.allowAll() && !whole) {
            return "";
        }
        if (!cgroups.obstacle().isEmpty()) {
            out.add(new Problem("linux.resources", "no control group can be made: " + cgroups.obstacle()));
        }
        String above = parent.isEmpty() ? cgroups.unified() : cgroups.unified() + "/" + parent;
        String group = cgroups.unified() + "/" + name;
        Set<String> controllers = new LinkedHashSet<>();
        var writes = new ArrayList<Write>();
        for (Setting setting : settings) {
            controllers.add(setting.controller());
            writes.addAll(setting.v2() == null ? List.of() : setting.v2());
        }
        for (String controller : controllers) {
            if (!controller.isEmpty() && !cgroups.enabled().contains(controller)) {
                draft.outside(
                        new Step.WriteFile(above + "/cgroup.subtree_control", "+" + controller),
                        parent.isEmpty()
                                ? "groups below the root get this controller"
                                : "groups below " + parent + " get this controller");
            }
        }
        int made = draft.group(group, "the box's control group");
        if (!cgroups.delegated().isEmpty()) { // the box's root is who owns the group
            draft.outside(
                    new Step.WriteFile(group + "/cgroup.max.descendants", "0"),
                    "a group that the box made in it would keep it from going");
        }
        for (Write write : writes) {
            draft.outside(new Step.WriteFile(group + "/" + write.file(), write.text()), write.why());
        }
        if (!devices.allowAll()) {
            draft.outside(
                    new Step.LoadDeviceProgram(group, DeviceProgram.compile(devices)), "no device but its own opens");
        }
        collect(settings, group, made, draft);
        return group;
    }

    private static void collect(List<Setting> settings, String group, int made, Draft draft) {
        if (settings.stream().anyMatch(it -> it.controller().equals("memory"))) {
            draft.collect(made, group + "/memory.events", "did the limit kill?");
            draft.collect(made, group + "/memory.peak", "how much memory it took");
        }
        draft.collect(made, group + "/cpu.stat", "how much processor time it took");
    }
}
