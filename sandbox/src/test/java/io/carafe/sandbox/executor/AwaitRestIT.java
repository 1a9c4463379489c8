// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.Wire;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A box that waits for the rest of its plan. Needs root.
@Timeout(60)
class AwaitRestIT {
    private static final long CLONE_NEWNS = 0x20000;
    private static final long CLONE_NEWPID = 0x20000000;
    private static final List<Fd> STREAMS = List.of(Fd.STDIN, Fd.STDOUT, Fd.STDERR);

    @Test
    void theRestIsPerformedAndTheTimesBeginWithIt() throws Exception {
        Prepared box = prepare();
        Thread.sleep(300);

        begin(box, rest(execute("sleep 0.1; exit 3")));

        Report report = box.execution().await();
        assertThat(report.outcome()).isEqualTo(Outcome.ENDED);
        assertThat(report.status()).isEqualTo(3 << 8);
        // the executor hears of it a moment after it has begun
        assertThat(report.wall()).isBetween(Duration.ofMillis(50), Duration.ofMillis(399));
    }

    @Test
    void itsTimeoutBeginsWithIt() throws Exception {
        Prepared box = prepare();
        Thread.sleep(300);

        begin(box, Plan.rest(lines(execute("sleep 100")), 200));

        Report report = box.execution().await();
        assertThat(report.timedOut()).isTrue();
        assertThat(report.wall()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(10));
    }

    @Test
    void withoutARestTheBoxEnds() throws Exception {
        Prepared box = prepare();

        box.close();

        failedAt(box, 1, Errno.ECANCELED);
    }

    @Test
    void aRestThatIsCutOffComesToNothing() throws Exception {
        byte[] whole = Wire.encode(rest(execute("exit 3")));
        for (int length : new int[] {1, 31, 32, 100, whole.length - 1}) {
            Prepared box = prepare();

            box.send(Arrays.copyOf(whole, length), STREAMS);

            failedAt(box, 1, Errno.ECANCELED);
        }
    }

    @Test
    void aStepOfTheRestThatFailsIsCountedOn() throws Exception {
        Prepared box = prepare();

        begin(box, rest(new Step.SetUmask(022), new Step.ChangeDirectory("/nowhere"), execute("exit 3")));

        failedAt(box, 3, Errno.ENOENT);
    }

    /// Slots that nobody has filled, steps that the executor would have to know of, a rest that isn't the
    /// last.
    @Test
    void whatCantStandInARestIsRefused() throws Exception {
        for (Step step : List.of(
                new Step.EnterDirectory(Slot.ROOT),
                new Step.GuardStreams(),
                new Step.Meet(),
                new Step.OpenConsole(Slot.EMPTY, 0, 0, 0, true, Slot.HOST))) {
            Prepared box = prepare();

            begin(box, rest(step, execute("exit 3")));

            failedAt(box, 1, Errno.EINVAL);
        }
        Prepared again = prepare();
        begin(again, rest(new Step.AwaitRest(0, false)));
        failedAt(again, 1, Errno.EINVAL);
    }

    /// Its listener would be nobody's.
    @Test
    void aFilterThatReportsIsRefusedUnlessItIsExpected() throws Exception {
        Prepared box = prepare();

        begin(box, rest(new Step.LoadReportingSeccomp(0, List.of(0x7fff000000000006L)), execute("exit 3")));

        failedAt(box, 1, Errno.EINVAL);
    }

    @Test
    void withoutStreamsARestIsRefused() throws Exception {
        Prepared box = prepare();

        box.send(Wire.encode(rest(execute("exit 3"))), STREAMS.subList(0, 2));

        failedAt(box, 1, Errno.EINVAL);
    }

    @Test
    void aSlotThatTheBoxHasFilledIsThere() throws Exception {
        Prepared box = prepare(new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of(), 0));

        begin(box, rest(new Step.EnterDirectory(Slot.BASE), execute("[ -z \"$(ls -A)\" ] && exit 3")));

        assertThat(box.execution().await().status()).isEqualTo(3 << 8);
    }

    @Test
    void theProgramHasNothingOfThePipe() throws Exception {
        Prepared box = prepare();

        begin(box, rest(execute("[ ! -e /proc/self/fd/5 ] && [ ! -e /proc/self/fd/3 ] && exit 3")));

        assertThat(box.execution().await().status()).isEqualTo(3 << 8);
    }

    private static void failedAt(Prepared box, int step, int error) throws Exception {
        Report report = box.execution().await();
        assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(report.part()).isEqualTo(Part.INSIDE);
        assertThat(report.step()).isEqualTo(step);
        assertThat(report.error()).isEqualTo(error);
    }

    private static void begin(Prepared box, Plan rest) throws Exception {
        box.begin(rest, Fd.STDIN, Fd.STDOUT, Fd.STDERR);
    }

    private static Step execute(String script) {
        return new Step.Execute(List.of("/bin/sh"), List.of("sh", "-c", script), List.of("PATH=/usr/bin:/bin"));
    }

    private static Plan rest(Step... steps) {
        return Plan.rest(lines(steps), 0);
    }

    private static List<Line> lines(Step... steps) {
        return Arrays.stream(steps).map(it -> new Line(it, "")).toList();
    }

    private static Prepared prepare() throws Exception {
        return prepare(new Step.SetUmask(022));
    }

    private static Prepared prepare(Step first) throws Exception {
        Plan plan = new Plan(
                lines(new Step.Clone(CLONE_NEWPID | CLONE_NEWNS, "")),
                lines(first, new Step.AwaitRest(0, false)),
                List.of(),
                0);
        return Executor.prepare(
                Wire.encode(plan), new HostProbe(System.getenv()).host().kernel(), List.of(), null);
    }
}
