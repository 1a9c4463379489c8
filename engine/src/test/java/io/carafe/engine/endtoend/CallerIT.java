package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.shell;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever calls, and from wherever: it works, or it is said what is missing. Daemons of other namespaces would stay
/// for their idle minutes, so there are none here; FrontIT tests those.
@EndToEnd
class CallerIT {
    private static final String OFF = "export CARAFE_DAEMON=off; ";
    private static final String NOBODY = "setpriv --reuid 65534 --regid 65534 --clear-groups ";

    @Test
    void anOrdinaryUserGetsABoxWithoutLimits() {
        assertThat(shell(OFF + NOBODY + "$carafe run host echo ran")).isEqualTo(new Run(0, "ran\n", ""));
        Run box = shell(OFF + NOBODY + "$carafe run -m 64m host echo ran");
        assertThat(box.code()).isEqualTo(125);
        assertThat(box.out()).isEmpty();
        assertThat(box.err()).hasLineCount(1);
    }

    @Test
    void anOrdinaryUserMayAskAndExplain() {
        assertThat(shell(OFF + NOBODY + "$carafe version").code()).isZero();
        assertThat(shell(OFF + NOBODY + "$carafe help run").out()).contains("Usage:  carafe run");
        Run explained = shell(OFF + NOBODY + "$carafe explain host ps aux");
        assertThat(explained.code()).isZero();
        assertThat(explained.err()).isEmpty();
        assertThat(explained.out()).contains("inside: by the process that becomes the box");
    }

    /// Root without the right to mount, as in most containers.
    @Test
    void rootThatMayNotMountGetsABoxAsAnOrdinaryUserDoes() {
        String map = shell(OFF + "setpriv --bounding-set -sys_admin --inh-caps -sys_admin $carafe run host"
                        + " cat /proc/self/uid_map")
                .line();
        assertThat(map.split("\\s+")).startsWith("0", "0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unshare --mount",
                "unshare --mount --pid --fork --mount-proc",
                "unshare --net --uts --ipc",
                "unshare --cgroup",
                "nice",
                "setsid -w",
                "env -i"
            })
    void otherNamespacesAndSessionsMakeNoDifference(String prefix) {
        assertThat(shell(OFF + prefix + " env CARAFE_DAEMON=off $carafe run -h box host sh -c 'hostname; echo $$'"))
                .isEqualTo(new Run(0, "box\n2\n", ""));
    }

    @Test
    void theBoxSeesTheCallersMountNamespace(@TempDir Path directory) {
        Run box = shell(OFF + "cd " + directory
                + "; mkdir a; unshare --mount sh -c 'mount -t tmpfs none a && echo theirs >a/file"
                + " && $carafe run -v ./a:/mnt host cat /mnt/file'; ls a");
        assertThat(box).isEqualTo(new Run(0, "theirs\n", ""));
    }

    @Test
    void inAChrootItWorksWithProcAndSaysSoWithout(@TempDir Path directory) {
        String chroot = OFF + "exec unshare --mount sh -c 'mount --%s / " + directory + " && chroot " + directory
                + " $carafe run host echo ran'";
        assertThat(shell(chroot.formatted("rbind"))).isEqualTo(new Run(0, "ran\n", ""));
        Run box = shell(chroot.formatted("bind"));
        assertThat(box.code()).isEqualTo(125);
        assertThat(box.err()).contains("/proc");
    }

    @Test
    void aCallerWithFewDescriptorsOrClosedOnesOrNoDirectoryIsServed() {
        assertThat(shell("ulimit -n 24; $carafe run host echo ran")).isEqualTo(new Run(0, "ran\n", ""));
        assertThat(shell("$carafe run host sh -c 'ls /proc/$$/fd; true' <&- 2>&-")
                        .out())
                .isEqualTo("0\n1\n2\n");
        assertThat(shell("d=$(mktemp -d) && cd $d && rmdir $d && $carafe run host pwd"))
                .isEqualTo(new Run(0, "/\n", ""));
        assertThat(shell("umask 077; $carafe run host sh -c umask")).isEqualTo(new Run(0, "0022\n", ""));
        assertThat(shell("trap '' TERM PIPE; $carafe run host sh -c 'kill -TERM $$; echo immune'")
                        .code())
                .isEqualTo(143);
    }
}
