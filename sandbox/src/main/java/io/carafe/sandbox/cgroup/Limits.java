package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.DeviceRules.Access;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Resources;
import java.util.ArrayList;
import java.util.List;

/// The groups of one box: made with their limits before it, entered by it, read and removed after it. A box
/// without limits has no group. Each controller is in one version or the other, so a box may need groups in
/// both.
///
/// @param outside makes the groups; these steps stand first in the plan's outside part
/// @param cgroup  v2: the group that the box is cloned into, else ""
/// @param inside  v1: the box enters its groups
/// @param undo    collects the figures, removes the groups
/// @param shown   v1: the controllers whose groups the box may see
public record Limits(List<Line> outside, String cgroup, List<Line> inside, List<Undo> undo, List<String> shown) {

    public static final Limits NONE = new Limits(List.of(), "", List.of(), List.of(), List.of());

    /// A busy group is given this many milliseconds to become empty: its last task may still be on its way out.
    static final int PATIENCE = 2000;

    /// The groups that these limits need on this machine.
    ///
    /// @param name     of the box's groups, below the mount point of each hierarchy
    /// @param problems gets what this machine can't limit
    public static Limits of(Resources resources, String name, Cgroups cgroups, List<Problem> problems) {
        if (cgroups.layout() == Layout.NONE) {
            return none(resources, name, cgroups.obstacle(), problems);
        }
        String parent = parent(name);
        List<Setting> settings = Settings.of(resources, cgroups, problems);
        var v1 = new ArrayList<Setting>();
        var v2 = new ArrayList<Setting>();
        for (Setting setting : settings) {
            sort(setting, parent, cgroups, v1, v2, problems);
        }
        DeviceRules devices = DeviceRules.of(resources.devices(), problems);
        boolean devicesOnV1 = cgroups.v1().containsKey("devices");
        if (!devices.allowAll() && !cgroups.controlsDevices()) {
            problems.add(uncontrolled(cgroups.obstacle()));
        }
        var draft = new Draft();
        String group = UnifiedLimits.add(v2, devicesOnV1 ? DeviceRules.ALL : devices, name, cgroups, draft, problems);
        List<Access> accesses = devicesOnV1 ? devices.onV1(problems) : List.of();
        boolean seen = resources.memory().limit() != null || resources.cpu().quota() != null;
        List<String> shown = PerControllerLimits.add(v1, accesses, seen, name, cgroups, draft);
        if (!parent.isEmpty() && draft.outside.isEmpty() && problems.isEmpty()) {
            problems.add(new Problem("linux.cgroupsPath", "there is no group " + parent + "; mkdir makes it"));
        }
        return new Limits(draft.outside, group, draft.inside, draft.undo(), shown);
    }

    /// The group that the box's are made in, "" for the root. What is limited there shall hold for the box: so
    /// it gets all groups that it can have, whatever is asked for.
    static String parent(String name) {
        return name.substring(0, Math.max(name.lastIndexOf('/'), 0));
    }

    /// Whether the box has a group at all.
    public boolean any() {
        return !outside.isEmpty();
    }

    /// Into the version that has its controller.
    private static void sort(
            Setting setting,
            String parent,
            Cgroups cgroups,
            List<Setting> v1,
            List<Setting> v2,
            List<Problem> problems) {
        String controller = setting.controller();
        if (cgroups.v1().containsKey(Setting.nameOnV1(controller))) {
            if (setting.v1() == null) {
                problems.add(elsewhere(setting, "v2", "v1"));
            } else {
                v1.add(setting);
            }
        } else if (cgroups.offered().contains(controller) || (controller.isEmpty() && cgroups.layout() != Layout.V1)) {
            if (setting.v2() == null) {
                problems.add(elsewhere(setting, "v1", "v2"));
            } else {
                v2.add(setting);
            }
        } else if (controller.isEmpty()) {
            problems.add(new Problem(setting.property(), "needs cgroup v2, which isn't mounted here"));
        } else if (problems.stream().noneMatch(missing(controller, parent)::equals)) {
            problems.add(missing(controller, parent));
        }
    }

    private static Problem elsewhere(Setting setting, String needed, String here) {
        return new Problem(
                setting.property(),
                "needs the " + setting.controller() + " controller on cgroup " + needed + "; here it is on " + here);
    }

    private static Limits none(Resources resources, String name, String obstacle, List<Problem> problems) {
        Resources asked = resources;
        Long pids = resources.pids();
        if (pids != null && (pids < 0 || pids == Defaults.PIDS)) {
            asked = resources.withPids(null); // nobody asked for the default one: a box without it is better than none
        }
        if (!DeviceRules.of(asked.devices(), problems).allowAll()) {
            problems.add(uncontrolled(obstacle));
        }
        asked = asked.withDevices(List.of());
        String why = obstacle.isEmpty() ? "no control groups are mounted here" : obstacle;
        if (!asked.equals(Resources.UNLIMITED)) {
            problems.add(new Problem("linux.resources", why));
        } else if (!parent(name).isEmpty()) {
            problems.add(new Problem("linux.cgroupsPath", why));
        }
        return NONE;
    }

    private static Problem uncontrolled(String obstacle) {
        return new Problem(
                "linux.resources.devices",
                "nothing here keeps the box from the host's devices: "
                        + (obstacle.isEmpty() ? "this machine has no device controller" : obstacle)
                        + "; the rule 'a *:* rwm' does without");
    }

    private static Problem missing(String controller, String parent) {
        String who = parent.isEmpty() ? "this machine" : "the group " + parent;
        return new Problem("linux.resources", who + " has no " + controller + " cgroup controller");
    }
}
