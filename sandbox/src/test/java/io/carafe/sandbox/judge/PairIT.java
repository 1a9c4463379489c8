package io.carafe.sandbox.judge;

import static io.carafe.sandbox.judge.Programs.c;
import static io.carafe.sandbox.judge.Programs.quick;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two programs that talk to each other. Needs root and gcc.
@Timeout(120)
class PairIT {
    private static final String CHECKER = """
            int secret = 4711, guess;
            while (scanf("%d", &guess) == 1) {
                puts(guess < secret ? "more" : guess > secret ? "less" : "yes"); fflush(stdout);
                if (guess == secret) { fprintf(stderr, "found\\n"); return 0; }
            }
            return 1;
            """;

    @Test
    void theyTalkUntilTheAnswerIsFound() throws Exception {
        Pair pair = run("""
                int low = 0, high = 10000; char w[10];
                for (;;) {
                    int middle = (low + high) / 2;
                    printf("%d\\n", middle); fflush(stdout);
                    if (scanf("%9s", w) != 1) return 2;
                    if (w[0] == 'y') return 0;
                    if (w[0] == 'm') low = middle + 1; else high = middle - 1;
                }
                """, CHECKER);

        assertThat(pair.solution().status()).as(pair.toString()).isEqualTo(Status.OK);
        assertThat(pair.checker().status()).isEqualTo(Status.OK);
        assertThat(pair.checker().stderr().text()).isEqualTo("found\n");
    }

    @Test
    void whenOneEndsTheOtherNotices() throws Exception {
        Pair quitter = run("return 0;", CHECKER);
        assertThat(quitter.solution().status()).isEqualTo(Status.OK);
        assertThat(quitter.checker().exitCode()).isEqualTo(1);

        Pair talker = run("for (;;) { puts(\"0\"); fflush(stdout); }", "return 3;");
        assertThat(talker.solution().signal()).isEqualTo(13); // SIGPIPE
        assertThat(talker.checker().exitCode()).isEqualTo(3);
    }

    @Test
    void whoWaitsForEachOtherEndsInTime() throws Exception {
        Limits limits = quick().withWall(Duration.ofMillis(500));
        try (Judge judge = Judge.of(1)) {
            Pair pair = judge.run(
                    c("return getchar() == -1;").limits(limits),
                    c("return getchar() == -1;").limits(limits));

            assertThat(List.of(pair.solution().status(), pair.checker().status()))
                    .contains(Status.WALL_TIME);
            assertThat(pair.solution().wall()).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void aFloodInThePipesIsNobodysMemory() throws Exception {
        Pair pair = run("for (;;) { if (write(1, argv, 64) < 0) return 1; }", "pause();");

        assertThat(pair.solution().status()).isEqualTo(Status.WALL_TIME);
        assertThat(pair.checker().status()).isEqualTo(Status.WALL_TIME);
    }

    private static Pair run(String solution, String checker) throws Exception {
        Limits limits = quick().withWall(Duration.ofSeconds(2));
        try (Judge judge = Judge.of(1)) {
            return judge.run(c(solution).limits(limits), c(checker).limits(limits));
        }
    }
}
