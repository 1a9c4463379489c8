package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.DeviceRules.Access;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The groups of one box: made with their limits before it, entered by it, read and removed after it. Each
/// controller is in one version or the other, so a box may need groups in both.
///
/// @param outside makes the groups; these steps stand first in the plan's outside part, or with `late` first
///     after the clone, since systemd makes a group only around a process
/// @param cgroup  v2: the group that the box is cloned into, else ""
/// @param inside  v1: the box enters its groups
/// @param undo collects the figures, removes the groups; each step undoes one of `outside`, by its number in
///     there
/// @param shown   v1: the controllers whose groups the box may see
/// @param late    the box is there already when its groups are made, and is put into the v2 one
public record Limits(
        List<Line> outside, String cgroup, List<Line> inside, List<Undo> undo, List<String> shown, boolean late) {

    public static final Limits NONE = new Limits(List.of(), "", List.of(), List.of(), List.of(), false);

    static final String WHY_KILLABLE = "by it all of the box is frozen, or ends";
    static final String WHY_EVERY = "by it the container is found, paused and measured";

    /// A busy group is given this many milliseconds to become empty: its last task may still be on its
    /// way out.
    static final int PATIENCE = 2000;

    /// Those that systemd hands down with `Delegate=yes`; others it doesn't know.
    static final Set<String> SYSTEMDS = Set.of("cpu", "cpuset", "io", "memory", "pids");

    /// The groups that these limits need on this machine.
    ///
    /// @param killable all that is in the box is killed by its group: it has no PID namespace, with whose
    ///     first process all others end
    /// @param problems gets what this machine can't limit
    public static Limits of(Resources resources, Site site, boolean killable, Cgroups cgroups, List<Problem> problems) {
        if (killable && hierarchyToKillIn(cgroups).isEmpty()) {
            problems.add(new Problem(
                    "linux.namespaces",
                    "a box that shares a process table needs a control group to end by, and there is no "
                            + (cgroups.layout() == Layout.NONE ? "control group" : "freezer") + " hierarchy here"));
        }
        if (cgroups.layout() == Layout.NONE) {
            return none(resources, site, cgroups.obstacle(), problems);
        }
        if (site.every()) {
            site.check(problems);
        }
        List<Setting> settings = Settings.of(resources, cgroups, !site.every(), problems);
        var v1 = new ArrayList<Setting>();
        var v2 = new ArrayList<Setting>();
        for (Setting setting : settings) {
            sort(setting, site, cgroups, v1, v2, problems);
        }
        DeviceRules devices = DeviceRules.of(resources.devices(), problems);
        boolean devicesOnV1 = cgroups.v1().containsKey("devices");
        if (!devices.allowAll() && !cgroups.controlsDevices()) {
            problems.add(uncontrolled(cgroups.obstacle()));
        }
        var draft = new Draft(site);
        boolean late = site.groups().unit().isThere();
        if (late) {
            Systemd.start(resources, site, !cgroups.v1().containsKey("memory"), draft, problems);
        }
        String group = UnifiedLimits.add(
                v2,
                devicesOnV1 ? DeviceRules.ALL : devices,
                killable && cgroups.layout() == Layout.V2,
                site,
                cgroups,
                draft,
                problems);
        List<Access> accesses = devicesOnV1 ? devices.onV1(problems) : List.of();
        boolean seen = resources.memory().limit() != null || resources.cpu().quota() != null;
        boolean freezer =
                killable && cgroups.layout() != Layout.V2 && cgroups.v1().containsKey("freezer");
        List<String> shown = PerControllerLimits.add(v1, accesses, seen, freezer, site, draft);
        if (!site.every() && !Site.parent(site.name()).isEmpty() && draft.outside.isEmpty() && problems.isEmpty()) {
            problems.add(new Problem(
                    "linux.cgroupsPath", "there is no group " + Site.parent(site.name()) + "; mkdir makes it"));
        }
        return new Limits(draft.outside, group, draft.inside, draft.undo(), shown, late);
    }

    /// Whether a box here can have a group that it is killed by, as one that may be frozen must.
    public static boolean canKill(Site site, Cgroups cgroups) {
        return cgroups.layout() == Layout.V2
                ? !site.groups().unified().isEmpty()
                        && site.unified().obstacle().isEmpty()
                : !hierarchyToKillIn(cgroups).isEmpty();
    }

    private static String hierarchyToKillIn(Cgroups cgroups) {
        return cgroups.layout() == Layout.V2 ? cgroups.unified() : cgroups.v1().getOrDefault("freezer", "");
    }

    /// Whether the box has a group at all.
    public boolean any() {
        return !outside.isEmpty();
    }

    /// Into the version that has its controller.
    private static void sort(
            Setting setting, Site site, Cgroups cgroups, List<Setting> v1, List<Setting> v2, List<Problem> problems) {
        String controller = setting.controller();
        if (cgroups.v1().containsKey(Setting.nameOnV1(controller))) {
            if (setting.v1() == null) {
                problems.add(elsewhere(setting, "v2", "v1"));
            } else {
                v1.add(setting);
            }
        } else if (site.unified().offered().contains(controller)
                || (site.groups().unit().isThere() && SYSTEMDS.contains(controller) && cgroups.layout() == Layout.V2)
                || (controller.isEmpty() && cgroups.layout() != Layout.V1)) {
            if (setting.v2() == null) {
                problems.add(elsewhere(setting, "v1", "v2"));
            } else {
                v2.add(setting);
            }
        } else if (controller.isEmpty()) {
            problems.add(new Problem(setting.property(), "needs cgroup v2, which isn't mounted here"));
        } else if (setting.v2() == null && setting.v1() != null && cgroups.layout() == Layout.V2) {
            problems.add(elsewhere(setting, "v1", "v2"));
        } else if (problems.stream().noneMatch(missing(controller, site)::equals)) {
            problems.add(missing(controller, site));
        }
    }

    static Problem elsewhere(Setting setting, String needed, String here) {
        return new Problem(
                setting.property(),
                "needs the " + setting.controller() + " controller on cgroup " + needed + "; here it is on " + here);
    }

    private static Limits none(Resources resources, Site site, String obstacle, List<Problem> problems) {
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
        } else if (!Site.parent(site.name()).isEmpty()) {
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

    private static Problem missing(String controller, Site site) {
        String parent = Site.parent(site.name());
        String who = parent.isEmpty() || site.every() ? "this machine" : "the group " + parent;
        String why = site.every() && !site.unified().obstacle().isEmpty()
                ? " for this container: " + site.unified().obstacle()
                : "";
        return new Problem("linux.resources", who + " has no " + controller + " cgroup controller" + why);
    }
}
