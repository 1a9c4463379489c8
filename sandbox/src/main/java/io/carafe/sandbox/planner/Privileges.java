package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.Compiler;
import io.carafe.sandbox.seccomp.Program;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Capabilities, no_new_privs, Landlock, seccomp. The kernel takes the last two from a process that can gain no
/// more privileges, or that has `SYS_ADMIN` (seccomp(2), landlock_restrict_self(2)): so without no_new_privs
/// the last but one set still has it, and the filter must let capset(2) and prctl(2) through. It comes last,
/// since it may forbid Landlock's calls.
final class Privileges {
    private Privileges() {}

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

    private static List<Line> drop(Spec.Capabilities sets) {
        var steps = new ArrayList<Line>();
        steps.add(line(
                new Step.SetCapabilities(sets.effective(), sets.permitted(), sets.inheritable()),
                "what the program may do as this user"));
        // capabilities(7): the kernel raises no others, and what can't be granted is no failure (config.md, "Linux
        // Process")
        long ambient = sets.ambient() & sets.permitted() & sets.inheritable();
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
        problems.addAll(seccomp.problems());
        Optional<Architecture> machine = Architecture.ofMachine(host.kernel().architecture());
        if (machine.isEmpty()) {
            problems.add(new Problem(
                    "linux.seccomp", "no system call table for " + host.kernel().architecture()));
        }
        if (seccomp.notifies()) {
            problems.add(new Problem("linux.seccomp", "SCMP_ACT_NOTIFY is not there yet"));
        }
        if (machine.isEmpty() || !problems.isEmpty()) {
            return Planner.none();
        }
        Program program = Compiler.compile(seccomp, machine.get());
        return List.of(line(
                new Step.LoadSeccomp(program.flags(), program.words()),
                "system calls that a program has no business with fail"));
    }
}
