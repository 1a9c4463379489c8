package io.carafe.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.carafe.sandbox.host.Cgroups.Layout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CgroupFilesTest {

    @Test
    void hybridHasControllersInBothVersions() {
        String mountinfo = """
                31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
                32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
                33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
                35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
                40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
                41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
                """;
        String self = """
                9:name=systemd:/
                4:memory:/process_api/9e14
                2:cpuacct:/
                1:cpu:/
                0::/
                """;
        Map<String, String> files = Map.of(
                "/sys/fs/cgroup/unified/cgroup.controllers", "hugetlb\n",
                "/sys/fs/cgroup/unified/cgroup.subtree_control", "\n",
                "/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes", "9223372036854771712\n");

        Cgroups found = parse(mountinfo, self, path -> files.getOrDefault(path, ""));

        assertThat(found.layout()).isEqualTo(Layout.HYBRID);
        assertThat(found.v1())
                .containsExactly(
                        entry("cpu", "/sys/fs/cgroup/cpu"),
                        entry("cpuacct", "/sys/fs/cgroup/cpuacct"),
                        entry("memory", "/sys/fs/cgroup/memory"),
                        entry("name=systemd", "/sys/fs/cgroup/systemd"));
        assertThat(found.unified()).isEqualTo("/sys/fs/cgroup/unified");
        assertThat(found.offered()).containsExactly("hugetlb");
        assertThat(found.enabled()).isEmpty();
        assertThat(found.own()).containsEntry("memory", "/process_api/9e14").containsEntry("", "/");
        assertThat(found.limitsSwap()).isTrue();
    }

    @Test
    void controllersMountedTogetherShareAMountPoint() {
        String mountinfo = """
                30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:14 - cgroup cgroup rw,cpu,cpuacct
                31 25 0:27 / /sys/fs/cgroup/systemd rw,nosuid shared:15 - cgroup cgroup rw,xattr,name=systemd
                32 25 0:28 / /sys/fs/cgroup/memory rw,nosuid shared:16 - cgroup cgroup rw,memory
                """;

        Cgroups found =
                parse(mountinfo, "3:cpu,cpuacct:/user.slice\n2:memory:/\n1:name=systemd:/user.slice\n", path -> "");

        assertThat(found.layout()).isEqualTo(Layout.V1);
        assertThat(found.v1())
                .containsEntry("cpu", "/sys/fs/cgroup/cpu,cpuacct")
                .containsEntry("cpuacct", "/sys/fs/cgroup/cpu,cpuacct");
        assertThat(found.unified()).isEmpty();
        assertThat(found.limitsSwap()).isFalse();
    }

    @Test
    void pureV2OfSystemd() {
        String mountinfo =
                "35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
        String own = "/user.slice/user-1000.slice/session-2.scope";
        Map<String, String> files = Map.of(
                "/sys/fs/cgroup/cgroup.controllers",
                "cpuset cpu io memory hugetlb pids rdma misc\n",
                "/sys/fs/cgroup/cgroup.subtree_control",
                "cpu memory pids\n",
                "/sys/fs/cgroup" + own + "/memory.swap.max",
                "max\n");

        Cgroups found = parse(mountinfo, "0::" + own + "\n", path -> files.getOrDefault(path, ""));

        assertThat(found.layout()).isEqualTo(Layout.V2);
        assertThat(found.v1()).isEmpty();
        assertThat(found.offered()).contains("cpu", "memory", "pids", "io");
        assertThat(found.enabled()).containsExactly("cpu", "memory", "pids");
        assertThat(found.own()).containsExactly(entry("", own));
        assertThat(found.limitsSwap()).isTrue();
    }

    /// Without systemd there may be no group at all to look into.
    @Test
    void sinceLinux6_1SwapIsAlwaysAccounted() {
        String mountinfo = "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        Map<String, String> files = Map.of("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");

        assertThat(limitsSwap("6.1.0-38-amd64", mountinfo, files)).isTrue();
        assertThat(limitsSwap("5.15.0-94-generic", mountinfo, files)).isFalse();
        assertThat(limitsSwap("6.1.0-noswap", mountinfo, Map.of())).isFalse();
    }

    private static boolean limitsSwap(String release, String mountinfo, Map<String, String> files) {
        return CgroupFiles.parse(
                        Kernel.of(release, "x86_64"), mountinfo, "0::/\n", path -> files.getOrDefault(path, ""))
                .limitsSwap();
    }

    @Test
    void aNamedHierarchyAloneDoesNotMakeItHybrid() {
        String mountinfo = """
                35 24 0:30 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw
                36 24 0:31 / /run/elogind rw shared:9 - cgroup cgroup rw,name=elogind
                """;
        assertThat(parse(mountinfo, "1:name=elogind:/1\n0::/\n", path -> "").layout())
                .isEqualTo(Layout.V2);
    }

    @Test
    void aControllerThatLimitsNothingDoesNotMakeItHybrid() {
        String mountinfo = """
                35 24 0:30 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw
                36 24 0:31 / /run/vpn/net_cls rw - cgroup cgroup rw,net_cls
                """;
        assertThat(parse(mountinfo, "1:net_cls:/\n0::/\n", path -> "").layout()).isEqualTo(Layout.V2);
    }

    @Test
    void inAContainerTheMountBeginsAtItsOwnGroup() {
        String mountinfo = "35 24 0:30 /docker/abc /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n";

        Cgroups found = parse(mountinfo, "3:pids:/docker/abc/sub\n", path -> "");

        assertThat(found.own()).containsExactly(entry("pids", "/sub"));
    }

    /// As in `docker run --privileged`, with a cgroup namespace.
    @Test
    void processesInTheRootOfAContainerAreInTheWay() {
        var files = new HashMap<>(Map.of(
                "/sys/fs/cgroup/cgroup.controllers", "memory pids\n",
                "/sys/fs/cgroup/cgroup.type", "domain\n",
                "/sys/fs/cgroup/cgroup.procs", "1\n27\n"));

        assertThat(inContainer("rw", files).obstacle())
                .isEqualTo("processes stand in the group /sys/fs/cgroup itself; move them into one below it");
        assertThat(inContainer("rw", files).limits("pids")).isFalse();

        files.put("/sys/fs/cgroup/cgroup.procs", "");
        assertThat(inContainer("rw", files).obstacle()).isEmpty();
        assertThat(inContainer("rw", files).limits("pids")).isTrue();
        assertThat(inContainer("rw", files).limits("cpu")).isFalse();
        assertThat(inContainer("ro", files).obstacle()).isEqualTo("/sys/fs/cgroup is mounted read-only");

        files.put("/sys/fs/cgroup/cgroup.type", "domain threaded\n");
        assertThat(inContainer("rw", files).obstacle())
                .isEqualTo("/sys/fs/cgroup is a group of threads (domain threaded)");
    }

    private static Cgroups inContainer(String option, Map<String, String> files) {
        String mountinfo = "35 24 0:30 / /sys/fs/cgroup " + option + ",nosuid - cgroup2 cgroup rw,nsdelegate\n";
        return parse(mountinfo, "0::/\n", path -> files.getOrDefault(path, ""));
    }

    @Test
    void withoutAMountThereIsNone() {
        assertThat(parse("22 27 0:21 / /proc rw - proc proc rw\n", "0::/\n", path -> ""))
                .isEqualTo(Cgroups.NONE);
        assertThat(parse("", "", path -> "")).isEqualTo(Cgroups.NONE);
    }

    private static Cgroups parse(String mountinfo, String self, Function<String, String> read) {
        return CgroupFiles.parse(Kernel.of("5.14.0", "x86_64"), mountinfo, self, read);
    }
}
