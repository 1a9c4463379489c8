package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {

    @Test
    void tellsExitFromSignal() {
        Verdict three = Verdict.of(Endings.PLAN, Endings.ended(3 << 8, false, Map.of()));
        assertThat(three.exit()).isEqualTo(3);
        assertThat(three.signal()).isZero();

        Verdict segmentation = Verdict.of(Endings.PLAN, Endings.ended(11 | 0x80, false, Map.of())); // dumped core
        assertThat(segmentation.exit()).isEqualTo(-1);
        assertThat(segmentation.signal()).isEqualTo(11);
    }

    @Test
    void takesItsFiguresFromTheGroups() {
        Verdict verdict = Verdict.of(
                Endings.PLAN,
                Endings.ended(
                        9,
                        false,
                        Map.of(
                                0, "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
                                1, "67108864\n",
                                2, "250000000\n")));

        assertThat(verdict.outOfMemory()).isTrue();
        assertThat(verdict.killedByMemoryLimit()).isTrue();
        assertThat(verdict.memoryLimit()).isEqualTo(64 << 20);
        assertThat(verdict.peakMemory()).isEqualTo(64 << 20);
        assertThat(verdict.cpu()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void readsTheFilesOfV2() {
        var plan = new Plan(
                List.of(),
                List.of(),
                List.of(
                        new Undo(0, new Step.Collect("/sys/fs/cgroup/a/memory.events"), ""),
                        new Undo(0, new Step.Collect("/sys/fs/cgroup/a/memory.peak"), ""),
                        new Undo(0, new Step.Collect("/sys/fs/cgroup/a/cpu.stat"), "")),
                0);
        Verdict verdict = Verdict.of(
                plan,
                Endings.ended(
                        0,
                        false,
                        Map.of(
                                0, "low 0\nhigh 0\nmax 5\noom 1\noom_kill 1\noom_group_kill 0\n",
                                1, "4096\n",
                                2, "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n")));

        assertThat(verdict.outOfMemory()).isTrue();
        assertThat(verdict.killedByMemoryLimit()).isFalse(); // a child was, the program went on
        assertThat(verdict.peakMemory()).isEqualTo(4096);
        assertThat(verdict.cpu()).isEqualTo(Duration.ofNanos(1_500_000));
    }

    @Test
    void takesThoseOfWait4WithoutGroups() {
        Verdict verdict = Verdict.of(Endings.PLAN, Endings.ended(0, false, Map.of(0, "", 1, "nonsense")));

        assertThat(verdict.outOfMemory()).isFalse();
        assertThat(verdict.peakMemory()).isEqualTo(2048);
        assertThat(verdict.cpu()).isEqualTo(Duration.ofMillis(15));
    }
}
