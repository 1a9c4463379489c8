package io.carafe.sandbox.host;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The control groups: where they are mounted and what they offer. Paths are the caller's; maps and lists are
/// sorted.
///
/// @param layout   which of the two versions hold controllers
/// @param v1       mount point by controller (`memory`, `pids` …) or named hierarchy (`name=systemd`)
/// @param unified  mount point of the v2 hierarchy, `""` when there is none
/// @param offered  v2 controllers there: `cgroup.controllers` of `unified`
/// @param enabled  those of `offered` that its children have already: `cgroup.subtree_control`
/// @param obstacle why nobody can make groups with limits below `unified`, as a sentence; `""` if root can
/// @param own      the calling process's group by v1 controller or hierarchy, for `""` its v2 group
/// @param limitsSwap whether swap is accounted, so that a limit on memory can hold for swap too
/// @param cpus       the processors that the cpuset controller has, as `0-3,8`; `""` without that controller
/// @param memoryNodes its memory nodes likewise
/// @param delegated  an ordinary caller's: the highest group that is the user's, as `/user.slice/…` below `unified`, in
///                   which its boxes have theirs; `""` if there is none
public record Cgroups(
        Layout layout,
        Map<String, String> v1,
        String unified,
        List<String> offered,
        List<String> enabled,
        String obstacle,
        Map<String, String> own,
        boolean limitsSwap,
        String cpus,
        String memoryNodes,
        String delegated) {

    /// Which versions are in use.
    public enum Layout {
        /// One v2 hierarchy has everything that limits.
        V2,
        /// v1 hierarchies only.
        V1,
        /// v1 hierarchies beside a v2 one; a controller is in either.
        HYBRID,
        /// No control groups that we can see.
        NONE
    }

    public static final Cgroups NONE =
            new Cgroups(Layout.NONE, Map.of(), "", List.of(), List.of(), "", Map.of(), false, "", "", "");

    public Cgroups {
        v1 = Collections.unmodifiableMap(new TreeMap<>(v1));
        own = Collections.unmodifiableMap(new TreeMap<>(own));
        offered = Host.sorted(offered);
        enabled = Host.sorted(enabled);
    }

    /// None that a box can have.
    ///
    /// @param obstacle why, as a sentence
    static Cgroups none(String obstacle) {
        return new Cgroups(Layout.NONE, Map.of(), "", List.of(), List.of(), obstacle, Map.of(), false, "", "", "");
    }

    /// The same, of which this group is an ordinary user's.
    Cgroups delegated(String group) {
        return new Cgroups(layout, v1, unified, offered, enabled, obstacle, own, limitsSwap, cpus, memoryNodes, group);
    }

    /// Whether a box can get a group with this controller.
    public boolean limits(String controller) {
        return v1.containsKey(controller) || (offered.contains(controller) && obstacle.isEmpty());
    }

    /// Whether a box can be kept from devices: by the v1 controller, or by a program on its v2 group, which only
    /// root may put there. (In an ordinary user's box no device opens but those that are bind mounts.)
    public boolean controlsDevices() {
        return v1.containsKey("devices") || (!unified.isEmpty() && obstacle.isEmpty() && delegated.isEmpty());
    }
}
