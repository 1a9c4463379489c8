package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.DeviceRules.Access;
import io.carafe.sandbox.cgroup.Setting.Write;
import io.carafe.sandbox.cgroup.Site.Way;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// cgroup v1, alone or beside a v2 hierarchy: a group per controller. Kernel documentation,
/// admin-guide/cgroup-v1.
final class PerControllerLimits {
    private final Site site;
    private final Draft draft;
    private final List<String> shown = new ArrayList<>();
    private final Map<String, Integer> made = new HashMap<>();

    private PerControllerLimits(Site site, Draft draft) {
        this.site = site;
        this.draft = draft;
    }

    /// Adds the groups.
    ///
    /// @param seen     the box has limits that a JVM in it shall see
    /// @param killable it is killed in its freezer
    /// @return the controllers that got a group
    static List<String> add(
            List<Setting> settings, List<Access> devices, boolean seen, boolean killable, Site site, Draft draft) {
        var limits = new PerControllerLimits(site, draft);
        limits.write(settings, List.of("memory", "cpu", "cpuset"));
        if (seen) {
            limits.visibleToJvm();
        }
        limits.write(settings, List.of("pids", "io", "hugetlb", "net_cls", "net_prio", "rdma"));
        if (!devices.isEmpty()) {
            limits.devices(devices);
        }
        if (site.every() || !Site.parent(site.name()).isEmpty()) {
            limits.others();
        }
        if (killable) {
            limits.freezer();
        }
        return limits.shown;
    }

    /// So that what limits the parent limits the box, and all that is in it is found.
    private void others() {
        for (String controller : site.groups().v1().keySet()) {
            boolean named = controller.startsWith("name=");
            if (shown.contains(controller) || (named && !site.every())) {
                continue;
            }
            if (named && site.groups().unit().isThere()) {
                continue; // systemd's own
            }
            group(controller, Limits.WHY_EVERY);
            if (controller.equals("cpuset")) {
                draft.cpuset(path("cpuset"), way("cpuset"));
            }
        }
    }

    /// Everything in the box is in this group, and killed in it.
    private void freezer() {
        if (!shown.contains("freezer")) {
            group("freezer", Limits.WHY_KILLABLE);
            shown.remove("freezer"); // it shows nothing that a program would look for
        }
        draft.undoFirst(
                made.getOrDefault(path("freezer"), 0),
                new Step.KillGroup(path("freezer"), false, Limits.PATIENCE),
                Limits.WHY_KILLABLE);
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
            if (shown.contains(controller) || !site.groups().v1().containsKey(controller)) {
                continue;
            }
            group(controller);
            if (controller.equals("cpuset")) {
                draft.cpuset(path("cpuset"), way("cpuset"));
            }
            if (controller.equals("cpuacct")) {
                collect("cpuacct", "cpuacct.usage", "how much processor time it took");
            }
        }
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
        group(controller, "the box's " + controller + " group");
    }

    private void group(String controller, String why) {
        String path = path(controller);
        shown.add(controller);
        if (made.containsKey(path)) {
            return; // mounted together, as cpu and cpuacct mostly are: one group is both
        }
        boolean cpuset = path.equals(site.groups().v1().get("cpuset"));
        made.put(path, draft.group(path, way(controller), cpuset, why));
        // tasks, not cgroup.procs: the box is one thread yet, and to move itself it needs no machine-wide lock (Linux
        // 5.17). The lock waits for RCU when nobody took it lately: 10 to 20 ms
        draft.inside.add(new Line(new Step.WriteFile(path + "/tasks", "0"), "the box enters it"));
    }

    private void collect(String controller, String file, String why) {
        draft.collect(draft.outside.size() - 1, path(controller) + "/" + file, why);
    }

    private Way way(String controller) {
        return site.ways().getOrDefault(path(controller), Way.to("", ""));
    }

    private String path(String controller) {
        return site.groups().v1().getOrDefault(controller, "");
    }
}
