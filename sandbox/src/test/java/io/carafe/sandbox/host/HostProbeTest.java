package io.carafe.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a machine made of files.
class HostProbeTest {
    private static final String STATUS = """
            Name:	cat
            Pid:	77
            Uid:	4711	%d	4711	4711
            Gid:	100	100	100	100
            CapInh:	0000000000000000
            CapPrm:	000001fffeffffff
            CapEff:	00000000a80425fb
            CapBnd:	000001ffffffffff
            CapAmb:	0000000000000000
            Seccomp:	2
            """;

    @TempDir
    Path root;

    @BeforeEach
    void machine() throws IOException {
        file("proc/self/status", STATUS.formatted(4711));
        file("proc/self/mountinfo", "");
        file("proc/self/cgroup", "0::/\n");
        Files.createDirectories(root.resolve("proc/self/ns/pid_for_children"));
        Files.createDirectories(root.resolve("proc/self/ns/pid"));
        file("proc/filesystems", "nodev\tproc\n\text4\nnodev\toverlay\nnodev\tmqueue\n");
        file("proc/meminfo", "MemTotal:       24683656 kB\nMemFree: 1 kB\n");
        file("proc/sys/kernel/osrelease", "6.1.0-28-amd64\n");
        file("proc/sys/kernel/cap_last_cap", "40\n");
        file("proc/sys/kernel/seccomp/actions_avail", "kill_process errno allow\n");
        file("proc/sys/kernel/random/boot_id", "b001\n");
        file("sys/devices/system/cpu/online", "0-3,6\n");
        file("sys/kernel/security/lsm", "capability,landlock\n");
        Files.createDirectories(root.resolve("run/user"));
    }

    @Test
    void readsTheFacts() {
        Host host = new HostProbe(root, environment(), 0).host();

        assertThat(host.kernel().atLeast(6, 1)).isTrue();
        assertThat(host.kernel().atLeast(6, 2)).isFalse();
        assertThat(host.kernel().atLeast(5, 14)).isTrue();
        assertThat(host.privileges().uid()).isEqualTo(4711);
        assertThat(host.privileges().lastCapability()).isEqualTo(40);
        assertThat(host.privileges().can(0)).isTrue();
        assertThat(host.privileges().can(21)).isFalse();
        assertThat(host.cgroups()).isEqualTo(Cgroups.NONE);
        assertThat(host.namespaces()).containsExactly("pid");
        assertThat(host.filesystems()).containsExactly("ext4", "mqueue", "overlay", "proc");
        assertThat(host.seccompActions()).containsExactly("allow", "errno", "kill_process");
        assertThat(host.calls()).contains("openat2", "clone3", "move_mount");
        assertThat(host.securityModules()).containsExactly("capability", "landlock");
        assertThat(host.processors()).isEqualTo(5);
        assertThat(host.memory()).isEqualTo(24683656L * 1024);
    }

    @Test
    void isTheSameAfterAWayThroughJson() {
        Host host = new HostProbe(root, environment(), 0).host();

        assertThat(Host.ofJson(host.json())).isEqualTo(host);
    }

    @Test
    void keepsWhatLastsForTheBootAndReadsTheRestAnew() throws IOException {
        asMe();
        Host first = new HostProbe(root, environment(), 0).host();
        file("proc/filesystems", "nodev\tother\n");
        file("proc/meminfo", "MemTotal: 1 kB\n");

        Host second = new HostProbe(root, environment(), 0).host();

        assertThat(second.filesystems()).isEqualTo(first.filesystems());
        assertThat(second.memory()).isEqualTo(1024);
    }

    @Test
    void seesWhatChangesWhileItRuns() throws IOException {
        file("proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        file("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
        file("sys/fs/cgroup/cgroup.subtree_control", "memory\n");
        var probe = new HostProbe(root, environment(), 0);
        assertThat(probe.host().cgroups().enabled()).containsExactly("memory");
        assertThat(probe.host()).isSameAs(probe.host());

        file("sys/fs/cgroup/cgroup.subtree_control", "pids memory\n");
        assertThat(probe.host().cgroups().enabled()).containsExactly("memory", "pids");

        file("proc/self/cgroup", "0::/inner\n");
        assertThat(probe.host().cgroups().own()).containsEntry("", "/inner");

        file("sys/devices/system/cpu/online", "0\n");
        assertThat(probe.host().processors()).isEqualTo(1);

        file("proc/self/mountinfo", "");
        assertThat(probe.host().cgroups().layout()).isEqualTo(Cgroups.Layout.NONE);
    }

    @Test
    void asksAgainAfterABoot() throws IOException {
        asMe();
        new HostProbe(root, environment(), 0).host();
        file("proc/filesystems", "nodev\toverlay\nnodev\tmqueue\n");
        file("proc/sys/kernel/random/boot_id", "b002\n");

        assertThat(new HostProbe(root, environment(), 0).host().filesystems()).containsExactly("mqueue", "overlay");
    }

    @Test
    void asksAgainWhenWhatWasKeptIsDamaged() throws IOException {
        asMe();
        Host host = new HostProbe(root, environment(), 0).host();
        Path kept = kept();
        String text = Files.readString(kept);

        for (String damaged : new String[] {"", "\n\n\n", text.substring(0, text.length() - 1), text + "more"}) {
            Files.writeString(kept, damaged);
            assertThat(new HostProbe(root, environment(), 0).host()).isEqualTo(host);
            assertThat(kept).hasContent(text);
        }
    }

    @Test
    void takesNothingFromADirectoryInWhichOthersCanWrite() throws IOException {
        asMe();
        new HostProbe(root, environment(), 0).host();
        Files.setAttribute(kept().getParent(), "unix:mode", 0777);
        file("proc/filesystems", "nodev\toverlay\nnodev\tmqueue\n");

        assertThat(new HostProbe(root, environment(), 0).host().filesystems()).containsExactly("mqueue", "overlay");
    }

    @Test
    void worksWhereNothingCanBeKept() throws IOException {
        file("run/user/carafe", "a file where the directory should be");

        assertThat(new HostProbe(root, environment(), 0).host().processors()).isEqualTo(5);
        assertThat(root.resolve("run/user/carafe")).hasContent("a file where the directory should be");
    }

    private Map<String, String> environment() {
        return Map.of("XDG_RUNTIME_DIR", "/run/user");
    }

    /// The process that is seen is of the user who runs the test.
    private void asMe() throws IOException {
        file("proc/self/status", STATUS.formatted((int) Files.getAttribute(root, "unix:uid")));
    }

    private Path kept() {
        Path roots = root.resolve("run/carafe/host-" + HostProbe.VERSION);
        return Files.exists(roots) ? roots : root.resolve("run/user/carafe/host-" + HostProbe.VERSION);
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
