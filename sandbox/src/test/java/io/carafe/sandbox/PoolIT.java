// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Needs root.
@Timeout(120)
class PoolIT {
    private static final byte[] NOTHING = {};

    @Test
    void eachTaskHasItsCommandEnvironmentDirectoryAndInput() throws Exception {
        try (Pool pool = Pool.of(box().environment("COLOUR", "red").build(), 2)) {
            Result result = pool.run(
                    sh("pwd; echo $COLOUR $SIZE; cat; echo err >&2; exit 3")
                            .with("SIZE", "xl")
                            .in("/usr"),
                    "in".getBytes(StandardCharsets.UTF_8));

            assertThat(result.stdout().text()).isEqualTo("/usr\nred xl\nin");
            assertThat(result.stderr().text()).isEqualTo("err\n");
            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(pool.run(sh("pwd; echo $COLOUR $SIZE; cat"), NOTHING)
                            .stdout()
                            .text())
                    .isEqualTo("/\nred\n");
        }
    }

    @Test
    void aProgramOfAPoolIsAsConfinedAsAnyOther() throws Exception {
        String script = """
                id -u; hostname; pwd; env | sort; ulimit -a
                grep -vE '^(Pid|Ngid|NSpid|.*ctxt_switches|Vm.*|Rss.*|Cpus.*|Mems.*|SigQ|NSp|NSs|Tgid|PPid).*' /proc/self/status
                ls /sys/class/net; ls -l /proc/self/fd | awk '{ print $9 }'; cut -d' ' -f4- /proc/self/mountinfo | sort
                cat /proc/self/cgroup | sed 's/carafe-[0-9a-f]*//'
                """;
        Sandbox sandbox = box().command("sh", "-c", script).memory(64 << 20).build();
        try (Pool pool = Pool.of(sandbox, 1)) {
            assertThat(pool.run(Task.of("sh", "-c", script), NOTHING).stdout().text())
                    .isEqualTo(sandbox.run().stdout().text())
                    .contains("NoNewPrivs:\t1", "Seccomp:\t2");
        }
    }

    @Test
    void timeAndProcessorTimeBeginWithTheTask() throws Exception {
        try (Pool pool = Pool.of(box().build(), 1)) {
            pool.run(sh("exit"), NOTHING);
            Thread.sleep(500); // the next one waits

            Result result = pool.run(sh("sleep 0.1").within(Duration.ofSeconds(20)), NOTHING);

            assertThat(result.timedOut()).isFalse();
            // the executor hears of it a moment after it has begun
            assertThat(result.wall()).isBetween(Duration.ofMillis(50), Duration.ofMillis(550));
            Result late = pool.run(sh("sleep 100").within(Duration.ofMillis(200)), NOTHING);
            assertThat(late.timedOut()).isTrue();
            assertThat(late.message()).isEqualTo("killed after its time limit of 0.2 s");
        }
    }

    @Test
    void whatFailsIsToldAndTheNextRuns() throws Exception {
        try (Pool pool = Pool.of(box().build(), 1)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> pool.start(Task.of("true", "a\0b")))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> pool.run(Task.of("nothing"), NOTHING))
                    .isInstanceOf(StepFailed.class)
                    .hasMessageContaining("nothing: command not found")
                    .extracting(e -> ((StepFailed) e).exitCode())
                    .isEqualTo(127);
            assertThatThrownBy(() -> pool.run(sh("exit").in("/nowhere"), NOTHING))
                    .isInstanceOf(StepFailed.class)
                    .hasMessageContaining("/nowhere");
            assertThat(pool.run(sh("exit 4"), NOTHING).exitCode()).isEqualTo(4);
        }
        assertThatThrownBy(() -> Pool.of(box().inheritStreams().build(), 1)).isInstanceOf(InvalidBox.class);
    }

    @Test
    void whoFindsAllInUseWaits() throws Exception {
        try (Pool pool = Pool.of(box().build(), 2);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            RunningBox first = pool.start(sh("sleep 100"));
            RunningBox second = pool.start(sh("sleep 100"));
            var third = threads.submit(
                    (Callable<Integer>) () -> pool.run(sh("exit 7"), NOTHING).exitCode());
            Thread.sleep(200);
            assertThat(third.isDone()).isFalse();

            first.kill();

            assertThat(third.get(20, TimeUnit.SECONDS)).isEqualTo(7);
            first.close();
            second.close();
        }
    }

    @Test
    void shapesStandSideBySideAndManyThreadsUseThem() throws Exception {
        try (Pool small = Pool.of(box().memory(32 << 20).build(), 2);
                Pool large = Pool.of(box().pids(7).build(), 2);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = IntStream.range(0, 60)
                    .mapToObj(i -> threads.submit((Callable<String>) () -> (i % 2 == 0 ? small : large)
                            .run(sh("echo " + i), NOTHING)
                            .stdout()
                            .text()))
                    .toList();
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i + "\n");
            }
        }
    }

    /// Each box has a workspace and users of its own, and the program streams that lead elsewhere.
    @Test
    void aBoxCanBeMadeWithWhatIsItsOwn() throws Exception {
        var made = new ConcurrentHashMap<WaitingBox, Workspace>();
        Supplier<WaitingBox> source = () -> {
            IdRange ids = IdRange.take();
            Workspace workspace = Workspace.of(1 << 20, 8, ids.onHost(7), ids.onHost(7));
            WaitingBox box = box().ids(ids)
                    .user(7, 7)
                    .workspace(workspace, "/work")
                    .workingDirectory("/work")
                    .build()
                    .prepare();
            made.put(box, workspace);
            return box;
        };
        try (Pool pool = Pool.of(source, 2)) {
            for (int i = 0; i < 5; i++) {
                WaitingBox box = pool.take();
                Workspace workspace = made.get(box);
                workspace.put("script", 0755, Content.of("id -u; ls -l | wc -l; cat >in; echo over"));

                try (RunningBox running =
                        box.begin(Task.of("sh", "./script"), Streams.pipes().input(Content.of("text " + i)))) {
                    String said = new String(running.stdout().readAllBytes(), StandardCharsets.US_ASCII);
                    assertThat(said).isEqualTo("7\n2\nover\n");
                    assertThat(running.awaitProgram().exitCode()).isZero();
                    assertThat(workspace
                                    .fetch(List.of("in"), 100, 1)
                                    .files()
                                    .getFirst()
                                    .content()
                                    .text())
                            .isEqualTo("text " + i);
                }
                assertThatThrownBy(() -> box.begin(Task.of("true"))).isInstanceOf(IllegalStateException.class);
            }
        }
        made.values().forEach(Workspace::close);
    }

    @Test
    void whatMakesBoxesMayFail() throws Exception {
        var calls = new AtomicInteger();
        var failing = new AtomicBoolean(true);
        Supplier<WaitingBox> source = () -> {
            calls.getAndIncrement();
            if (failing.get()) {
                throw new InvalidBox("not now");
            }
            return box().build().prepare();
        };
        try (Pool pool = Pool.of(source, 1)) {
            assertThatThrownBy(() -> pool.run(sh("exit"), NOTHING)).hasMessage("not now");
            await().untilAsserted(() -> assertThat(calls.get()).isGreaterThan(1));
            Thread.sleep(100); // the next failure lies there
            failing.set(false);
            assertThat(pool.run(sh("exit 6"), NOTHING).exitCode()).isEqualTo(6);
        }
    }

    @Test
    void processorTimeBeginsWithTheTaskAlsoWhileItRuns() throws Exception {
        try (Pool pool = Pool.of(box().memory(64 << 20).build(), 1)) {
            pool.run(sh("exit"), NOTHING);
            Thread.sleep(500); // the next one waits
            try (RunningBox running = pool.start(sh("echo; exec sleep 100"))) {
                assertThat(running.stdout().read()).isEqualTo('\n');
                Duration used = running.cpu().orElseThrow();
                running.kill();
                assertThat(running.await().cpu()).isGreaterThanOrEqualTo(used);
            }
        }
    }

    @Test
    void boxesThatWereKilledWhileTheyWaitedAreReplaced() throws Exception {
        try (Pool pool = Pool.of(box().build(), 2)) {
            pool.run(sh("exit"), NOTHING);
            Thread.sleep(300);
            executors().forEach(ProcessHandle::destroyForcibly);
            Thread.sleep(300);

            assertThat(pool.run(sh("exit 5"), NOTHING).exitCode()).isEqualTo(5);
        }
    }

    @Test
    void closingLeavesNothing() throws Exception {
        long before = groups();
        Pool pool = Pool.of(box().memory(64 << 20).build(), 3);
        pool.run(sh("exit"), NOTHING);
        RunningBox running = pool.start(sh("sleep 100"));

        pool.close();

        assertThat(executors()).isEmpty();
        assertThat(groups()).isEqualTo(before);
        assertThat(running.await().signal()).isEqualTo(9);
        assertThatThrownBy(() -> pool.start(sh("exit"))).hasMessage("the pool is closed");
        pool.close();
    }

    private static List<ProcessHandle> executors() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    }

    private static long groups() throws Exception {
        long count = 0;
        try (Stream<Path> controllers = Files.list(Path.of("/sys/fs/cgroup"))) {
            for (Path controller : controllers.filter(Files::isDirectory).toList()) {
                String[] names = controller.toFile().list((_, name) -> name.startsWith("carafe-"));
                count += names == null ? 0 : names.length;
            }
        }
        return count;
    }

    private static SandboxBuilder box() {
        return Sandbox.builder().command("true");
    }

    private static Task sh(String script) {
        return Task.of("sh", "-c", script);
    }
}
