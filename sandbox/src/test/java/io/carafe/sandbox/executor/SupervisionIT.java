package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Spec.Capabilities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the executor and the box's init do while a program runs. Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(60)
class SupervisionIT {
    @Parameter
    Program program;

    @TempDir
    Path directory;

    private Guest guest;

    @BeforeEach
    void makeGuest() throws IOException {
        guest = Guest.in(directory);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theExitStatusIsTheProgramsOwn(boolean init) throws Exception {
        Box box = guest.sh("exit 42");
        box.init = init;

        assertThat(status(box)).isEqualTo(42 << 8);
    }

    @Test
    void underAnInitASignalEndsTheProgramAndIsTold() throws Exception {
        for (int signal : List.of(1, 6, 9, 11, 15)) {
            int status = status(guest.sh("kill -" + signal + " $$; sleep 5"));

            assertThat(status & 0x7f).isEqualTo(signal);
        }
    }

    @Test
    void aProgramThatEndsBeforeItsChildrenTakesThemAlong() throws Exception {
        assertThat(status(guest.sh("sleep 1000 & sleep 1000 & exit 3"))).isEqualTo(3 << 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 12, 15, 28})
    void aSignalToTheExecutorReachesTheProgram(int signal) throws Exception {
        Box box = guest.sh("trap 'echo heard; exit 7' " + signal + "; echo ready; while :; do sleep 0.02; done");
        try (Running running = Running.start(program, box)) {
            running.awaitPrinted("ready");

            assertThat(new ProcessBuilder("kill", "-" + signal, Integer.toString(running.execution.pid()))
                            .start()
                            .waitFor())
                    .isZero();

            assertThat(running.status()).isEqualTo(7 << 8);
            assertThat(running.output()).isEqualTo("ready\nheard\n");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSignalOnTheControlChannelReachesTheProgram(boolean init) throws Exception {
        Box box = guest.sh("trap 'exit 7' USR1; echo ready; while :; do sleep 0.02; done");
        box.init = init;
        try (Running running = Running.start(program, box)) {
            running.awaitPrinted("ready");

            running.execution.signal(10);

            assertThat(running.status()).isEqualTo(7 << 8);
        }
    }

    @Test
    void initReapsOrphans() throws Exception {
        Box box = guest.sh("""
                i=0; while [ $i -lt 50 ]; do (sleep 0 &); i=$((i + 1)); done
                tries=0
                while grep -l '^State:.Z' /proc/[0-9]*/status >/dev/null 2>&1 && [ $tries -lt 100 ]; do
                    sleep 0.02; tries=$((tries + 1))
                done
                [ $tries -lt 100 ] && echo all reaped
                """);
        try (Running running = Running.start(program, box)) {
            assertThat(running.output()).isEqualTo("all reaped\n");
        }
    }

    @Test
    void anExecutorThatIsStoppedKeepsNobodyAliveBeyondTheTimeout() throws Exception {
        Box box = guest.sh("echo ready; sleep 1000");
        box.timeout = Duration.ofMillis(300);
        try (Running running = Running.start(program, box)) {
            running.awaitPrinted("ready");
            long program = running.box();
            signal("STOP", running.execution.pid());
            try {
                await().atMost(Duration.ofSeconds(30)).until(() -> isDead(program));
            } finally {
                signal("CONT", running.execution.pid());
            }

            assertThat(running.await().timedOut()).isTrue();
        }
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    /// A zombie until its parent goes on.
    private static boolean isDead(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    }

    @Test
    void theTimeLimitKillsAndIsTold() throws Exception {
        Box box = guest.sh("trap '' TERM INT HUP; sleep 1000 & sleep 1000");
        box.timeout = Duration.ofMillis(300);
        try (Running running = Running.start(program, box)) {
            Report report = running.await();

            assertThat(report.timedOut()).isTrue();
            assertThat(report.killed()).isFalse();
            assertThat(report.status() & 0x7f).isEqualTo(9);
            assertThat(report.wall()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
        }
    }

    @Test
    void theEndOfTheControlChannelKillsAndIsTold() throws Exception {
        try (Running running = Running.start(program, guest.sh("trap '' TERM; echo ready; sleep 1000"))) {
            running.awaitPrinted("ready");

            running.execution.kill();

            Report report = running.await();
            assertThat(report.killed()).isTrue();
            assertThat(report.timedOut()).isFalse();
            assertThat(report.status() & 0x7f).isEqualTo(9);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyTheStandardStreamsAreOpenWhateverTheCallerHasOpen(boolean init) throws Exception {
        Box box = guest.sh("cd /proc/self/fd; echo *; readlink 0");
        box.init = init;
        try (Running running = Running.start(program, box, 73)) { // up to 77
            assertThat(running.output()).isEqualTo("0 1 2 3\n/dev/null\n"); // 3: the directory being read
        }
    }

    @Test
    void theFirstProcessTellsNothingOfTheCaller() throws Exception {
        String script = """
                tr '\\0' ' ' </proc/1/cmdline; echo
                for file in environ exe maps fd mem root cwd; do
                    cat /proc/1/$file 2>/dev/null | head -c 1 | wc -c; readlink /proc/1/$file; ls /proc/1/$file/ 2>/dev/null
                done
                """;
        try (Running running = Running.start(
                program,
                guest.sh(script.replace("tr ", "busybox tr ")
                        .replace("head ", "busybox head ")
                        .replace("wc ", "busybox wc ")))) {
            assertThat(running.output().strip().lines().map(String::strip))
                    .startsWith("carafe-init")
                    .allMatch(it -> it.equals("carafe-init") || it.equals("0"));
        }
    }

    @Test
    void notEvenToOneThatMayTraceIt() throws Exception {
        Box box = guest.sh("""
                busybox tr '\\0' '\\n' </proc/1/environ | grep .; ls /proc/1/fd; busybox tr '\\0' ' ' </proc/1/cmdline
                """);
        box.capabilities = Capabilities.ofRoot(Defaults.CAPABILITIES | Capability.SYS_PTRACE.bit());
        try (Running running = Running.start(program, box)) {
            assertThat(running.output().strip()).isEqualTo("0\ncarafe-init");
        }
    }

    private int status(Box box) throws IOException, InterruptedException {
        try (Running running = Running.start(program, box)) {
            return running.status();
        }
    }
}
