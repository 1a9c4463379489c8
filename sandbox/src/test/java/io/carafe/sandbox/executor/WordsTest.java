package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.StepText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static final Map<Integer, String> KILLED = Map.of(0, "oom_kill 1\n");

    @Test
    void nothingIsSaidOfAProgramThatRan() {
        assertThat(Words.of(Endings.PLAN, Endings.ended(1 << 8, false, Map.of())))
                .isEmpty();
    }

    @Test
    void theMemoryLimitIsNamed() {
        assertThat(Words.of(Endings.PLAN, Endings.ended(9, false, KILLED)))
                .containsExactly("killed by the memory limit of 64 MiB");
        assertThat(Words.of(Endings.PLAN, Endings.ended(137 << 8, false, KILLED))) // as init passes it on
                .containsExactly("killed by the memory limit of 64 MiB");
        assertThat(Words.of(Endings.PLAN, Endings.ended(0, false, KILLED)))
                .containsExactly("a process in the box was killed by the memory limit of 64 MiB");
    }

    @Test
    void outputThatIsLostIsToldAndNoSuccess() {
        Report lost = Endings.ended(0, false, Map.of(), Errno.ENOSPC);
        assertThat(Words.of(Endings.PLAN, lost))
                .containsExactly("output of the program is lost: ENOSPC (no space left on device)");
        assertThat(ExitCode.of(Endings.PLAN, lost)).isEqualTo(ExitCode.NO_BOX);
        assertThat(ExitCode.of(Endings.PLAN, Endings.ended(3 << 8, false, Map.of(), Errno.ENOSPC)))
                .isEqualTo(3);
    }

    @Test
    void theTimeLimitIsNamed() {
        assertThat(Words.of(Endings.PLAN, Endings.ended(9, true, Map.of())))
                .containsExactly("killed after its time limit of 5 s");
    }

    @Test
    void aFailureNamesTheStepAndTheError() {
        var step = new Step.AttachMount(Slot.MOUNT, Slot.ROOT, "/proc", false);
        Plan plan = Endings.plan(step, Endings.EXECUTE);

        assertThat(Words.of(plan, Endings.failed(Part.INSIDE, 0, Errno.EPERM, "")))
                .containsExactly("step 5, " + StepText.of(step) + ": EPERM (operation not permitted)");
        assertThat(Words.failure(plan, Endings.failed(Part.INSIDE, 0, Errno.ENOENT, "overlay: bad\nno\n")))
                .endsWith(": ENOENT (no such file or directory): the kernel says \"overlay: bad; no\"");
    }

    @Test
    void aMissingProgramIsToldWithWhereItWasLookedFor() {
        assertThat(execute(Endings.EXECUTE, Errno.ENOENT))
                .isEqualTo("ps: command not found: looked for in /usr/bin, /bin");
        assertThat(execute(new Step.Execute(List.of("/opt/x"), List.of("x"), List.of()), Errno.ENOENT))
                .startsWith("/opt/x: not found in the box")
                .contains("interpreter");
    }

    @Test
    void anUnknownFormatIsTold() {
        assertThat(execute(Endings.EXECUTE, Errno.ENOEXEC)).contains("#! line").contains("another architecture");
    }

    @Test
    void argumentsAreKeptOutOfMessages() {
        assertThat(execute(Endings.EXECUTE, Errno.EACCES)).doesNotContain("secret");
    }

    /// The first process of a box can meet the box's own limit only if that is 1.
    @Test
    void theLimitOnTheUsersProcessesIsNotTakenForTheBoxs() {
        Plan plan = Endings.plan(new Step.SetLimit(6, 0, 0), new Step.BecomeInit(), Endings.EXECUTE);
        String told = ": the user's limit of 0 processes (RLIMIT_NPROC, --ulimit nproc) is reached: it counts all of"
                + " the user's on the host";

        assertThat(Words.failure(plan, Endings.failed(Part.INSIDE, 1, Errno.EAGAIN, "")))
                .endsWith(told);
        assertThat(Words.failure(plan, Endings.failed(Part.INSIDE, 2, Errno.EAGAIN, "")))
                .endsWith(told);
    }

    @Test
    void aRefusedSysctlIsNamedWithItsValue() {
        Plan plan = Endings.plan(new Step.WriteIn(Slot.PROC, "sys/kernel/sem", "1 2 3 x"), Endings.EXECUTE);

        assertThat(Words.failure(plan, Endings.failed(Part.INSIDE, 0, Errno.EINVAL, "")))
                .endsWith(": the kernel takes no \"1 2 3 x\" as kernel/sem");
        assertThat(Words.failure(plan, Endings.failed(Part.INSIDE, 0, Errno.ENOENT, "")))
                .endsWith(": this kernel has no kernel/sem for a namespace of the box's own");
    }

    @Test
    void aVolumeThatTheBoxsRootCantReachIsExplained() {
        Plan plan = Endings.plan(new Step.CopyDirectory(Slot.HOST, "/root/data", Slot.MOUNT, false), Endings.EXECUTE);

        assertThat(Words.failure(plan, Endings.failed(Part.INSIDE, 0, Errno.EACCES, "")))
                .endsWith(": the box's root isn't the host's: every directory on the way must be open to others");
    }

    @Test
    void theLimitOnProcessesIsNamed() {
        Plan plan = Endings.plan(new Step.BecomeInit(), Endings.EXECUTE);

        assertThat(Words.failure(plan, Endings.failed(Part.INSIDE, 0, Errno.EAGAIN, "")))
                .endsWith(": the limit of 20 processes is reached");
    }

    @Test
    void cloneIsForRoot() {
        assertThat(Words.failure(Endings.PLAN, Endings.failed(Part.OUTSIDE, 3, Errno.EPERM, "")))
                .startsWith("step 4, ")
                .endsWith(
                        "EPERM (operation not permitted): only root with CAP_SYS_ADMIN may make namespaces here: try sudo");
    }

    @Test
    void whatTheKernelLacksTheDoctorShows() {
        assertThat(Words.failure(Endings.PLAN, Endings.failed(Part.OUTSIDE, 3, Errno.EINVAL, "")))
                .endsWith(": this kernel lacks one of the namespaces: carafe doctor shows which");
        Plan plan = Endings.plan(new Step.NewFilesystem(Slot.ROOT, "overlay", List.of(), 0), Endings.EXECUTE);
        assertThat(Words.failure(plan, Endings.failed(Part.INSIDE, 0, Errno.ENODEV, "")))
                .endsWith(": this kernel has no overlay: carafe doctor shows what it has");
        Plan network =
                Endings.plan(new Step.SendNetlink(0, List.of(), "make the interface a, a veth"), Endings.EXECUTE);
        assertThat(Words.failure(network, Endings.failed(Part.INSIDE, 0, Errno.EOPNOTSUPP, "")))
                .isEqualTo(
                        "step 5, ask the kernel by netlink to make the interface a, a veth: EOPNOTSUPP (operation not"
                                + " supported): this kernel can't: carafe doctor shows what it has");
    }

    @Test
    void aRefusedPlanIsOurMistake() {
        Report report = report(Outcome.REFUSED, -1, -1, 0);
        assertThat(Words.of(Endings.PLAN, report))
                .containsExactly("the executor refuses the plan as a whole: this is a mistake in carafe");
    }

    @Test
    void whatIsLeftBehindIsTold() {
        assertThat(Words.of(Endings.PLAN, report(Outcome.ENDED, 0, 3, Errno.EBUSY))
                        .getFirst())
                .startsWith("afterwards step 9, ")
                .contains("EBUSY")
                .endsWith("it is left behind");
    }

    @Test
    void sizesAndTimesReadWell() {
        assertThat(Words.size(64 << 20)).isEqualTo("64 MiB");
        assertThat(Words.size(1_000_000)).isEqualTo("1000000 bytes");
        assertThat(Words.size(0)).isEqualTo("0 bytes");
        assertThat(Words.time(Duration.ofMillis(1500))).isEqualTo("1.5 s");
        assertThat(Words.time(Duration.ofMillis(50))).isEqualTo("0.05 s");
        assertThat(Words.time(Duration.ofSeconds(150))).isEqualTo("2 min 30 s");
        assertThat(Words.time(Duration.ofHours(1))).isEqualTo("1 h");
        assertThat(Words.time(Duration.ZERO)).isEqualTo("0 s");
    }

    @Test
    void aClientTellsWhatBecameOfItsMonitor() {
        var attach = Plan.act(List.of(new Plan.Line(new Step.Attach("/run/a", 7, "", true), "")), List.of());

        assertThat(Words.failure(attach, Endings.failed(Part.OUTSIDE, 0, 130, "")))
                .isEqualTo("the container's monitor was killed, and the container with it");
        assertThat(Words.failure(attach, Endings.failed(Part.OUTSIDE, 0, 111, "")))
                .isEqualTo("the container takes nobody who attaches: its monitor is gone, or has enough");
        assertThat(Words.failure(attach, Endings.failed(Part.OUTSIDE, 0, 2, "")))
                .isEqualTo("step 1, attach the caller's input, output, errors to /run/a: ENOENT (no such file or"
                        + " directory)");
    }

    @Test
    void anotherPlansEndingIsToldByWhatItsReportSays() {
        var attach = Plan.act(List.of(new Plan.Line(new Step.Attach("/run/a", 7, "", true), "")), List.of());
        Report report = new Report(
                Outcome.ENDED,
                false,
                false,
                false,
                Part.OUTSIDE,
                -1,
                0,
                9,
                0,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                28,
                -1,
                0,
                "",
                0,
                Map.of(4, "oom_kill 1"),
                Map.of(4, "/sys/fs/cgroup/a/memory.events"));

        assertThat(Words.of(attach, report))
                .containsExactly(
                        "killed for want of memory", "lines of its log are missing: ENOSPC (no space left on device)");
        assertThat(ExitCode.of(attach, report)).isEqualTo(137);
    }

    private static String execute(Step.Execute execute, int error) {
        return Words.failure(Endings.plan(execute), Endings.failed(Part.INSIDE, 0, error, ""));
    }

    private static Report report(Outcome outcome, int step, int undoStep, int undoError) {
        return new Report(
                outcome,
                false,
                false,
                false,
                Part.OUTSIDE,
                step,
                0,
                0,
                0,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                0,
                undoStep,
                undoError,
                "",
                0,
                Map.of(),
                Map.of());
    }
}
