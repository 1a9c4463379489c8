package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.Groups.Unit;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.json.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where the groups of one box go, and what stands there already.
///
/// @param name    of its groups, below the mount point of each hierarchy
/// @param every it gets one in each hierarchy, and may be its only reason: for a container that others pause,
///     kill and measure. Else it gets those that its limits need, docs/decisions/0003
/// @param groups  the directories; of a box that gets those it needs, those that it could have
/// @param unified the way to its v2 group
/// @param ways    the way to each v1 group, by its directory
/// @param properties of systemd's unit, if there is one, that were asked for
/// @param owners     the files of a v2 group that its owner may have, cgroups(7): what `cgroup/delegate` says
public record Site(
        String name,
        boolean every,
        Groups groups,
        Unified unified,
        Map<String, Way> ways,
        List<BusMessage.Property> properties,
        List<String> owners) {
    /// What every kernel has.
    private static final String OWNERS = "cgroup.procs cgroup.subtree_control cgroup.threads";

    public Site {
        ways = Collections.unmodifiableMap(new TreeMap<>(ways));
        properties = List.copyOf(properties);
        owners = List.copyOf(owners);
    }

    Site with(List<BusMessage.Property> more) {
        return new Site(name, every, groups, unified, ways, more, owners);
    }

    /// The way to a group in a v1 hierarchy.
    ///
    /// @param above   groups to be made on the way, the highest first
    /// @param empty   cpusets on the way that are there, and that nobody can enter yet
    /// @param there   the group itself is
    /// @param cpus    the processors that cpusets on the way get, as `0-3`
    /// @param mems    likewise their memory nodes
    /// @param members who is in the way: processes in the group that is there
    /// @param frozen  whether it is
    record Way(
            List<String> above,
            List<String> empty,
            boolean there,
            String cpus,
            String mems,
            int members,
            boolean frozen) {
        Way {
            above = List.copyOf(above);
            empty = List.copyOf(empty);
        }

        /// Into a group that is there.
        static Way to(String cpus, String mems) {
            return new Way(List.of(), List.of(), false, cpus, mems, 0, false);
        }
    }

    /// A group above that in the v2 hierarchy.
    ///
    /// @param enabled the controllers that groups in it have: `cgroup.subtree_control`
    /// @param more    those that they can get
    record Above(String path, boolean there, List<String> enabled, List<String> more) {
        Above {
            enabled = List.copyOf(enabled);
            more = List.copyOf(more);
        }
    }

    /// The way to a v2 group.
    ///
    /// @param above    from the mount point down
    /// @param offered  the controllers that the group can have
    /// @param obstacle why it can't have others, or isn't to be had at all; as a sentence, or ""
    /// @param closed   it isn't to be had at all
    record Unified(
            List<Above> above,
            List<String> offered,
            String obstacle,
            boolean closed,
            boolean there,
            int members,
            boolean frozen) {
        static final Unified NONE = new Unified(List.of(), List.of(), "", false, false, 0, false);

        Unified {
            above = List.copyOf(above);
            offered = List.copyOf(offered);
        }
    }

    /// Groups where limits need some, in the group `cgroups` speak of.
    public static Site onDemand(String name, Cgroups cgroups) {
        Map<String, String> v1 = new HashMap<>();
        Map<String, Way> ways = new HashMap<>();
        cgroups.v1().forEach((controller, point) -> {
            v1.put(controller, point + "/" + name);
            ways.put(point + "/" + name, Way.to(cgroups.cpus(), cgroups.memoryNodes()));
        });
        String unified = cgroups.unified();
        String parent = parent(name);
        var above = new Above(
                parent.isEmpty() ? unified : unified + "/" + parent,
                true,
                cgroups.enabled(),
                cgroups.offered().stream()
                        .filter(controller -> !cgroups.enabled().contains(controller))
                        .toList());
        return new Site(
                name,
                false,
                new Groups(unified.isEmpty() ? "" : unified + "/" + name, v1, List.of(), Unit.NONE),
                new Unified(List.of(above), cgroups.offered(), cgroups.obstacle(), false, false, 0, false),
                ways,
                List.of(),
                List.of());
    }

    /// A group in each hierarchy, at the same place for the same name; what is missing on the way will be made.
    ///
    /// @param cgroups those of the whole machine; the facts about the way are read anew
    public static Site everywhere(String name, Cgroups cgroups, GroupFiles files) {
        return everywhere(name, cgroups, Unit.NONE, files);
    }

    /// The same, as a unit of systemd's, which makes those that it has a hand in.
    static Site everywhere(String name, Cgroups cgroups, Unit unit, GroupFiles files) {
        if (cgroups.layout() == Layout.NONE) {
            return new Site(name, true, Groups.NONE, Unified.NONE, Map.of(), List.of(), List.of());
        }
        Map<String, String> v1 = new HashMap<>();
        Map<String, Way> ways = new HashMap<>();
        var made = new TreeSet<String>();
        cgroups.v1().forEach((controller, point) -> {
            String group = point + "/" + name;
            v1.put(controller, group);
            Way way = way(point, name, controller.equals("cpuset"), files);
            if (!ways.containsKey(group) || controller.equals("cpuset")) {
                ways.put(group, way);
            }
            if (!way.there) {
                made.add(group);
            }
        });
        Unified unified = Unified.NONE;
        String owners = files.text("/sys/kernel/cgroup/delegate");
        owners = owners.isBlank() ? OWNERS : owners;
        String group = "";
        if (!cgroups.unified().isEmpty()) {
            group = cgroups.unified() + "/" + name;
            unified = unified(cgroups.unified(), name, unit.isThere(), files);
            if (!unified.there) {
                made.add(group);
            }
        }
        return new Site(
                name,
                true,
                new Groups(group, v1, new ArrayList<>(made), unit),
                unified,
                ways,
                List.of(),
                words(owners));
    }

    /// A group that is there is taken if nobody is in it, as runc does: two containers in one group would be
    /// killed together.
    void check(List<Problem> problems) {
        int members = unified.members;
        boolean frozen = unified.frozen;
        for (Way way : ways.values()) {
            members = Math.max(members, way.members);
            frozen |= way.frozen;
        }
        if (members > 0) {
            problems.add(new Problem(
                    "linux.cgroupsPath",
                    "container's cgroup is not empty: " + members + " process(es) found in " + name));
        } else if (frozen) {
            problems.add(new Problem("linux.cgroupsPath", "container's cgroup unexpectedly frozen: " + name));
        }
    }

    /// The group that a group is in, "" for the root.
    static String parent(String name) {
        return name.substring(0, Math.max(name.lastIndexOf('/'), 0));
    }

    private static Way way(String point, String name, boolean cpuset, GroupFiles files) {
        List<String> above = new ArrayList<>();
        List<String> empty = new ArrayList<>();
        String cpus = cpuset ? files.text(point + "/cpuset.cpus").strip() : "";
        String mems = cpuset ? files.text(point + "/cpuset.mems").strip() : "";
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            String group = point + "/" + name.substring(0, slash);
            if (!above.isEmpty() || files.text(group + "/notify_on_release").isEmpty()) {
                above.add(group);
            } else if (cpuset) {
                String here = files.text(group + "/cpuset.cpus").strip();
                String nodes = files.text(group + "/cpuset.mems").strip();
                if (here.isEmpty() || nodes.isEmpty()) {
                    empty.add(group);
                }
                cpus = here.isEmpty() ? cpus : here;
                mems = nodes.isEmpty() ? mems : nodes;
            }
        }
        String group = point + "/" + name;
        boolean there =
                above.isEmpty() && !files.text(group + "/notify_on_release").isEmpty();
        return new Way(
                above,
                empty,
                there,
                cpus,
                mems,
                there ? Members.of(group, files).size() : 0,
                there && !files.text(group + "/freezer.state").strip().matches("|THAWED"));
    }

    private static Unified unified(String point, String name, boolean delegated, GroupFiles files) {
        var above = new ArrayList<Above>();
        var offered = new TreeSet<String>(words(files.text(point + "/cgroup.controllers")));
        String obstacle = "";
        boolean closed = false;
        boolean missing = false;
        for (int slash = 0; slash >= 0; slash = name.indexOf('/', slash + 1)) {
            String group = slash == 0 ? point : point + "/" + name.substring(0, slash);
            String type = files.text(group + "/cgroup.type").strip();
            missing |= slash > 0 && type.isEmpty();
            if (missing) {
                above.add(new Above(group, false, List.of(), new ArrayList<>(offered)));
                continue;
            }
            var enabled = new TreeSet<>(words(files.text(group + "/cgroup.subtree_control")));
            var more = new TreeSet<>(offered);
            more.removeAll(enabled);
            if (!type.isEmpty() && !type.equals("domain")) {
                obstacle = group + " is a group of threads (" + type + ")";
                closed = true;
            } else if (!delegated
                    && !type.isEmpty()
                    && !more.isEmpty()
                    && !Members.in(group, files).isEmpty()) {
                more.clear(); // the kernel's "no internal processes"
                obstacle = "processes stand in the group " + group + " itself; move them into one below it";
            }
            above.add(new Above(group, true, new ArrayList<>(enabled), new ArrayList<>(more)));
            offered.retainAll(union(enabled, more));
        }
        String group = point + "/" + name;
        boolean there = !missing && !files.text(group + "/cgroup.type").isBlank();
        return new Unified(
                above,
                new ArrayList<>(offered),
                obstacle,
                closed,
                there,
                there ? Members.of(group, files).size() : 0,
                there && files.text(group + "/cgroup.freeze").strip().equals("1"));
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        var union = new TreeSet<>(one);
        union.addAll(other);
        return union;
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
