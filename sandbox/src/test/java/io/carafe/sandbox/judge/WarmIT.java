package io.carafe.sandbox.judge;

import static io.carafe.sandbox.judge.Programs.c;
import static io.carafe.sandbox.judge.Programs.quick;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.InvalidBox;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.forensic.AuditLog;
import io.carafe.sandbox.forensic.Forensics;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Boxes that a judge makes in advance give the verdicts that new ones do. Needs root and gcc.
@Timeout(120)
class WarmIT {
    private static final long MIB = 1 << 20;

    @Test
    void whateverAJobDoesItsVerdictIsTheSame() throws Exception {
        List<Job> jobs = List.of(
                c("puts(\"out\"); fprintf(stderr, \"err\\n\"); return 7;"),
                c("abort();"),
                c("for (;;) ;"),
                c("pause();").limits(quick().withWall(Duration.ofMillis(300))),
                c("for (;;) memset(malloc(1 << 20), 1, 1 << 20);"),
                c("for (;;) puts(\"flood\");").limits(quick().withOutput(1000)),
                c("return fork() < 0 || fork() < 0 ? 3 : 0;").limits(quick().withProcesses(2)),
                c("return socket(AF_INET, SOCK_STREAM, 0) < 0;"),
                c("unshare(CLONE_NEWUSER);"),
                c("int fd = open(\"big\", O_CREAT | O_WRONLY, 0644); static char b[1 << 20]; write(fd, b, sizeof b);")
                        .limits(quick().withFileSize(1000)),
                c("char b[9] = \"\"; read(0, b, 8); puts(b);").input(Content.of("the text")),
                c("puts(getenv(\"COLOUR\")); puts(getenv(\"HOME\"));").environment("COLOUR", "red"),
                c("rename(\"in\", \"out\"); close(open(\"more\", O_CREAT, 0644));")
                        .file("in", Content.of("kept"))
                        .fetch("."));
        try (Judge judge = Judge.of(1)) {
            for (Job job : jobs) {
                Job limited = job.limits().equals(Limits.DEFAULT) ? job.limits(quick()) : job;
                Verdict alone = limited.run();
                for (int i = 0; i < 3; i++) {
                    Verdict verdict = judge.run(limited);
                    assertThat(verdict.status()).as(verdict.toString()).isEqualTo(alone.status());
                    assertThat(verdict.exitCode()).isEqualTo(alone.exitCode());
                    assertThat(verdict.signal()).isEqualTo(alone.signal());
                    assertThat(verdict.message()).isEqualTo(alone.message());
                    assertThat(verdict.stdout().text()).isEqualTo(alone.stdout().text());
                    assertThat(verdict.stderr().text()).isEqualTo(alone.stderr().text());
                    assertThat(verdict.files()).hasSameSizeAs(alone.files());
                    assertThat(verdict.peakMemory()).isLessThanOrEqualTo(64 * MIB);
                }
            }
        }
    }

    @Test
    void forbiddenCallsAreReported(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("audit.log");
        Job job = c("puts(\"so far\"); fflush(stdout); usleep(100000); unshare(CLONE_NEWUSER);");
        try (Judge judge = Judge.of(1, Forensics.kept(log, directory))) {
            for (int i = 0; i < 3; i++) {
                Verdict verdict = judge.run(job);
                assertThat(verdict.status()).as(verdict.toString()).isEqualTo(Status.FORBIDDEN_CALL);
                Path evidence = verdict.violation().orElseThrow().evidence().orElseThrow();
                assertThat(evidence.resolve("stdout")).hasContent("so far");
            }
        }
        assertThat(new AuditLog(log).verify().lines()).isEqualTo(3);
    }

    /// Boxes that are made while one runs would be made on its processor.
    @Test
    void noBoxWaitsForAPinnedJob() throws Exception {
        Job job = Sandbox.untrusted().pinned(true).command("grep", "Cpus_allowed_list", "/proc/self/status");
        Traces traces = Traces.look();
        try (Judge judge = Judge.of(2)) {
            for (int i = 0; i < 6; i++) {
                Verdict verdict = judge.run(job);
                assertThat(verdict.stdout().text()).matches("Cpus_allowed_list:\\s+[0-9]+\n");
                assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                        .isEmpty();
            }
        }
        traces.assertNothingIsLeft();
    }

    /// Ten shapes, each several times and from several threads, so that boxes of some have to give way.
    @Test
    void moreShapesThanBoxesWaitFor() throws Exception {
        Job job = c("puts(\"there\");");
        Traces traces = Traces.look();
        try (Judge judge = Judge.of(2);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Verdict>> verdicts = IntStream.range(0, 60)
                    .mapToObj(i -> threads.submit(() -> judge.run(job.limits(quick().withProcesses(10 + i % 10)))))
                    .toList();
            for (Future<Verdict> verdict : verdicts) {
                assertThat(verdict.get().stdout().text()).isEqualTo("there\n");
            }
        }
        traces.assertNothingIsLeft();
    }

    /// Boxes that wait and boxes that run.
    @Test
    void whenItsJvmIsKilledNothingIsLeft() throws Exception {
        Traces traces = Traces.look();
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WarmIT.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = jvm.inputReader()) {
            assertThat(said.readLine()).isEqualTo("warm");
            Thread.sleep(500); // its boxes are made
            List<ProcessHandle> boxes = jvm.descendants().toList();
            assertThat(boxes.size()).isGreaterThan(8); // of each box the executor, its keeper, and what is in it

            jvm.destroyForcibly().waitFor();

            await().untilAsserted(() -> assertThat(boxes).noneMatch(ProcessHandle::isAlive));
            traces.assertNothingIsLeft();
        } finally {
            jvm.destroyForcibly();
        }
    }

    /// The JVM that is killed.
    public static void main(String[] arguments) throws InterruptedException {
        Judge judge = Judge.of(2);
        Job job = Sandbox.untrusted();
        judge.run(job.command("true"));
        judge.run(job.command("true"));
        Thread.ofPlatform().daemon().start(() -> {
            try {
                judge.run(job.command("sleep", "100"));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e); // nobody does
            }
        });
        System.out.println("warm");
        Thread.sleep(100_000);
    }

    /// As often as there are boxes, and once more.
    @Test
    void aJobThatCantBeToldToABoxLeavesNothingAndHoldsUpNobody() throws Exception {
        Job job = c("return 0;").limits(quick());
        Traces traces = Traces.look();
        try (Judge judge = Judge.of(1)) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> judge.run(job.command("./prog", "a\0b")))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("NUL");
                assertThat(judge.run(job).isOk()).isTrue();
            }
        }
        assertThat(ProcessHandle.current().children()).isEmpty();
        traces.assertNothingIsLeft();
    }

    @Test
    void withoutExtraTimeTooMuchIsToldAsSuch() throws Exception {
        Job job = c("for (;;) ;").limits(quick().withCpu(Duration.ofMillis(50)).withExtra(Duration.ZERO));
        try (Judge judge = Judge.of(2)) {
            for (int i = 0; i < 6; i++) {
                assertThat(judge.run(job).status()).isEqualTo(Status.CPU_TIME);
            }
        }
    }

    @Test
    void whatCantBePutIntoAWaitingBoxIsToldAndTheNextRuns() throws Exception {
        Job job = c("return 0;").limits(quick());
        try (Judge judge = Judge.of(1)) {
            judge.run(job);
            judge.run(job);
            assertThatThrownBy(() -> judge.run(job.file("a", Content.of(Path.of("/nowhere/at/all")))))
                    .isInstanceOf(InvalidBox.class)
                    .hasMessageContaining("/nowhere/at/all");
            assertThat(judge.run(job).isOk()).isTrue();
        }
    }
}
