package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.Compiler;
import io.carafe.sandbox.seccomp.Program;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.ContainerState;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Capabilities, no_new_privs, Landlock, seccomp. The kernel takes the last two from a process that can
/// gain no more privileges, or that has `SYS_ADMIN` (seccomp(2), landlock_restrict_self(2)): so without
/// no_new_privs the last but one set still has it, and the filter must let capset(2) and prctl(2)
/// through. It comes last, since it may forbid Landlock's calls.
final class Privileges {
    private static final String WAIT_KILLABLE = "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV";
    private static final String FAIL_UNKNOWN = "run.oci.seccomp_fail_unknown_syscall";

    private Privileges() {}

    /// Where the path of the agent is the caller's, and with the caller's rights.
    static List<Line> before(Spec spec) {
        Seccomp seccomp = spec.linux().seccomp();
        if (seccomp == null || !seccomp.notifies() || seccomp.listenerPath() == null) {
            return Planner.none();
        }
        return List.of(
                line(new Step.Connect(Slot.AGENT, seccomp.listenerPath()), "who answers the box's system calls"));
    }

    static List<Line> steps(Spec spec, Host host, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        var fences = new ArrayList<>(Landlock.restrict(spec));
        fences.addAll(filter(spec, host, problems));
        Spec.Capabilities sets = spec.process().capabilities();
        if (spec.process().noNewPrivileges()) {
            steps.addAll(drop(sets));
            steps.add(line(new Step.NoNewPrivileges(), "set-uid programs give nothing"));
            steps.addAll(fences);
            return steps;
        }
        if (!fences.isEmpty()) {
            long needed = sets.permitted() | Capability.SYS_ADMIN.bit();
            steps.add(line(
                    new Step.SetCapabilities(needed, needed, 0),
                    "the kernel takes a filter from an administrator only"));
            steps.addAll(fences);
        }
        steps.addAll(drop(sets));
        return steps;
    }

    private static long ambient(Spec.Capabilities sets) {
        return sets.ambient() & sets.permitted() & sets.inheritable();
    }

    /// What the kernel must say of a box that waits for its start.
    static Line check(Spec spec) {
        Spec.Capabilities sets = spec.process().capabilities();
        Step check = new Step.CheckPrivileges(
                sets.inheritable(),
                sets.permitted(),
                sets.effective(),
                sets.bounding(),
                ambient(sets),
                spec.process().noNewPrivileges(),
                spec.linux().seccomp() != null);
        return line(check, "what was done is what is there");
    }

    private static List<Line> drop(Spec.Capabilities sets) {
        var steps = new ArrayList<Line>();
        steps.add(line(
                new Step.SetCapabilities(sets.effective(), sets.permitted(), sets.inheritable()),
                "what the program may do as this user"));
        // capabilities(7): the kernel raises no others, and what can't be granted is no failure (config.md, "Linux
        // Process")
        long ambient = ambient(sets);
        if (ambient != 0) {
            steps.add(line(new Step.RaiseAmbient(ambient), "kept by the programs it starts"));
        }
        return steps;
    }

    private static List<Line> filter(Spec spec, Host host, List<Problem> problems) {
        Seccomp seccomp = spec.linux().seccomp();
        if (seccomp == null) {
            return Planner.none();
        }
        boolean reports = spec.supervision().reports();
        problems.addAll(seccomp.problems(reports));
        Optional<Architecture> machine = Architecture.ofMachine(host.kernel().architecture());
        if (machine.isEmpty()) {
            problems.add(new Problem(
                    "linux.seccomp", "no system call table for " + host.kernel().architecture()));
        }
        unknown(spec, seccomp, problems);
        if (seccomp.notifies()) {
            listener(spec, seccomp, host, problems);
        }
        if (machine.isEmpty() || !problems.isEmpty()) {
            return Planner.none();
        }
        Program program = Compiler.compile(seccomp, machine.get(), reports);
        if (seccomp.notifies() && reports) {
            return List.of(line(
                    new Step.LoadReportingSeccomp(program.flags(), program.words()),
                    "a forbidden system call is reported, and never returns"));
        }
        if (seccomp.notifies()) {
            String metadata = seccomp.listenerMetadata() == null ? "" : seccomp.listenerMetadata();
            return List.of(line(
                    new Step.LoadNotifyingSeccomp(
                            Slot.AGENT,
                            ContainerState.forAgent(spec.container(), metadata),
                            program.flags(),
                            program.words()),
                    "an agent answers some system calls of the program"));
        }
        return List.of(line(
                new Step.LoadSeccomp(program.flags(), program.words()),
                "system calls that a program has no business with fail"));
    }

    private static void listener(Spec spec, Seccomp seccomp, Host host, List<Problem> problems) {
        if (seccomp.flags().contains(WAIT_KILLABLE) && !host.kernel().atLeast(5, 19)) {
            problems.add(new Problem("linux.seccomp.flags", WAIT_KILLABLE + " needs Linux 5.19"));
        }
        Spec.Scheduler scheduler = spec.process().scheduler();
        if (scheduler != null && scheduler.policy().equals("SCHED_DEADLINE")) { // clone(2): EAGAIN
            problems.add(new Problem(
                    "process.scheduler", "a process of SCHED_DEADLINE can't hand over a listener of linux.seccomp"));
        }
    }

    /// Names that no kernel has are passed over, as by every runtime, unless this is asked for, as crun
    /// has it.
    private static void unknown(Spec spec, Seccomp seccomp, List<Problem> problems) {
        if (spec.container().annotations().getOrDefault(FAIL_UNKNOWN, "0").equals("0")) {
            return;
        }
        for (String name : Compiler.unknownNames(seccomp)) {
            problems.add(
                    new Problem("linux.seccomp.syscalls", "no such system call: " + name + " (" + FAIL_UNKNOWN + ")"));
        }
    }
}
