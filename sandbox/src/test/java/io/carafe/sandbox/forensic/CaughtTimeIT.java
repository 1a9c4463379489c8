package io.carafe.sandbox.forensic;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Reports;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Signal;
import io.carafe.sandbox.plan.Plan;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The time of a box that has made a forbidden call. Needs root.
@Timeout(120)
class CaughtTimeIT {
    private static final Duration LIMIT = Duration.ofSeconds(4);
    private static final Duration LONGER = Duration.ofSeconds(6);
    private static final Host HOST = new HostProbe(System.getenv()).host();

    @TempDir
    Path place;

    @BeforeEach
    void openPlace() throws IOException {
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private Execution start(Plan plan, Reports reports) throws IOException {
        return Executor.start(plan, HOST.kernel(), Fd.STDIN, Fd.STDERR, Fd.STDERR, List.of(), reports);
    }

    private Plan plan(String source, Duration timeout) throws Exception {
        return Paused.plan(Compiled.program(source, place).toString(), place, timeout, HOST);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One of its threads takes the signal, and the others go on until that has come to it.
    private static void awaitStop(long pid) throws IOException, InterruptedException {
        for (boolean stopped = false; !stopped; ) {
            Thread.sleep(1);
            stopped = true;
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
                for (Path thread : threads) {
                    stopped &= Files.readString(thread.resolve("status")).contains("State:\tT");
                }
            } catch (NoSuchFileException e) {
                stopped = false; // it has just ended
            }
        }
    }

    private void expectCaught(Report report) {
        assertThat(report.timedOut()).isFalse();
        assertThat(report.status()).isEqualTo(9);
        assertThat(place.resolve("went-on")).doesNotExist();
    }

    @Test
    void aSnapshotIsWholeThoughTheTimeIsUpMeanwhile() throws Exception {
        Plan plan = plan(Compiled.CROWD, LIMIT);
        var forensics = new Forensics(place.resolve("audit.log"), Optional.of(place), Forensics.Bounds.DEFAULT);
        var watcher = new Watcher(forensics, Paused.caught(plan, HOST, true), stage -> {
            if (stage == Watcher.Stage.AUDITED) {
                sleep(LONGER);
            }
        });

        expectCaught(start(plan, new Reports(Duration.ofMinutes(1), watcher)).await());

        assertThat(watcher.failure()).isNull();
        Path bundle = watcher.violation().evidence().orElseThrow();
        assertThat(BundleCheck.of(bundle).problems()).isEmpty();
        assertThat(Files.readString(bundle.resolve(Bundle.MANIFEST))).contains("frozen by its control group");
        try (Stream<Path> files = Files.walk(bundle)) {
            assertThat(files.filter(it -> it.endsWith("core"))).hasSizeGreaterThanOrEqualTo(2);
        }
        String caller = "process-" + watcher.violation().process();
        assertThat(Files.readString(bundle.resolve(caller + "/threads.json")).split("\"stopped\": true"))
                .hasSize(1 + 5);
    }

    @Test
    void nothingLivesForEverWhoeverLooksAtIt() throws Exception {
        var looking = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        var reports = new Reports(Duration.ofSeconds(1), (_, _) -> {
            looking.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Execution execution = start(plan(Compiled.CROWD, Duration.ZERO), reports);
        try {
            looking.await();
            KilledIT.awaitEnd(KilledIT.descendants(execution.pid()));
        } finally {
            over.countDown();
        }

        Report report = execution.await();
        expectCaught(report);
        assertThat(report.killed())
                .as("by the executor, before we asked for it")
                .isTrue();
    }

    @Test
    void aCallThatWasMadeInTimeIsNoTimeoutThoughNobodyHeardOfIt() throws Exception {
        Path program = Compiled.program(Compiled.TOLD, place);
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Paused.class.getName(),
                        Watcher.Stage.KEPT.name(),
                        place.toString(),
                        program.toString(),
                        "grouped",
                        Long.toString(LIMIT.toMillis()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = jvm.inputReader()) {
            long executor = Long.parseLong(said.readLine().split(" ")[1]);
            while (!Files.exists(place.resolve("begun"))) {
                Thread.sleep(1);
            }
            Signal.kill((int) jvm.pid(), Signal.SIGSTOP);
            awaitStop(jvm.pid());
            List<Long> box = KilledIT.descendants(executor);
            Files.createFile(place.resolve("go"));
            KilledIT.awaitEnd(box);
            Signal.kill((int) jvm.pid(), 18); // SIGCONT

            assertThat(said.readLine()).contains("timedOut=false", "killed=true");
            assertThat(place.resolve("went-on")).doesNotExist();
        } finally {
            jvm.destroyForcibly().waitFor();
        }
    }
}
