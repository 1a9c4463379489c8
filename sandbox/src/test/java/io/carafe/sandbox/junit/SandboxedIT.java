package io.carafe.sandbox.junit;

import static io.carafe.sandbox.junit.VerdictAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.judge.Job;
import io.carafe.sandbox.judge.Judge;
import io.carafe.sandbox.judge.Status;
import io.carafe.sandbox.judge.Verdict;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// As a teacher would write it. Needs root, and is skipped without.
@Sandboxed(cpuMillis = 500, memory = 64 << 20, processes = 8)
class SandboxedIT {

    @Test
    void theProgramIsRightAndSaysSo(Job job) throws Exception {
        Verdict verdict = job.file("sum.sh", Content.of("read a b; echo $((a + b)) ' '; echo done >left; echo e >&2"))
                .input(Content.of("17 4\n"))
                .fetch("left")
                .run("sh", "sum.sh");

        assertThat(verdict)
                .isOk()
                .exitsWith(0)
                .printsLines("21")
                .complains("e")
                .leaves("left", "done\n")
                .takesAtMost(Duration.ofMillis(500))
                .needsAtMost(64 << 20);
    }

    @Test
    @Sandboxed(wallMillis = 300)
    void aMethodsOwnLimitsCount(Job job) throws Exception {
        assertThat(job.run("sleep", "10")).hasStatus(Status.WALL_TIME).diesOf(9);
    }

    @Test
    void whatIsWrongIsToldInWords(Job job, Judge judge) throws Exception {
        Verdict verdict = judge.run(job.command("sh", "-c", "echo 20; echo why >&2; exit 3"));

        assertThatThrownBy(() -> assertThat(verdict).prints("21\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected to print exactly\n21\n")
                .hasMessageContaining("RUNTIME_ERROR: ended with exit code 3")
                .hasMessageContaining("20\n")
                .hasMessageContaining("why\n");
    }

    /// The second job shows that there are more to come: then boxes wait for them.
    @Test
    void aJudgeMayHaveBoxesThatWait(Job job, Judge judge) throws Exception {
        assertThat(judge.run(job.command("true"))).isOk();
        assertThat(judge.run(job.command("true"))).isOk();
    }

    @AfterAll
    static void theyEndWithTheirTest() {
        Assertions.assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }
}
