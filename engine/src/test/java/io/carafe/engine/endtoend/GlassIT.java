package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is seen of containers from outside: `top`, `stats`, `why`.
@EndToEnd
class GlassIT {
    @TempDir
    Path temporary;

    private final List<String> names = new ArrayList<>();

    private Run carafe(String... words) {
        return Carafe.started(
                        Map.of("CARAFE_DATA_ROOT", temporary.resolve("data").toString()),
                        Path.of("/"),
                        Arrays.asList(Carafe.words(Carafe.PROGRAM.toString(), words)))
                .finish();
    }

    private void runs(String name, String options, String... command) {
        assertThat(ran(name, "-d " + options, command).err()).isEmpty();
    }

    private Run ran(String name, String options, String... command) {
        names.add(name);
        var words = new ArrayList<>(List.of("run", "--name", name));
        if (!options.isBlank()) {
            words.addAll(Arrays.asList(options.strip().split(" +")));
        }
        words.add("host");
        words.addAll(Arrays.asList(command));
        return carafe(words.toArray(new String[0]));
    }

    @AfterEach
    void remove() {
        names.forEach(it -> carafe("rm", "-f", it));
    }

    @Test
    void topIsAsDockersUntilColumnsAreAskedFor() {
        runs("web", "--security-opt no-new-privileges", "sleep", "600");
        List<String> lines = carafe("top", "web").out().lines().toList();
        assertThat(lines.getFirst()).matches("UID +PID +PPID +C +STIME +TTY +TIME +CMD");
        assertThat(lines.getLast()).matches("root +[0-9]+ +[0-9]+ +[0-9]+ +[0-9:]+ +\\? +00:00:00 +sleep 600");
        assertThat(carafe("top", "web", "pid", "syscall,args", "seccomp", "nnp").out())
                .containsPattern("(?m)^[0-9]+ +clock_nanosleep +sleep 600 +filter +yes$");
        assertThat(carafe("top", "web", "-o", "capeff,fds", "--format", "json").out())
                .contains("\"capeff\":\"CHOWN,")
                .contains("\"fds\":\"3\"");
        assertThat(carafe("top", "web", "wings").err()).startsWith("carafe: there is no column wings: there are pid,");
        assertThat(carafe("top", "cloud").err()).contains("cloud");
    }

    @Test
    void aCommandLineCanNotWriteToTheTerminal() {
        runs("web", "", "bash", "-c", "exec -a $'a\\e[2J\\nb\\xff' sleep 600");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(carafe("top", "web", "args").out()).contains("a\\x1b[2J\\x0ab\\xff 600"));
    }

    @Test
    void statsHaveTheLimitsAndWhatIsUsed() {
        runs("web", "-m 64m", "sh", "-c", "while :; do :; done");
        String line = carafe(
                        "stats", "--no-stream", "--format", "{{.CPUPerc}} {{.MemUsage}} {{.PIDs}} {{.Pressure}}", "web")
                .line();
        assertThat(line).matches("[0-9.]+% [0-9.]+[KM]iB / 64MiB [0-9]+ (cpu .*%|--)");
        assertThat(Double.parseDouble(line.substring(0, line.indexOf('%')))).isGreaterThan(5);
        assertThat(carafe("stats", "--no-stream").out()).startsWith("CONTAINER ID   NAME ");
        assertThat(carafe("kill", "web").code()).isZero();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(carafe("stats", "-a", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}")
                                        .out())
                                .isEqualTo("web --\n"));
    }

    @Test
    void theSideCarThatLeaksIsPointedOut() {
        runs("web", "", "sleep", "600");
        runs(
                "sidecar",
                "",
                "bash",
                "-c",
                "for ((i = 10; i < 2000; i++)); do eval \"exec $i</dev/null\"; sleep 0.02; done; sleep 600");
        Run top = carafe("top", "--fds", "--readings", "4", "--interval", "300ms", "web", "sidecar");
        List<String> lines = top.out().lines().toList();
        assertThat(lines.get(1)).startsWith("sidecar ").contains(" +");
        assertThat(lines.getLast())
                .matches("process [0-9]+ \\(bash .*\\) of sidecar opens descriptors and doesn't close them: .*");
    }

    @Test
    void wantOfMemoryIsTheAnswer() {
        assertThat(ran("oom", "-m 32m", "sh", "-c", "echo begin; tail /dev/zero")
                        .code())
                .isEqualTo(137);
        String why = carafe("why", "oom").out();
        assertThat(why)
                .startsWith("oom ended with code 137, which stands for SIGKILL (signal 9) from the kernel, for want of"
                        + " memory\n")
                .contains("its limit was 32 MiB, the most that it had was 32 MiB, 1 process was killed in all\n")
                .contains("the last of its log:\n  begin\n");
        assumeTrue(Carafe.host("dmesg").code() == 0, "the kernel's log can't be read here");
        assertThat(why).containsPattern("the kernel killed process [0-9]+ \\(tail\\), which had [0-9.]+ MiB resident");
        assertThat(carafe("why", "-f", "{{.Cause}}", "oom").out()).isEqualTo("out-of-memory\n");
        assertThat(carafe("inspect", "-f", "{{.State.OOMKilled}} {{.Why.Cause}} {{.Why.Log}}", "oom")
                        .out())
                .isEqualTo("true out-of-memory [begin Killed]\n");
    }

    @Test
    void itIsKnownWhetherTheFirstProcessWasTheVictim() {
        ran("oom", "-m 32m", "tail", "/dev/zero");
        assumeTrue(Carafe.host("dmesg").code() == 0, "the kernel's log can't be read here");
        assertThat(carafe("why", "oom").out())
                .containsPattern(
                        "process [0-9]+ \\(tail\\), which had [0-9.]+ MiB resident: the container's first process");
    }

    @Test
    void aFailedStartIsToldAlikeEverywhere() {
        Run run = ran("nosuch", "", "nosuch");
        assertThat(run.code()).isEqualTo(127);
        String sentence = run.err().strip().substring("carafe: ".length());
        assertThat(carafe("why", "nosuch").out())
                .isEqualTo("nosuch did not start: " + sentence + "\nits exit code is 127: the program was not found\n");
        assertThat(carafe("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}", "nosuch")
                        .out())
                .isEqualTo("exited 127 " + sentence + "\n");
        assertThat(carafe("ps", "-a", "--format", "{{.Status}}", "--filter", "name=nosuch")
                        .out())
                .startsWith("Exited (127)");
        assertThat(ran("file", "", "/etc/passwd").code()).isEqualTo(126);
        assertThat(carafe("inspect", "-f", "{{.State.ExitCode}} {{.Why.Cause}}", "file")
                        .out())
                .isEqualTo("126 not-started\n");
    }

    @Test
    void aForbiddenCallIsNamed() throws IOException {
        Path profile = Files.writeString(temporary.resolve("profile.json"), """
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_KILL_PROCESS"}]}
                """);
        for (String init : List.of("--init=true", "--init=false")) {
            ran("forbidden" + init.length(), init + " --security-opt seccomp=" + profile, "mkdir", "/tmp/x");
            String why = carafe("why", "forbidden" + init.length()).out();
            assertThat(why).contains(" was ended by SIGSYS (signal 31): its seccomp profile forbids ");
            assumeTrue(Carafe.host("dmesg").out().contains("type=1326"), "nobody tells the kernel's log of it here");
            // its own, and not just the last one in the log
            assertThat(why).contains("forbids the system call mkdir, which process ");
        }
    }

    @Test
    void theLimitOnProcessesIsMentioned() {
        ran("forks", "--pids-limit 5", "sh", "-c", "for i in 1 2 3 4 5 6 7; do sleep 1 & done; wait");
        assertThat(carafe("why", "forks").out()).contains(" at its limit of 5 on processes and threads\n");
    }

    @Test
    void whoAskedForItsEndIsKnown() {
        runs("web", "", "sleep", "600");
        assertThat(carafe("why", "web").err()).isEqualTo("carafe: container web has not ended: it is running\n");
        assertThat(carafe("stop", "-t", "5", "web").code()).isZero();
        assertThat(carafe("why", "web").out())
                .matches("(?s)web .*SIGTERM \\(signal 15\\): carafe stop had asked for its end at .*");
        assertThat(carafe("why", "-f", "{{.Cause}}", "web").out()).isEqualTo("stopped\n");
    }

    @Test
    void aKillFromElsewhereIsSaidToBeThat() {
        runs("web", "--init=false", "sleep", "600");
        String pid =
                carafe("top", "web", "hpid").out().lines().toList().getLast().strip();
        Carafe.host("kill", "-9", pid);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(carafe("why", "web").out())
                        .isEqualTo("web was ended by SIGKILL (signal 9), and no command of Carafe's sent it: another"
                                + " process of the host or of the container did, or the kernel\n"));
    }

    @Test
    void anExitHasItsCode() {
        ran("job", "", "sh", "-c", "echo no such thing; exit 3");
        assertThat(carafe("why", "job").out()).matches("""
                job ended by itself: process [0-9]+ \\(sh -c echo no such thing; exit 3\\) exited with code 3

                the last of its log:
                  no such thing
                """);
    }
}
