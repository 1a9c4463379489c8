package io.carafe.sandbox.host;

import io.carafe.sandbox.host.Cgroups.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes [Cgroups] of what the kernel's files say. Pure: files come as text, or from a function that has `""` for
/// one that isn't there.
final class CgroupFiles {
    /// v1 controllers that limit nothing and stand beside a v2 hierarchy with all that do: VPN programs mount
    /// net_cls.
    private static final Set<String> MARKERS = Set.of("net_cls", "net_prio", "perf_event");

    private CgroupFiles() {}

    /// @param mountinfo `/proc/self/mountinfo`
    /// @param self      `/proc/self/cgroup`, cgroups(7): `4:memory:/a`, `1:name=systemd:/`, `0::/`
    /// @param read      the text of a file by its path
    static Cgroups parse(Kernel kernel, String mountinfo, String self, Function<String, String> read) {
        List<MountInfo> mounts = MountInfo.parse(mountinfo);
        Map<String, String> v1 = new HashMap<>();
        Map<String, String> own = new HashMap<>();
        String unified = "";
        String obstacle = "";
        for (String line : self.split("\n")) {
            String[] fields = line.split(":", 3);
            if (fields.length < 3) {
                continue;
            }
            List<String> controllers = List.of(fields[1].split(","));
            boolean isUnified = fields[1].isEmpty();
            MountInfo mount = find(mounts, isUnified ? "cgroup2" : "cgroup", isUnified ? List.of() : controllers);
            if (mount == null) {
                continue;
            }
            if (isUnified) {
                unified = mount.point();
                obstacle = mount.readOnly() ? unified + " is mounted read-only" : obstacle(unified, read);
            }
            for (String controller : controllers) {
                own.put(controller, below(mount.root(), fields[2]));
                if (!isUnified) {
                    v1.put(controller, mount.point());
                }
            }
        }
        List<String> offered = unified.isEmpty() ? List.of() : words(read.apply(unified + "/cgroup.controllers"));
        String cpuset = v1.getOrDefault("cpuset", unified);
        String files = v1.containsKey("cpuset") ? "" : ".effective"; // the v2 root has no others
        return new Cgroups(
                layout(v1, unified),
                v1,
                unified,
                offered,
                enabled(unified, read),
                obstacle,
                own,
                limitsSwap(kernel, v1, unified, own, read),
                cpuset.isEmpty()
                        ? ""
                        : read.apply(cpuset + "/cpuset.cpus" + files).strip(),
                cpuset.isEmpty()
                        ? ""
                        : read.apply(cpuset + "/cpuset.mems" + files).strip(),
                "");
    }

    /// What a group can have below the group `parent`: only v1 hierarchies in which that is there, and what it
    /// hands down on v2. The mount points stay.
    static Cgroups below(Cgroups cgroups, String parent, Function<String, String> read) {
        Map<String, String> v1 = new HashMap<>();
        cgroups.v1().forEach((controller, point) -> {
            if (!read.apply(point + "/" + parent + "/notify_on_release").isEmpty()) {
                v1.put(controller, point);
            }
        });
        String unified = cgroups.unified().isEmpty() ? "" : cgroups.unified() + "/" + parent;
        boolean there = !read.apply(unified + "/cgroup.type").isBlank();
        String cpuset = v1.containsKey("cpuset") ? v1.get("cpuset") + "/" + parent : unified;
        String files = v1.containsKey("cpuset") ? "" : ".effective";
        return new Cgroups(
                cgroups.layout(),
                v1,
                cgroups.unified(),
                there ? words(read.apply(unified + "/cgroup.controllers")) : List.of(),
                enabled(unified, read),
                there || unified.isEmpty() ? obstacle(unified, read) : "there is no group " + unified,
                cgroups.own(),
                cgroups.limitsSwap(),
                read.apply(cpuset + "/cpuset.cpus" + files).strip(),
                read.apply(cpuset + "/cpuset.mems" + files).strip(),
                cgroups.delegated());
    }

    /// What the children of the v2 root have, sorted.
    ///
    /// @param unified its mount point, `""` for none
    static List<String> enabled(String unified, Function<String, String> read) {
        return unified.isEmpty() ? List.of() : Host.sorted(words(read.apply(unified + "/cgroup.subtree_control")));
    }

    /// The hierarchy can be mounted in several places; the one that shows it from its root shows most.
    private static @Nullable MountInfo find(List<MountInfo> mounts, String type, List<String> controllers) {
        MountInfo found = null;
        for (MountInfo mount : mounts) {
            if (mount.type().equals(type)
                    && mount.options().containsAll(controllers)
                    && (found == null
                            || (!found.root().equals("/") && mount.root().equals("/")))) {
                found = mount;
            }
        }
        return found;
    }

    /// A group's path below a mount that begins at `root`. A group outside it is told as the mount's own root.
    private static String below(String root, String group) {
        if (root.equals("/")) {
            return group;
        }
        return group.startsWith(root + "/") ? group.substring(root.length()) : "/";
    }

    private static Layout layout(Map<String, String> v1, String unified) {
        boolean controllers =
                v1.keySet().stream().anyMatch(name -> !name.startsWith("name=") && !MARKERS.contains(name));
        if (unified.isEmpty()) {
            return controllers ? Layout.V1 : Layout.NONE;
        }
        return controllers ? Layout.HYBRID : Layout.V2;
    }

    /// In a container the mount's root is a group like others, where the kernel wants "no internal processes".
    /// With processes in it, enabling a domain controller is refused; enabling `pids` isn't, but makes it a
    /// threaded group for good, whose children nobody can enter. The real root, without a `cgroup.type`, is free
    /// of that.
    ///
    /// @param unified the mount point of the v2 hierarchy, `""` for none
    static String obstacle(String unified, Function<String, String> read) {
        String type =
                unified.isEmpty() ? "" : read.apply(unified + "/cgroup.type").strip();
        return switch (type) {
            case "" -> "";
            case "domain" ->
                read.apply(unified + "/cgroup.procs").isBlank()
                        ? ""
                        : "processes stand in the group " + unified + " itself; move them into one below it";
            default -> unified + " is a group of threads (" + type + ")";
        };
    }

    /// The files that limit swap are there if it is accounted. v2 has none in the root group, so look into a
    /// child. Without one: from Linux 6.1 on it always is, if the kernel knows swap at all.
    private static boolean limitsSwap(
            Kernel kernel,
            Map<String, String> v1,
            String unified,
            Map<String, String> own,
            Function<String, String> read) {
        if (v1.containsKey("memory")) {
            return !read.apply(v1.get("memory") + "/memory.memsw.limit_in_bytes")
                    .isEmpty();
        }
        if (unified.isEmpty()) {
            return false;
        }
        for (String group : List.of(own.getOrDefault("", ""), "/init.scope", "/system.slice")) {
            if (!read.apply(unified + group + "/memory.swap.max").isEmpty()) {
                return true;
            }
        }
        return kernel.atLeast(6, 1) && !read.apply("/proc/swaps").isEmpty();
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split("\\s+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }
}
