package io.carafe.sandbox.judge;

import static io.carafe.sandbox.judge.Programs.c;
import static io.carafe.sandbox.judge.Programs.quick;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many jobs over a few workers. Needs root and gcc.
@Timeout(300)
class BatchIT {

    @Test
    void verdictsComeInTheOrderOfTheJobsOrAsTheyEnd() throws Exception {
        Job slow = c("usleep(500000); puts(\"slow\");").limits(quick());
        Job fast = c("puts(\"fast\");").limits(quick());
        try (Judge judge = Judge.of(2)) {
            assertThat(outputs(judge, List.of(slow, fast, fast), Batch.Order.AS_GIVEN))
                    .containsExactly("slow", "fast", "fast");
            assertThat(outputs(judge, List.of(slow, fast, fast), Batch.Order.AS_THEY_END))
                    .containsExactly("fast", "fast", "slow");
        }
    }

    private static List<String> outputs(Judge judge, List<Job> jobs, Batch.Order order) throws Exception {
        var outputs = new ArrayList<String>();
        try (Batch batch = judge.batch(jobs.iterator(), order)) {
            batch.forEach(judged -> outputs.add(judged.verdict().stdout().text().strip()));
        }
        return outputs;
    }

    @Test
    void noMoreJobsAreTakenThanAreOfUse() throws Exception {
        var taken = new AtomicInteger();
        Job job = c("return 0;").limits(quick());
        Iterator<Job> endless = Stream.generate(() -> {
                    taken.incrementAndGet();
                    return job;
                })
                .iterator();
        try (Judge judge = Judge.of(2);
                Batch batch = judge.batch(endless, Batch.Order.AS_GIVEN)) {
            for (int i = 0; i < 5; i++) {
                assertThat(batch.next().orElseThrow().number()).isEqualTo(i);
            }
            assertThat(taken.get()).isLessThanOrEqualTo(5 + 2 * 2);
        }
    }

    @Test
    void oneThatCantBeRunHoldsUpNobody() throws Exception {
        Job bad = Sandbox.untrusted().file("a", Content.of(Path.of("/nowhere"))).command("true");
        try (Judge judge = Judge.of(1);
                Batch batch =
                        judge.batch(List.of(bad, c("return 0;").limits(quick())).iterator(), Batch.Order.AS_GIVEN)) {
            Verdict first = batch.next().orElseThrow().verdict();
            assertThat(first.status()).isEqualTo(Status.INTERNAL_ERROR);
            assertThat(first.message()).contains("/nowhere");
            assertThat(batch.next().orElseThrow().verdict().isOk()).isTrue();
            assertThat(batch.next()).isEmpty();
        }
    }

    @Test
    void whoeverLeavesEarlyLeavesNothingBehind() throws Exception {
        Job job = c("pause();").limits(quick().withWall(Duration.ofSeconds(60)));
        List<String> before = state();
        Traces traces = Traces.look();
        long start = System.nanoTime();
        try (Judge judge = Judge.of(3);
                Batch batch = judge.batch(Stream.generate(() -> job).iterator(), Batch.Order.AS_THEY_END)) {
            Thread me = Thread.currentThread();
            Thread.ofPlatform().start(() -> {
                try {
                    Thread.sleep(500);
                } catch (InterruptedException e) {
                    return;
                }
                me.interrupt();
            });
            batch.next();
            throw new AssertionError("nobody ends");
        } catch (InterruptedException e) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        }
        Awaitility.await().untilAsserted(() -> assertThat(state()).isEqualTo(before));
        traces.assertNothingIsLeft();
    }

    @Test
    void aThousandLeaveNothingBehind() throws Exception {
        Job job = c("puts(\"x\");").limits(quick()).fetch("prog");
        job.run(); // what is made once is made
        List<String> before = state();
        Traces traces = Traces.look();
        try (Judge judge = Judge.of(4)) {
            var ended = new ArrayList<Verdict>();
            try (Batch batch =
                    judge.batch(IntStream.range(0, 1000).mapToObj(_ -> job).iterator(), Batch.Order.AS_THEY_END)) {
                batch.forEach(judged -> ended.add(judged.verdict()));
            }
            assertThat(ended).hasSize(1000);
            assertThat(ended.stream().filter(it -> !it.isOk()).map(it -> it.status() + ": " + it.message()))
                    .isEmpty();
        }
        Awaitility.await().untilAsserted(() -> assertThat(state()).isEqualTo(before));
        traces.assertNothingIsLeft();
    }

    /// Descriptors, threads and children of ours.
    private static List<String> state() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return List.of(
                    "descriptors: " + descriptors.count(),
                    "threads: "
                            + Thread.getAllStackTraces().entrySet().stream()
                                    .filter(it -> it.getKey().getName().startsWith("carafe"))
                                    .filter(it -> Arrays.stream(it.getValue()) // others wait for work
                                            .anyMatch(frame ->
                                                    frame.getClassName().startsWith("io.carafe")))
                                    .count(),
                    "children: " + ProcessHandle.current().descendants().count());
        }
    }
}
