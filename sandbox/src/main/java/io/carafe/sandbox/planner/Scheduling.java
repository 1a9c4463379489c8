package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IoPriority;
import io.carafe.sandbox.spec.Spec.Scheduler;
import java.util.ArrayList;
import java.util.List;

/// How the box's processes share processors and disks with others: sched(7), ioprio_set(2). Set for the first
/// process; all others inherit it.
final class Scheduling {
    /// By number (linux/sched.h). 4 was to be SCHED_ISO.
    private static final List<String> POLICIES =
            List.of("SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "", "SCHED_IDLE", "SCHED_DEADLINE");

    /// By bit (linux/sched.h). The two that clamp utilisation take values that a `config.json` can't give.
    private static final List<String> FLAGS = List.of(
            "SCHED_FLAG_RESET_ON_FORK",
            "SCHED_FLAG_RECLAIM",
            "SCHED_FLAG_DL_OVERRUN",
            "SCHED_FLAG_KEEP_POLICY",
            "SCHED_FLAG_KEEP_PARAMS");

    /// By number (linux/ioprio.h).
    private static final List<String> IO_CLASSES =
            List.of("", "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE");

    private static final String WHERE = "process.scheduler";
    private static final long RUNTIME_MIN = 1024; // the kernel's DL_SCALE

    private Scheduling() {}

    static List<Line> steps(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        Scheduler scheduler = spec.process().scheduler();
        if (scheduler != null) {
            check(scheduler, spec.supervision().init(), problems);
            long flags = 0;
            for (String flag : scheduler.flags()) {
                int bit = FLAGS.indexOf(flag);
                if (bit < 0) {
                    problems.add(new Problem(WHERE, "no such flag: " + flag));
                } else {
                    flags |= 1L << bit;
                }
            }
            steps.add(line(
                    new Step.SetScheduler(
                            POLICIES.indexOf(scheduler.policy()),
                            flags,
                            scheduler.nice(),
                            scheduler.priority(),
                            scheduler.runtime(),
                            scheduler.deadline(),
                            scheduler.period()),
                    "its share of the processors"));
        }
        IoPriority io = spec.process().ioPriority();
        if (io != null) {
            int type = IO_CLASSES.indexOf(io.type());
            if (type <= 0) {
                problems.add(new Problem("process.ioPriority", "no such class: " + io.type()));
            }
            if (io.priority() < 0 || io.priority() > 7) {
                problems.add(new Problem("process.ioPriority", io.priority() + " is not within 0 to 7"));
            }
            steps.add(line(new Step.SetIoPriority(type, io.priority()), "its share of the disks"));
        }
        return steps;
    }

    private static void check(Scheduler scheduler, boolean init, List<Problem> problems) {
        String policy = scheduler.policy();
        if (policy.isEmpty() || !POLICIES.contains(policy)) {
            problems.add(new Problem(WHERE, "no such policy: " + policy));
            return;
        }
        boolean nice = policy.equals("SCHED_OTHER") || policy.equals("SCHED_BATCH");
        boolean realtime = policy.equals("SCHED_FIFO") || policy.equals("SCHED_RR");
        boolean deadline = policy.equals("SCHED_DEADLINE");
        if (!nice && scheduler.nice() != 0) {
            problems.add(new Problem(
                    WHERE,
                    "nice " + scheduler.nice() + " is of SCHED_OTHER and SCHED_BATCH, " + policy
                            + " has no such value"));
        }
        if (scheduler.nice() < -20 || scheduler.nice() > 19) {
            problems.add(new Problem(WHERE, "nice " + scheduler.nice() + " is not within -20 to 19"));
        }
        if (realtime && (scheduler.priority() < 1 || scheduler.priority() > 99)) {
            problems.add(new Problem(
                    WHERE, policy + " needs a priority within 1 to 99, " + scheduler.priority() + " is none"));
        }
        if (!realtime && scheduler.priority() != 0) {
            problems.add(new Problem(
                    WHERE,
                    "priority " + scheduler.priority() + " is of SCHED_FIFO and SCHED_RR, " + policy
                            + " has no such value"));
        }
        if (deadline) {
            deadline(scheduler, init, problems);
        } else if ((scheduler.runtime() | scheduler.deadline() | scheduler.period()) != 0) {
            problems.add(
                    new Problem(WHERE, "runtime, deadline and period are of SCHED_DEADLINE, " + policy + " has none"));
        }
        for (String flag : List.of("SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN")) {
            if (!deadline && scheduler.flags().contains(flag)) {
                problems.add(new Problem(WHERE, flag + " is of SCHED_DEADLINE, " + policy + " has no such flag"));
            }
        }
        if (init && !deadline && scheduler.flags().contains("SCHED_FLAG_RESET_ON_FORK")) {
            problems.add(new Problem(
                    WHERE,
                    "SCHED_FLAG_RESET_ON_FORK with an init would hold for the init alone: do without it"
                            + " (--init=false)"));
        }
    }

    private static void deadline(Scheduler scheduler, boolean init, List<Problem> problems) {
        long period = scheduler.period() == 0 ? scheduler.deadline() : scheduler.period();
        if (scheduler.runtime() < RUNTIME_MIN
                || scheduler.runtime() > scheduler.deadline()
                || scheduler.deadline() > period) {
            problems.add(new Problem(
                    WHERE,
                    "SCHED_DEADLINE needs 1024 ns <= runtime <= deadline <= period, not runtime "
                            + scheduler.runtime() + ", deadline " + scheduler.deadline() + ", period "
                            + scheduler.period()));
        }
        if (init) {
            problems.add(new Problem(
                    WHERE,
                    "SCHED_DEADLINE is not passed on by fork(2), so that it can't be had with an init: do without"
                            + " it (--init=false)"));
        }
    }
}
