package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `--privileged`, and the options of `--security-opt` that open a part of what it opens. Each is tried without
/// too.
@EndToEnd
class PrivilegedIT {
    private static Run box(String options, String script) {
        var words = new ArrayList<>(List.of(options.split(" ")));
        words.addAll(List.of("host", "sh", "-c", script));
        return run(words.toArray(new String[0]));
    }

    @Test
    void itMounts() {
        String script = "mount -t tmpfs none /mnt 2>/dev/null && echo mounted";
        assertThat(box("--rm", script).out()).isEmpty();
        assertThat(box("--privileged", script).out()).isEqualTo("mounted\n");
    }

    @Test
    void itHasEveryCapabilityAndNoFilter() {
        String host = Carafe.host("grep", "CapBnd", "/proc/self/status").line().replace("CapBnd", "CapEff");
        assertThat(box("--privileged", "grep -E 'CapEff|Seccomp:' /proc/self/status")
                        .out())
                .isEqualTo(host + "\nSeccomp:\t0\n");
        assertThat(box("--privileged --cap-drop SYS_TIME", "grep CapEff /proc/self/status")
                        .line())
                .isNotEqualTo(host);
    }

    @Test
    void itMakesAndOpensDevicesAnywhere() {
        String script = "mknod /log c 1 11 && head -c0 /log && echo open";
        assertThat(box("--cap-add MKNOD", script).out()).isEmpty();
        assertThat(box("--privileged", script).out()).isEqualTo("open\n");
    }

    @Test
    void itHasTheHostsDevicesWithTheirNumbersModesAndOwners() {
        String list =
                "find /dev -xdev \\( -type c -o -type b \\) -not -path '/dev/console' -exec stat -c '%n %t:%T %a %u:%g' {} +"
                        + " | sort";
        String host = Carafe.host("sh", "-c", list + " | grep -vE '^/dev/(null|zero|full|u?random|tty|ptmx) '")
                .out();
        assertThat(box("--privileged", list).out())
                .contains(host.split("(?<=\n)"))
                .contains("/dev/null 1:3 666 0:0");
        assertThat(box("--rm", list + " | wc -l").out()).isEqualTo("6\n");
    }

    @Test
    void itWritesToSysctlsAndSysfs() {
        String script =
                "echo 1 > /proc/sys/net/ipv4/conf/lo/forwarding && echo sysctl; mount | grep -E ' on /sys ' | grep -c rw,";
        assertThat(box("--rm", script).out()).isEqualTo("0\n");
        assertThat(box("--privileged", script).out()).isEqualTo("sysctl\n1\n");
    }

    @Test
    void itMakesGroupsOfItsOwn() {
        String script =
                "cd /sys/fs/cgroup/pids 2>/dev/null || cd /sys/fs/cgroup; mkdir mine && rmdir mine && echo made";
        Run box = box("--privileged", script);
        assumeTrue(!box.err().contains("No such file"), "no control groups here: " + box.err());
        assertThat(box.out()).isEqualTo("made\n");
        assertThat(box("--rm", script).out()).isEmpty();
    }

    @Test
    void anotherUserHasNoCapability() {
        assertThat(box("--privileged -u nobody", "grep CapEff /proc/self/status")
                        .out())
                .isEqualTo("CapEff:\t0000000000000000\n");
    }

    @Test
    void aFilterThatIsNamedHolds() {
        assertThat(box("--privileged --security-opt seccomp=builtin", "grep -w Seccomp /proc/self/status")
                        .out())
                .isEqualTo("Seccomp:\t2\n");
    }

    @Test
    void pathsAreHiddenAndShown() {
        String script =
                "wc -c < /etc/passwd; grep -q . /proc/keys && echo keys; touch /proc/sys/net/core/somaxconn 2>/dev/null && echo rw";
        assertThat(box("--security-opt mask=/etc/passwd", script).out()).isEqualTo("0\n");
        Run unmasked = box("--security-opt unmask=/proc/keys:/proc/sys", script);
        assertThat(unmasked.out()).endsWith("\nkeys\nrw\n");
        assertThat(box("--security-opt systempaths=unconfined", script).out()).isEqualTo(unmasked.out());
        assertThat(box("--security-opt unmask=ALL", script).out()).isEqualTo(unmasked.out());
    }

    @Test
    void aPathThatIsNotHiddenCanNotBeShown() {
        assertThat(box("--security-opt unmask=/proc/kcor", "echo ran").err())
                .startsWith("carafe: --security-opt: unmask=/proc/kcor: neither hidden nor read-only unless asked for");
    }

    /// An option that protects nothing is no option (CVE-2025-65105).
    @Test
    void row48AModuleThatProtectsNothingIsRefused() {
        for (String option : List.of("apparmor=mine", "label=type:mine_t")) {
            Run box = box("--security-opt " + option, "echo ran");
            assertThat(box.code()).isEqualTo(125);
            assertThat(box.out()).isEmpty();
            assertThat(box.err())
                    .startsWith("carafe: --security-opt: " + option + ": ")
                    .hasLineCount(1);
        }
        assertThat(box("--security-opt apparmor=unconfined --security-opt label=disable", "echo ran")
                        .out())
                .isEqualTo("ran\n");
    }
}
