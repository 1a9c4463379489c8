package io.carafe.sandbox.spec;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.spec.Spec.Device;
import io.carafe.sandbox.spec.Spec.IntelRdt;
import io.carafe.sandbox.spec.Spec.Linux;
import io.carafe.sandbox.spec.Spec.MemoryPolicy;
import io.carafe.sandbox.spec.Spec.Personality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `linux` of a `config.json` (runtime specification, config-linux.md).
final class ConfigLinux {
    private static final Set<String> CLOCKS = Set.of("monotonic", "boottime");
    private static final Set<String> DEVICE_TYPES = Set.of("c", "b", "u", "p");
    private static final Set<String> DOMAINS = Set.of("LINUX", "LINUX32");
    private static final Set<String> PROPAGATIONS = Set.of(
            "private", "slave", "shared", "unbindable", "rprivate", "rslave", "rshared", "runbindable"); // r…: runc's
    private static final Set<String> MEMORY_MODES = Set.of(
            "MPOL_DEFAULT",
            "MPOL_BIND",
            "MPOL_INTERLEAVE",
            "MPOL_WEIGHTED_INTERLEAVE",
            "MPOL_PREFERRED",
            "MPOL_PREFERRED_MANY",
            "MPOL_LOCAL");
    private static final Set<String> RESCTRL = Set.of(".", "..", "info", "mon_groups", "mon_data"); // its own
    private static final int NODES_MAX = 1023; // the kernel's MAX_NUMNODES
    private static final int INTERFACE_MAX = 15; // IFNAMSIZ, less its end
    private static final int FILE_MODE = 0666; // as runc
    private static final int PERMISSIONS = 07777;

    private ConfigLinux() {}

    static Linux read(Node linux, String cgroupsPath) {
        return new Linux(
                namespaces(linux.get("namespaces")),
                ConfigJson.mappings(linux.get("uidMappings")),
                ConfigJson.mappings(linux.get("gidMappings")),
                timeOffsets(linux.get("timeOffsets")),
                ConfigResources.read(linux.get("resources").object(), false),
                group(linux.get("cgroupsPath").text(), cgroupsPath),
                devices(linux.get("devices")),
                ConfigSeccomp.read(linux.get("seccomp").object()),
                paths(linux.get("maskedPaths")),
                paths(linux.get("readonlyPaths")),
                sysctl(linux.get("sysctl")),
                personality(linux.get("personality").object()),
                linux.get("rootfsPropagation").oneOf(PROPAGATIONS, "propagation", ""),
                null, // the specification has no Landlock
                netDevices(linux.get("netDevices")),
                linux.get("mountLabel").line(),
                intelRdt(linux.get("intelRdt").object()),
                memoryPolicy(linux.get("memoryPolicy").object()));
    }

    private static Map<Namespace, String> namespaces(Node list) {
        var namespaces = new EnumMap<Namespace, String>(Namespace.class);
        for (Node node : list.objects()) {
            String type = node.get("type").needed();
            Namespace kind = null;
            for (Namespace known : Namespace.values()) {
                kind = known.toString().equals(type) ? known : kind;
            }
            String path = node.get("path").absolute();
            if (kind != null && namespaces.containsKey(kind)) {
                node.get("type").problem("a second " + Node.quoted(type));
            } else if (kind != null) {
                namespaces.put(kind, path);
            } else if (!type.isEmpty()) {
                node.get("type").problem("no such namespace: " + Node.quoted(type));
            }
        }
        return namespaces;
    }

    private static Map<String, Duration> timeOffsets(Node offsets) {
        var durations = new TreeMap<String, Duration>();
        offsets.properties().forEach((clock, node) -> {
            if (!CLOCKS.contains(clock)) {
                node.problem("no such clock: it is monotonic or boottime");
            }
            long seconds = node.object().get("secs").number(Long.MIN_VALUE, Long.MAX_VALUE, 0);
            long nanoseconds = node.get("nanosecs").number(0, 999_999_999, 0);
            durations.put(clock, Duration.ofSeconds(seconds, nanoseconds));
        });
        return durations;
    }

    /// Its place is the same for the same value, below the mount point of each hierarchy.
    private static String group(String path, String absent) {
        String group = path;
        while (group.startsWith("/")) {
            group = group.substring(1);
        }
        return group.isEmpty() ? absent : group;
    }

    private static List<Device> devices(Node list) {
        var devices = new ArrayList<Device>();
        var paths = new HashSet<String>();
        for (Node node : list.objects()) {
            node.get("path").needed();
            node.get("type").needed();
            String path = node.get("path").absolute();
            if (!path.isEmpty() && !paths.add(path)) {
                node.get("path").problem("a second " + Node.quoted(path));
            }
            String type = node.get("type").oneOf(DEVICE_TYPES, "type of a device", "c");
            boolean numbered = !type.equals("p"); // a FIFO has none
            devices.add(new Device(
                    path,
                    type,
                    numbered ? node.get("major").neededNumber(0, 0xFFF) : 0,
                    numbered ? node.get("minor").neededNumber(0, 0xFFFFF) : 0,
                    (int) node.get("fileMode").number(0, 0177777, FILE_MODE) & PERMISSIONS,
                    node.get("uid").id(),
                    node.get("gid").id()));
        }
        return devices;
    }

    private static List<String> paths(Node list) {
        var paths = new ArrayList<String>();
        for (Node node : list.elements()) {
            node.needed();
            paths.add(node.absolute());
        }
        return paths;
    }

    private static Map<String, String> sysctl(Node node) {
        var sysctl = new TreeMap<String, String>();
        node.properties().forEach((name, value) -> sysctl.put(name, value.needed()));
        return sysctl;
    }

    /// What each is to be called; its own name if nothing is said.
    private static Map<String, String> netDevices(Node devices) {
        var names = new TreeMap<String, String>();
        devices.properties().forEach((name, node) -> {
            String other = node.object().get("name").text();
            interfaceName(name, node);
            interfaceName(other.isEmpty() ? name : other, node.get("name"));
            names.put(name, other.isEmpty() ? name : other);
        });
        return names;
    }

    /// As the kernel's dev_valid_name().
    private static void interfaceName(String name, Node node) {
        boolean wrong = name.isEmpty() || name.length() > INTERFACE_MAX || name.equals(".") || name.equals("..");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            wrong |= c <= ' ' || c > '~' || c == '/' || c == ':';
        }
        if (wrong) {
            node.problem("not a name of a network interface: " + Node.quoted(name));
        }
    }

    private static @Nullable IntelRdt intelRdt(Node rdt) {
        if (!rdt.isThere()) {
            return null;
        }
        Node id = rdt.get("closID");
        String group = id.line();
        boolean special = group.isEmpty() || group.equals("/");
        if (!special && (group.indexOf('/') >= 0 || RESCTRL.contains(group))) {
            id.problem("not the name of a group of resctrl: " + Node.quoted(group));
        }
        var schemata = new ArrayList<String>();
        boolean bandwidth = !rdt.get("memBwSchema").text().isEmpty();
        for (String line : rdt.get("l3CacheSchema").text().split("\n")) {
            if (!line.isBlank() && !(bandwidth && line.strip().startsWith("MB:"))) { // memBwSchema counts then
                schemata.add(line.strip());
            }
        }
        if (bandwidth) {
            schemata.add(rdt.get("memBwSchema").line().strip());
        }
        for (Node line : rdt.get("schemata").elements()) { // last: config-linux.md, "IntelRdt"
            line.needed();
            schemata.add(line.line().strip());
        }
        return new IntelRdt(group, schemata, rdt.get("enableMonitoring").truth());
    }

    private static @Nullable MemoryPolicy memoryPolicy(Node policy) {
        if (!policy.isThere()) {
            return null;
        }
        policy.get("mode").needed();
        return new MemoryPolicy(
                policy.get("mode").oneOf(MEMORY_MODES, "mode", "MPOL_DEFAULT"),
                NumberList.read(policy.get("nodes"), NODES_MAX),
                policy.get("flags").texts());
    }

    private static @Nullable Personality personality(Node node) {
        if (!node.isThere()) {
            return null;
        }
        node.get("domain").needed();
        return new Personality(
                node.get("domain").oneOf(DOMAINS, "domain", "LINUX"),
                node.get("flags").texts());
    }
}
