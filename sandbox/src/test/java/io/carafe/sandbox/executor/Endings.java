package io.carafe.sandbox.executor;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A plan with a memory limit of 64 MiB and of 20 processes, and reports of how it can end.
final class Endings {
    static final Step.Execute EXECUTE =
            new Step.Execute(List.of("/usr/bin/ps", "/bin/ps"), List.of("ps", "secret"), List.of());
    static final Plan PLAN = plan(EXECUTE);

    private Endings() {}

    static Plan plan(Step... inside) {
        return new Plan(
                List.of(
                        line(new Step.MakeDirectory("/sys/fs/cgroup/memory/a", 0755)),
                        line(new Step.WriteFile("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "67108864")),
                        line(new Step.WriteFile("/sys/fs/cgroup/pids/a/pids.max", "20")),
                        line(new Step.Clone(0x20000000, ""))),
                List.of(inside).stream().map(Endings::line).toList(),
                List.of(
                        new Undo(0, new Step.Collect("/sys/fs/cgroup/memory/a/memory.oom_control"), ""),
                        new Undo(0, new Step.Collect("/sys/fs/cgroup/memory/a/memory.max_usage_in_bytes"), ""),
                        new Undo(0, new Step.Collect("/sys/fs/cgroup/cpuacct/a/cpuacct.usage"), ""),
                        new Undo(0, new Step.RemoveDirectory("/sys/fs/cgroup/memory/a", 10), "")),
                5000);
    }

    static Report ended(int status, boolean timedOut, Map<Integer, String> collected) {
        return ended(status, timedOut, collected, 0);
    }

    /// Of whose output some was lost.
    static Report ended(int status, boolean timedOut, Map<Integer, String> collected, int error) {
        return new Report(
                Outcome.ENDED,
                timedOut,
                false,
                false,
                Part.OUTSIDE,
                0,
                error,
                status,
                0,
                Duration.ofMillis(100),
                Duration.ofMillis(7),
                Duration.ofMillis(8),
                2048,
                0,
                -1,
                0,
                "",
                0,
                collected,
                Map.of());
    }

    static Report failed(Part part, int step, int error, String kernel) {
        return failed(part, step, error, kernel, ExitCode.NO_BOX);
    }

    static Report failed(Part part, int step, int error, String kernel, int code) {
        return new Report(
                Outcome.FAILED,
                false,
                false,
                false,
                part,
                step,
                error,
                0,
                code,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                0,
                -1,
                0,
                kernel,
                0,
                Map.of(),
                Map.of());
    }

    private static Line line(Step step) {
        return new Line(step, "");
    }
}
