package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.Setting.Write;
import io.carafe.sandbox.cgroup.Site.Above;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// cgroup v2: one group with every controller that is there. Kernel documentation, admin-guide/cgroup-v2.
final class UnifiedLimits {
    private UnifiedLimits() {}

    /// Adds the group and returns it, "" if none is needed.
    static String add(
            List<Setting> settings,
            DeviceRules devices,
            boolean killable,
            Site site,
            Cgroups cgroups,
            Draft draft,
            List<Problem> out) {
        String group = site.groups().unified();
        boolean limits = !settings.isEmpty() || !devices.allowAll();
        boolean whole = !Site.parent(site.name()).isEmpty() && cgroups.layout() == Layout.V2;
        if (group.isEmpty() || (!site.every() && !limits && !whole && !killable)) {
            return "";
        }
        Site.Unified way = site.unified();
        boolean obstructed = site.every() ? way.closed() : limits || whole;
        if (obstructed && !way.obstacle().isEmpty()) {
            out.add(new Problem("linux.resources", "no control group can be made: " + way.obstacle()));
        }
        Set<String> needed = new LinkedHashSet<>();
        var writes = new ArrayList<Write>();
        for (Setting setting : settings) {
            needed.add(setting.controller());
            writes.addAll(setting.v2() == null ? List.of() : setting.v2());
        }
        needed.remove("");
        boolean systemds = site.groups().unit().isThere();
        if (systemds) {
            needed.removeAll(Limits.SYSTEMDS);
        }
        for (Above above : way.above()) {
            if (!above.there() && !systemds) {
                draft.above(above.path());
            }
            enable(above, needed, site, draft);
        }
        int made = way.there()
                ? Math.max(draft.outside.size() - 1, 0)
                : draft.group(group, limits || whole ? "the box's control group" : why(site));
        if (killable) {
            draft.undoFirst(made, new Step.KillGroup(group, true, Limits.PATIENCE), Limits.WHY_KILLABLE);
        }
        if (!cgroups.delegated().isEmpty() && !site.every()) { // the box's root is who owns the group
            draft.outside(
                    new Step.WriteFile(group + "/cgroup.max.descendants", "0"),
                    "a group that the box made in it would keep it from going");
        }
        for (Write write : writes) {
            draft.outside(new Step.WriteFile(group + "/" + write.file(), write.text()), write.why());
        }
        if (!devices.allowAll()) {
            draft.outside(
                    new Step.LoadDeviceProgram(group, DeviceProgram.compile(devices), way.there()),
                    "no device but its own opens");
        }
        if (limits || whole) {
            collect(settings, group, made, draft);
        }
        return group;
    }

    private static String why(Site site) {
        return site.every() ? Limits.WHY_EVERY : Limits.WHY_KILLABLE;
    }

    /// One at a time: the kernel takes all of a write or none, and this says which it was.
    private static void enable(Above above, Set<String> needed, Site site, Draft draft) {
        var controllers = new LinkedHashSet<>(needed);
        if (site.every() && !site.groups().unit().isThere()) {
            controllers.addAll(above.more()); // they measure as well
        }
        controllers.retainAll(above.more());
        String root = site.unified().above().getFirst().path();
        String parent = Site.parent(site.name());
        boolean top = site.every() ? above.path().equals(root) : parent.isEmpty();
        String below = site.every() && !top ? above.path().substring(root.length() + 1) : parent;
        for (String controller : controllers) {
            draft.outside(
                    new Step.WriteFile(above.path() + "/cgroup.subtree_control", "+" + controller),
                    top
                            ? "groups below the root get this controller"
                            : "groups below " + below + " get this controller");
        }
    }

    private static void collect(List<Setting> settings, String group, int made, Draft draft) {
        if (settings.stream().anyMatch(it -> it.controller().equals("memory"))) {
            draft.collect(made, group + "/memory.events", "did the limit kill?");
            draft.collect(made, group + "/memory.peak", "how much memory it took");
        }
        draft.collect(made, group + "/cpu.stat", "how much processor time it took");
    }
}
