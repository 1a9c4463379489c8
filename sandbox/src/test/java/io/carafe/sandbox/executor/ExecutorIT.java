package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// With plans of two steps, clone and execute: a process namespace and nothing else. Needs root.
@Timeout(30)
class ExecutorIT {
    private static final long CLONE_NEWPID = 0x20000000;
    private static final Kernel KERNEL = new HostProbe(System.getenv()).host().kernel();

    @Test
    void theProgramRunsAndItsStatusComesBack() throws Exception {
        Execution execution = start(sh("exit 3"));

        Report report = execution.await();

        assertThat(report.outcome()).isEqualTo(Outcome.ENDED);
        assertThat(Verdict.of(sh(""), report).exit()).isEqualTo(3);
        assertThat(report.wall()).isPositive();
        assertThat(report.peakMemory()).isPositive();
    }

    @Test
    void onlyItsStandardStreamsAreOpenInIt() throws Exception {
        Unistd.Pipe pipe = Unistd.pipe();
        try (Fd read = pipe.read()) {
            try (Fd write = Fcntl.above(pipe.write(), 5)) {
                Executor.start(sh("ls /proc/$$/fd; echo $$"), KERNEL, Fd.STDIN, write, write)
                        .await();
            }
            byte[] text = new byte[4096];
            int length = Unistd.read(read, text, 0, text.length);
            // in a PID namespace under the host's /proc, so $$ is another process there: init, which has them too
            assertThat(new String(text, 0, length, StandardCharsets.UTF_8)).endsWith("1\n");
        }
    }

    @Test
    void aSignalReachesTheProgram() throws Exception {
        Unistd.Pipe pipe = Unistd.pipe();
        try (Fd read = pipe.read()) {
            Execution execution;
            try (Fd write = Fcntl.above(pipe.write(), 5)) {
                execution = Executor.start(
                        sh("trap 'exit 5' USR1; echo ready; while :; do sleep 0.05; done"),
                        KERNEL,
                        Fd.STDIN,
                        write,
                        Fd.STDERR);
            }
            assertThat(Unistd.read(read, new byte[6], 0, 6)).isEqualTo(6);
            assertThat(execution.await(Duration.ofMillis(50))).isNull();

            execution.signal(10);

            assertThat(execution.await().status()).isEqualTo(5 << 8);
            execution.signal(10); // nobody is there: no error
            execution.kill();
        }
    }

    @Test
    void killEndsIt() throws Exception {
        Execution execution = start(sh("sleep 100"));

        execution.kill();

        Report report = execution.await();
        assertThat(report.killed()).isTrue();
        assertThat(report.status() & 0x7f).isEqualTo(9);
    }

    @Test
    void itsTimeLimitEndsIt() throws Exception {
        Plan limited = new Plan(sh("sleep 100").outside(), sh("sleep 100").inside(), List.of(), 100);

        Report report = start(limited).await();

        assertThat(report.timedOut()).isTrue();
        assertThat(Words.of(limited, report)).containsExactly("killed after its time limit of 0.1 s");
    }

    @Test
    void aFailedStepIsTold() throws Exception {
        Plan plan = execute(List.of("/usr/bin/nothing", "/bin/nothing"), List.of("nothing"));

        Report report = start(plan).await();

        assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(report.part()).isEqualTo(Part.INSIDE);
        assertThat(ExitCode.of(plan, report)).isEqualTo(127);
        assertThat(Words.failure(plan, report)).contains("nothing: command not found: looked for in /usr/bin, /bin");
    }

    @Test
    void theLossOfTheExecutorIsToldAndEndsTheBox() throws Exception {
        Execution execution = start(sh("exec sleep 47114712"));
        while (sleepers() == 0) {
            Thread.sleep(5);
        }

        new ProcessBuilder("kill", "-9", Integer.toString(execution.pid()))
                .start()
                .waitFor();

        assertThatThrownBy(execution::await)
                .isInstanceOf(IOException.class)
                .hasMessage("lost the executor")
                .hasRootCauseMessage("executor %d ended without a report, with wait status 9", execution.pid());
        while (sleepers() > 0) { // the keeper's work
            Thread.sleep(5);
        }
    }

    @Test
    void twoHundredRunsLeaveNothingBehind() throws Exception {
        start(sh("exit")).await();
        long before = descriptors();

        for (int i = 0; i < 200; i++) {
            assertThat(start(sh("exit 1")).await().status()).isEqualTo(1 << 8);
        }

        assertThat(descriptors()).isLessThanOrEqualTo(before);
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(ProcessHandle::isAlive)
                        .map(ProcessHandle::info))
                .isEmpty();
    }

    private static long sleepers() {
        return ProcessHandle.allProcesses()
                .filter(it ->
                        List.of(it.info().arguments().orElse(new String[0])).contains("47114712"))
                .count();
    }

    private static Execution start(Plan plan) throws IOException {
        return Executor.start(plan, KERNEL, Fd.STDIN, Fd.STDOUT, Fd.STDERR);
    }

    private static Plan sh(String script) {
        return execute(List.of("/bin/sh"), List.of("sh", "-c", script));
    }

    private static Plan execute(List<String> candidates, List<String> arguments) {
        return new Plan(
                List.of(new Line(new Step.Clone(CLONE_NEWPID, ""), "")),
                List.of(new Line(new Step.Execute(candidates, arguments, List.of("PATH=/usr/bin:/bin")), "")),
                List.of(),
                0);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
