package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// containerd on a machine of its own, and our runtime by `ctr run --runc-binary`.
@EndToEnd
class ContainerdIT {
    private static Machine machine;

    @BeforeAll
    static void startContainerd() {
        machine = Machine.with("containerd", "containerd-shim-runc-v2", "ctr", "tini", "busybox");
        Containerd.start(machine);
    }

    @AfterAll
    static void stopContainerd() {
        if (machine != null) {
            machine.close();
        }
    }

    @AfterEach
    void removeContainers() {
        ctr("task ls -q | while read t; do $ctr task resume $t; $ctr task rm -f $t; done");
        ctr("container ls -q | xargs -r $ctr container rm");
    }

    private static Run ctr(String arguments) {
        return machine.run("export ctr=\"ctr -a $dir/containerd.sock\"; $ctr " + arguments);
    }

    private static String get(String arguments) {
        Run run = ctr(arguments);
        assertThat(run.code()).as(run + machine.log("containerd")).isZero();
        return run.line();
    }

    /// `ctr run OPTIONS IMAGE ID COMMAND`
    private static Run run(String options, String id, String command) {
        return ctr("run --runc-binary $runtime --cgroup $group/" + id + " " + options + " " + Containerd.IMAGE + " "
                + id + " " + command);
    }

    private static void start(String options, String id, String command) {
        Run run = run("-d " + options, id, command);
        assertThat(run.code()).as(run.toString()).isZero();
    }

    private static void waitForStatus(String id, String status) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(get("task ls")).containsPattern(id + " +\\d+ +" + status));
    }

    @Test
    void aProgramsStreamsAndExitCodeAreItsOwn() {
        assertThat(run("--rm", "streams", "sh -c 'echo out; echo err >&2; exit 7'"))
                .isEqualTo(new Run(7, "out\n", "err\n"));
        Run missing = run("--rm", "missing", "nothere");
        assertThat(missing.code()).isNotZero();
        assertThat(missing.err()).contains("\"nothere\": executable file not found in $PATH");
    }

    @Test
    void aTerminalIsOneInRunAndExec() {
        Run run = machine.run("script -qec \"stty rows 33 cols 99; ctr -a $dir/containerd.sock run -t --rm"
                + " --runc-binary $runtime --cgroup $group/tty " + Containerd.IMAGE
                + " tty sh -c 'tty; sleep 0.5; stty size'\" /dev/null </dev/null");
        assertThat(run.out()).contains("/dev/pts/0", "33 99");
        start("", "terminal", "sleep 1000");
        Run exec = machine.run("script -qec \"stty rows 22 cols 88; ctr -a $dir/containerd.sock task exec -t"
                + " --exec-id e terminal sh -c 'tty; sleep 0.5; stty size; exit 5'\" /dev/null </dev/null");
        assertThat(exec.out()).contains("/dev/pts/", "22 88");
        assertThat(exec.code()).isEqualTo(5);
    }

    @Test
    void execJoinsIt() {
        start("--env A=1", "exec", "sleep 1000");
        assertThat(ctr("task exec --exec-id e exec sh -c 'echo $A; echo err >&2; cat /proc/1/comm; exit 9'"))
                .isEqualTo(new Run(9, "1\nsleep\n", "err\n"));
        assertThat(get("task exec --exec-id u --user 1000 --cwd /tmp exec sh -c 'id -u; pwd'"))
                .isEqualTo("1000\n/tmp");
        assertThat(ctr("task exec --exec-id n exec nothere").err()).contains("executable file not found in $PATH");
        assertThat(get("task ps exec").lines()).hasSize(2);
    }

    @Test
    void pauseResumeMetricsAndKill() {
        start("--memory-limit 67108864", "life", "sh -c 'trap \"exit 4\" TERM; while :; do sleep 0.05; done'");
        waitForStatus("life", "RUNNING");
        get("task pause life");
        waitForStatus("life", "PAUSED");
        get("task resume life");
        waitForStatus("life", "RUNNING");
        assertThat(get("task metrics life")).containsPattern("memory.limit\\w* +67108864|memory.usage_limit +67108864");
        get("task kill -s TERM life");
        waitForStatus("life", "STOPPED");
        assertThat(ctr("task delete life").err()).contains("4");
        start("", "killed", "sleep 1000");
        get("task kill -s KILL killed");
        waitForStatus("killed", "STOPPED");
        assertThat(ctr("task delete killed").err()).contains("137");
        start("", "forced", "sleep 1000");
        get("task delete -f forced");
        assertThat(get("task ls -q")).isEmpty();
    }

    @Test
    void whatItsOptionsSayIsSo() throws Exception {
        Files.createDirectories(machine.directory().resolve("shared"));
        assertThat(run(
                                "--rm --read-only --cwd /tmp --env A=b"
                                        + " --mount type=bind,src=$dir/shared,dst=/shared,options=rbind:ro"
                                        + " --device /dev/loop-control",
                                "options",
                                "sh -c 'pwd; id -u; id -g; echo $A; touch /x || echo ro;"
                                        + " touch /shared/x || echo ro; stat -c %F /dev/loop-control;"
                                        + " grep CapEff /proc/self/status'")
                        .out())
                .isEqualTo("/tmp\n0\n0\nb\nro\nro\ncharacter special file\nCapEff:\t00000000a80425fb\n");
        assertThat(run("--rm --seccomp", "seccomp", "grep Seccomp: /proc/self/status")
                        .line())
                .isEqualTo("Seccomp:\t2");
        assertThat(run(
                                "--rm --privileged --net-host",
                                "privileged",
                                "sh -c 'mount -t tmpfs t /mnt || mkdir /mnt; mount -t tmpfs t /mnt && ls /sys/class/net'")
                        .line())
                .isEqualTo(machine.get("ls /sys/class/net"));
    }

    @Test
    void theProcessIsInTheControlGroupAndHasThePidOfTheFile() {
        start("--pid-file $dir/pid --cpus 0.5", "groups", "sleep 1234");
        String pid = machine.get("cat $dir/pid");
        assertThat(get("task ls")).contains(pid);
        assertThat(machine.get("tr '\\0' ' ' </proc/" + pid + "/cmdline")).isEqualTo("sleep 1234");
        assertThat(machine.get("cat /proc/" + pid + "/cgroup")).contains(":" + machine.group() + "/groups");
        assertThat(machine.get("cat /sys/fs/cgroup/cpu$group/groups/cpu.cfs_quota_us || cut -d ' ' -f 1"
                        + " /sys/fs/cgroup$group/groups/cpu.max"))
                .isEqualTo("50000");
    }

    @Test
    void aCheckpointIsAnErrorThatSaysSo() {
        start("", "frozen", "sleep 1000");
        Run run = ctr("task checkpoint frozen");
        assertThat(run.code()).isNotZero();
        assertThat(run.err()).containsAnyOf("checkpoint", "criu");
        waitForStatus("frozen", "RUNNING");
    }

    /// The daemon is killed, its containers run on, and the next one finds them.
    @Test
    void aDaemonThatIsKilledFindsItsContainersAgain() {
        start("", "live", "sleep 1000");
        machine.stop("containerd", "KILL");
        Containerd.again(machine);
        waitForStatus("live", "RUNNING");
        assertThat(get("task exec --exec-id e live echo here")).isEqualTo("here");
        get("task kill -s KILL live");
        waitForStatus("live", "STOPPED");
    }
}
