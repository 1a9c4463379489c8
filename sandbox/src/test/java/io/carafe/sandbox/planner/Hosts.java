package io.carafe.sandbox.planner;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.host.Privileges;
import io.carafe.sandbox.host.UserNamespaces;
import java.util.List;
import java.util.Map;

/// Machines that differ in what the planner chooses by.
public final class Hosts {
    static final Host V2 = host(new Cgroups(
            Layout.V2,
            Map.of(),
            "/sys/fs/cgroup",
            List.of("cpu", "cpuset", "hugetlb", "io", "memory", "pids"),
            List.of("memory", "pids"),
            "",
            Map.of("", "/user.slice"),
            true,
            "0-3",
            "0",
            ""));

    static final Host V2_WITHOUT_SWAP = host(new Cgroups(
            Layout.V2, Map.of(), "/sys/fs/cgroup", List.of(), List.of(), "", Map.of("", "/"), false, "", "", ""));

    static final Host V1 =
            host(new Cgroups(Layout.V1, controllers(), "", List.of(), List.of(), "", own(), true, "0-3", "0", ""));

    static final Host HYBRID = host(new Cgroups(
            Layout.HYBRID,
            controllers(),
            "/sys/fs/cgroup/unified",
            List.of("hugetlb"),
            List.of(),
            "",
            own(),
            false,
            "0-1",
            "0",
            ""));

    /// As systemd has it for a user who is logged in.
    static final Host DELEGATED = host(new Cgroups(
            Layout.V2,
            Map.of(),
            "/sys/fs/cgroup",
            List.of("memory", "pids"),
            List.of("pids"),
            "",
            Map.of("", "/system.slice/other"),
            true,
            "",
            "",
            "/user.slice/user-1000.slice/user@1000.service"));

    static final Host NO_CGROUPS = host(Cgroups.NONE);

    private Hosts() {}

    static Host without(Host host, String filesystem) {
        return new Host(
                host.kernel(),
                host.privileges(),
                host.userNamespaces(),
                host.cgroups(),
                host.namespaces(),
                host.filesystems().stream().filter(it -> !it.equals(filesystem)).toList(),
                host.seccompActions(),
                host.calls(),
                host.securityModules(),
                host.processors(),
                host.memory(),
                host.landlock());
    }

    static Host withLandlock(Host host, int abi) {
        return new Host(
                host.kernel(),
                host.privileges(),
                host.userNamespaces(),
                host.cgroups(),
                host.namespaces(),
                host.filesystems(),
                host.seccompActions(),
                host.calls(),
                host.securityModules(),
                host.processors(),
                host.memory(),
                abi);
    }

    static Host on(Host host, String architecture) {
        return of(host, new Kernel(host.kernel().release(), 6, 18, architecture));
    }

    static Host of(Host host, int major, int minor) {
        return of(host, new Kernel(major + "." + minor, major, minor, "x86_64"));
    }

    public static Host of(Host host, Kernel kernel) {
        return new Host(
                kernel,
                host.privileges(),
                host.userNamespaces(),
                host.cgroups(),
                host.namespaces(),
                host.filesystems(),
                host.seccompActions(),
                host.calls(),
                host.securityModules(),
                host.processors(),
                host.memory(),
                host.landlock());
    }

    /// An ordinary user of another machine.
    static Host user(Host host, UserNamespaces users, long capabilities) {
        return new Host(
                host.kernel(),
                new Privileges(1000, 100, 0, capabilities, capabilities, -1, 0, 40),
                users,
                host.cgroups(),
                host.namespaces(),
                host.filesystems(),
                host.seccompActions(),
                host.calls(),
                host.securityModules(),
                host.processors(),
                host.memory(),
                host.landlock());
    }

    private static Map<String, String> controllers() {
        return Map.of(
                "blkio", "/sys/fs/cgroup/blkio",
                "devices", "/sys/fs/cgroup/devices",
                "cpu", "/sys/fs/cgroup/cpu,cpuacct",
                "cpuacct", "/sys/fs/cgroup/cpu,cpuacct",
                "cpuset", "/sys/fs/cgroup/cpuset",
                "memory", "/sys/fs/cgroup/memory",
                "freezer", "/sys/fs/cgroup/freezer",
                "pids", "/sys/fs/cgroup/pids",
                "name=systemd", "/sys/fs/cgroup/systemd");
    }

    private static Map<String, String> own() {
        return Map.of("cpu", "/", "memory", "/agent");
    }

    private static Host host(Cgroups cgroups) {
        return new Host(
                new Kernel("6.18.0", 6, 18, "x86_64"),
                new Privileges(0, 0, 0, -1, -1, -1, 0, 40),
                UserNamespaces.INITIAL,
                cgroups,
                List.of("mnt", "pid", "user", "net", "uts", "ipc", "cgroup"),
                List.of("tmpfs", "overlay", "proc", "sysfs", "mqueue", "devpts"),
                List.of("kill_process", "errno", "allow"),
                List.of("openat2", "clone3"),
                List.of(),
                4,
                1L << 34,
                7);
    }
}
