package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.carafe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.avaje.jsonb.Jsonb;
import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `carafe explain` says exactly what `carafe run` does: every system call of every process that works on the
/// box, as strace sees it, is one that was explained, in that order, or one of the few below that do nothing to
/// the box.
@EndToEnd
class ExplainIT {
    /// Not in a plan, since they are how any plan is performed: the executor's own memory, descriptors, signals
    /// and processes. None of them changes the machine or the box.
    private static final List<String> BOOKKEEPING = List.of(
            "arch_prctl(",
            "set_tid_address(",
            "gettid(",
            "mmap(",
            "exit(",
            "exit_group(", // being a process
            "close(",
            "close_range(",
            "fcntl(",
            "fstat(",
            "lseek(", // its descriptors; memfd of the plan
            "prctl(PR_SET_DUMPABLE",
            "prctl(PR_SET_NAME",
            "prctl(PR_SET_PDEATHSIG", // what protects and names it
            "rt_sigaction(",
            "rt_sigprocmask(",
            "signalfd4(",
            "poll(",
            "wait4(", // waiting; musl masks signals in fork and setuid
            "read(", // signalfd, and what is typed
            "write(1,",
            "write(8,",
            "write(9,", // a terminal's two directions
            "ioctl(0, TIOCGWINSZ",
            "ioctl(1, TIOCGWINSZ",
            "ioctl(7, TIOCGWINSZ",
            "ioctl(8, TIOCGWINSZ", // is it a terminal?
            "ioctl(9, TIOCSWINSZ",
            "ioctl(8, TIOCSWINSZ", // and its size
            "socketpair(",
            "sendmsg(",
            "recvmsg(",
            "dup2(", // how executor, keeper and box talk
            "fork("); // the keeper (docs/decisions/0004), and init's child

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host true",
                "-m 64m --cpus 1 -u daemon host true",
                "-t --init=false --read-only --network host -v /:/mnt/a/b:ro --tmpfs /run host true",
                "--cap-add NET_ADMIN -u nobody:audio --security-opt no-new-privileges --ulimit nofile=64 -w /not/there host true",
                "--security-opt seccomp=unconfined --pids-limit -1 --mount type=bind,src=/etc/hostname,dst=/new/file host true",
                "--nice 5 --ioprio be:7 --oom-score-adj 500 --personality linux32,addr-no-randomize --sysctl net.core.somaxconn=77 host true",
                "--scheduler fifo:10,reset-on-fork --init=false --umask 077 --group-add audio host true",
                "--security-opt landlock --read-only --tmpfs /run host true",
                "--privileged host true",
                "host /no/such/program",
            })
    void whatIsExplainedIsWhatIsCalled(String options, @TempDir Path directory) throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/strace")), "strace is not installed");
        String[] words = ("-h box " + options).split(" ");
        Run explained = carafe(Carafe.words("explain", Carafe.words("--format", Carafe.words("json", words))));
        assertThat(explained.err()).isEmpty();
        Path file = directory.resolve("trace");
        var strace =
                List.of("strace", "-f", "-v", "-s", "100000", "-o", file.toString(), Carafe.PROGRAM.toString(), "run");
        var command = new ArrayList<>(strace);
        command.addAll(List.of(words));
        Run run = Carafe.started(Map.of(), Path.of("/"), command).finish();
        assertThat(run.code()).isEqualTo(options.contains("/no/such") ? 127 : 0);

        var trace = Trace.of(withoutIds(Files.readString(file)));
        var plan = steps(withoutIds(explained.out()));
        trace.executor().follows(explained(plan, "outside"), BOOKKEEPING, false);
        trace.box().follows(explained(plan, "inside"), BOOKKEEPING, false);
        trace.undoer().follows(explained(plan, "undo"), BOOKKEEPING, run.code() == 127);
    }

    @Test
    void explainingTakesNoPrivilegeAndDoesNothing(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("trace");
        Run run = Carafe.shell(
                "CARAFE_DAEMON=off strace -f -e trace=mount,mkdir,mkdirat,unshare,clone3,pivot_root,move_mount,fsopen"
                        + " -o " + file + " $carafe explain -m 64m host ps aux");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("outside: on the host", "inside: by the process", "undo: ", "/memory.", "pivot_root(");
        assertThat(Files.readString(file)).doesNotContain("cgroup", "CLONE_NEW", "pivot_root(", "fsopen(");
    }

    @Test
    void everyStepHasANumberAReasonAndItsCalls() {
        for (Map<String, Object> step :
                steps(carafe("explain", "--format", "json", "-it", "host", "sh").out())) {
            assertThat(step).containsKeys("part", "number", "step", "fields", "text", "calls", "why");
            assertThat((List<?>) step.get("calls")).isNotEmpty();
            assertThat((String) step.get("why")).isNotBlank();
        }
    }

    private static String withoutIds(String text) {
        return text.replaceAll("carafe-[0-9a-f]{16}", "carafe-ID");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> steps(String json) {
        var plan = (Map<String, Object>) Jsonb.instance().type(Object.class).fromJson(json);
        return (List<Map<String, Object>>) plan.get("steps");
    }

    @SuppressWarnings("unchecked")
    private static List<String> explained(List<Map<String, Object>> steps, String part) {
        var calls = new ArrayList<String>();
        for (Map<String, Object> step : steps) {
            if (step.get("part").equals(part)) {
                calls.addAll((List<String>) step.get("calls"));
            }
        }
        return calls;
    }
}
