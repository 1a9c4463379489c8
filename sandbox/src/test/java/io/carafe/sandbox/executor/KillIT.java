package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.host.Cgroups.Layout;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.spec.Spec.User;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Whoever of executor and keeper is killed, and whenever: the other one takes back what was done. Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(120)
class KillIT {
    private static final int ROUNDS = 100;

    @Parameter
    Program program;

    @TempDir
    Path directory;

    private Guest guest;
    private final Random random = new Random(1);

    @BeforeEach
    void makeGuest() throws IOException {
        guest = Guest.in(directory);
    }

    @Test
    void anExecutorKilledAtAnyMomentLeavesNothing() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Box box = box(i);
            Running running = Running.start(program, box);
            pauseUpTo(program == Program.SHIPPED ? 8_000_000 : 60_000_000);
            Running.kill(running.execution.pid());

            expectNothing(running, box, i);
        }
    }

    @Test
    void anExecutorKilledWhileTheProgramRunsLeavesNothing() throws Exception {
        for (int i = 0; i < 10; i++) {
            Box box = box(i);
            box.args = List.of("/bin/sh", "-c", "sleep 1000 & echo ready; sleep 1000");
            Running running = Running.start(program, box);
            running.awaitPrinted("ready");
            Running.kill(running.execution.pid());

            expectNothing(running, box, i);
        }
    }

    @Test
    void aKeeperKilledAtAnyMomentIsNotNeeded() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Box box = box(i);
            box.args = List.of("/bin/sleep", "0.02");
            Running running = Running.start(program, box);
            pauseUpTo(program == Program.SHIPPED ? 10_000_000 : 60_000_000);
            try {
                Running.kill(running.keeper());
            } catch (NoSuchElementException | IOException e) {
                // not there yet, or there no more
            }

            Report report = running.await();
            assertThat(report.outcome() == Outcome.ENDED || report.error() == 32)
                    .as("round %d: %s", i, report)
                    .isTrue();
            expectNothing(running, box, i);
        }
    }

    @Test
    void boxAndExecutorKilledTogetherLeaveNothing() throws Exception {
        for (int i = 0; i < 20; i++) {
            Box box = box(i);
            box.args = List.of("/bin/sh", "-c", "echo ready; sleep 1000");
            Running running = Running.start(program, box);
            running.awaitPrinted("ready");
            long first = running.box();
            Running.kill(running.execution.pid());
            Running.kill(first);

            expectNothing(running, box, i);
        }
    }

    @Test
    void anExecutorKilledAsItMakesAGroupLeavesNoGroup() throws Exception {
        Box box = box(0);
        int groups = Running.HOST.cgroups().layout() == Layout.V2 ? 1 : 2; // v1 has more, so that is in between
        Running running = Running.startTraced(program, box, "mkdir:delay_exit=500000:when=" + groups);
        await(() -> Guest.groups(box).size() == groups);

        Running.kill(running.traced());

        expectNothing(running, box, 0);
    }

    @Test
    void anExecutorKilledBeforeItCouldTellOfItsBoxTakesTheBoxAlong() throws Exception {
        for (int i = 1; i <= 3; i += 2) {
            Box box = box(i);
            box.args = List.of("/bin/sh", "-c", "echo ready; sleep 1000");
            Running running = Running.startTraced(program, box, "clone3:delay_exit=1500000");
            running.awaitPrinted("ready");

            Running.kill(running.traced());

            expectNothing(running, box, i);
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(condition);
    }

    /// Every other one with the limits that take the most steps outside, and another user, at whom the kernel forgets
    /// who shall die with whom.
    private Box box(int round) {
        Box box = guest.box("/bin/sleep", "1000");
        box.init = round % 3 != 0;
        if (round % 2 == 0) {
            box.limit(64L << 20, null, 50_000L, null, 100L);
        } else {
            box.limit(null, null, null, null, 100L);
            box.user = new User(1000, 1000, 0022, List.of());
        }
        return box;
    }

    private void pauseUpTo(int nanoseconds) {
        LockSupport.parkNanos(random.nextInt(nanoseconds));
    }

    private void expectNothing(Running running, Box box, int round) throws Exception {
        running.awaitNobody();
        long end = System.nanoTime() + 5_000_000_000L;
        while (!Guest.groups(box).isEmpty() && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        assertThat(Guest.groups(box)).as("round %d", round).isEmpty();
        assertThat(Guest.mounts(directory)).as("round %d", round).isEmpty();
    }
}
