package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What all processes of a box have from its first one, the init included.
@EndToEnd
class ProcessIT {
    private static final String BOTH = "for pid in 1 $$; do %s; done";

    private static Run sh(String options, String script) {
        var words = new ArrayList<>(List.of(options.split(" ")));
        words.addAll(List.of("host", "sh", "-c", script));
        return run(words.toArray(new String[0]));
    }

    @Test
    void initAndProgramHaveTheNiceValue() {
        assertThat(sh("--nice 7", BOTH.formatted("cut -d' ' -f19 /proc/$pid/stat")))
                .isEqualTo(new Run(0, "7\n7\n", ""));
        assertThat(sh("--nice -3", BOTH.formatted("cut -d' ' -f19 /proc/$pid/stat")))
                .isEqualTo(new Run(0, "-3\n-3\n", ""));
    }

    /// The fields 40 (priority) and 41 (policy) of `/proc/PID/stat`, proc(5).
    @ParameterizedTest
    @CsvSource({
        "--scheduler other, 0 0",
        "--scheduler fifo:10, 10 1",
        "--scheduler RR:1, 1 2",
        "--scheduler batch --nice 4, 0 3",
        "--scheduler idle, 0 5",
    })
    void initAndProgramHaveTheScheduler(String options, String fields) {
        Run box = sh(options, BOTH.formatted("cut -d' ' -f40,41 /proc/$pid/stat"));
        assumeTrue(!box.err().contains("cpu.rt_runtime_us"), box.err());
        assertThat(box).isEqualTo(new Run(0, fields + "\n" + fields + "\n", ""));
    }

    @Test
    void aDeadlineIsForABoxWithoutAnInit() {
        String deadline = "--scheduler deadline,runtime=5ms,deadline=50ms,period=100ms";
        Run box = sh(deadline + " --init=false", "cut -d' ' -f41 /proc/1/stat");
        // a shell can't fork under it: the program is the box's only one
        assertThat(box.err()).contains("fork");
        assertThat(run((deadline + " --init=false host cut -d_ -f1 /proc/1/sched").split(" "))
                        .out())
                .containsPattern("policy +: +6");
        assertThat(sh(deadline, "true").err())
                .isEqualTo("carafe: --scheduler: SCHED_DEADLINE is not passed on by fork(2), so that it can't be"
                        + " had with an init: do without it (--init=false)\n");
    }

    @Test
    void whatCanNotBeTogetherIsNamed() {
        assertThat(sh("--scheduler fifo:10 --nice 4", "true"))
                .isEqualTo(new Run(
                        125,
                        "",
                        "carafe: --scheduler: nice 4 is of SCHED_OTHER and SCHED_BATCH, SCHED_FIFO has no such"
                                + " value\n"));
    }

    @Test
    void initAndProgramHaveTheIoPriority() {
        assumeTrue(Files.exists(Path.of("/usr/bin/ionice")), "ionice is not installed");
        assertThat(sh("--ioprio be:7", BOTH.formatted("ionice -p $pid")).out())
                .isEqualTo("best-effort: prio 7\nbest-effort: prio 7\n");
        assertThat(sh("--ioprio idle", BOTH.formatted("ionice -p $pid")).out()).isEqualTo("idle\nidle\n");
        assertThat(sh("--ioprio rt", BOTH.formatted("ionice -p $pid")).out())
                .isEqualTo("realtime: prio 4\nrealtime: prio 4\n");
    }

    @Test
    void initAndProgramHaveTheOomScore() {
        assertThat(sh("--oom-score-adj 500", BOTH.formatted("cat /proc/$pid/oom_score_adj")))
                .isEqualTo(new Run(0, "500\n500\n", ""));
    }

    @Test
    void loweringTheOomScoreNeedsACapability() {
        Run box = sh("--oom-score-adj -500", "cat /proc/self/oom_score_adj");
        if (Carafe.host("sh", "-c", "setpriv --dump | grep -c '\\[none\\]\\|sys_resource'")
                                .code()
                        == 0
                && box.code() == 0) {
            assertThat(box.out()).isEqualTo("-500\n");
        } else {
            assertThat(box.code()).isEqualTo(125);
            assertThat(box.err())
                    .endsWith("write -500 to self/oom_score_adj in proc: EACCES (permission denied): only"
                            + " CAP_SYS_RESOURCE can lower it below the caller's\n");
        }
    }

    @Test
    void addressesAreTheSameAtEveryRunIfAskedFor() {
        String stack = "grep '\\[stack\\]' /proc/self/maps";
        String first = sh("--personality addr-no-randomize", stack).out();
        assertThat(first).contains("[stack]");
        assertThat(sh("--personality addr-no-randomize", stack).out()).isEqualTo(first);
        String usual = "for i in 1 2 3 4; do " + stack + "; done | sort -u | wc -l";
        assertThat(sh("--rm", usual).out()).isEqualTo("4\n");
    }

    @Test
    void aMachineOf32BitsIsSeenIfAskedFor() {
        assertThat(sh("--personality linux32,addr-no-randomize", "cat /proc/self/personality"))
                .isEqualTo(new Run(0, "00040008\n", ""));
        assertThat(sh("--personality linux99", "true").err())
                .isEqualTo("carafe: --personality: no such flag: LINUX99\n");
    }

    @Test
    void filesAreMadeWithTheUmask() {
        assertThat(sh("--rm", "umask").out()).isEqualTo("0022\n");
        assertThat(sh("--umask 077", "umask; touch /x; stat -c %a /x").out()).isEqualTo("0077\n600\n");
    }

    @Test
    void groupsAreLookedUpInTheBoxsOwnFiles(@TempDir Path directory) throws Exception {
        Path root = Rootfs.busybox(directory.resolve("root"));
        Files.writeString(root.resolve("etc/group"), "sound:x:29:\nvideo:x:44:\n");
        assertThat(run("--group-add", "sound", "--group-add", "4711", "--rootfs", root.toString(), "id", "-G")
                        .out())
                .isEqualTo("0 29 4711\n");
        assertThat(run("--group-add", "audio", "--rootfs", root.toString(), "id"))
                .isEqualTo(new Run(
                        125,
                        "",
                        "carafe: --group-add: unable to find group audio: no matching entries in group file\n"));
        assertThat(run("--group-add", "keep-groups", "host", "id"))
                .isEqualTo(new Run(
                        125,
                        "",
                        "carafe: --group-add: keep-groups is not there: a box has the groups that are named, never the"
                                + " caller's own\n"));
    }

    @Test
    void aLimitOnTheUsersProcessesIsNamed() {
        assertThat(run("--ulimit", "nproc=0", "-u", "nobody", "host", "true").err())
                .endsWith(
                        ": the user's limit of 0 processes (RLIMIT_NPROC, --ulimit nproc) is reached: it counts all of"
                                + " the user's on the host\n");
    }
}
