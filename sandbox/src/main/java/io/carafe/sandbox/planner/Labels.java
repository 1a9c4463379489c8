package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// What a security module is to take the box's program for. It is told so now, and it holds from the next
/// execve(2) on. Through the procfs that nobody else has seen ([ProcFiles]): written to a file that only
/// looks like it, a label is lost (CVE-2019-16884).
final class Labels {
    static final String APPARMOR = "apparmor";
    static final String SELINUX = "selinux";

    static final String MQUEUE = "mqueue";

    private Labels() {}

    /// Whether SELinux is told what a file system is to it. Those of the kernel have labels of their own.
    static boolean isLabelled(String type) {
        return !type.equals("proc") && !type.equals("sysfs") && !type.startsWith("cgroup");
    }

    /// For a process that joins a box: still in the caller's namespaces, through the caller's procfs.
    static List<Line> asTheCaller(Spec spec) {
        var steps = new ArrayList<Line>();
        for (Line line : steps(spec)) {
            if (line.step() instanceof Step.WriteIn(var _, var path, var text)) {
                steps.add(line(new Step.WriteFile("/proc/" + path, text), line.why()));
            }
        }
        return steps;
    }

    static boolean any(Spec spec) {
        return !spec.process().apparmorProfile().isEmpty()
                || !spec.process().selinuxLabel().isEmpty();
    }

    static List<Line> steps(Spec spec) {
        var steps = new ArrayList<Line>();
        String profile = spec.process().apparmorProfile();
        if (!profile.isEmpty()) {
            steps.add(line(
                    new Step.WriteIn(Slot.PROC, "self/attr/apparmor/exec", "exec " + profile),
                    "from the program on, AppArmor confines it"));
        }
        String label = spec.process().selinuxLabel();
        if (!label.isEmpty()) {
            steps.add(line(
                    new Step.WriteIn(Slot.PROC, "self/attr/keycreate", label),
                    "whose the box's keyring is to SELinux"));
            steps.add(line(
                    new Step.WriteIn(Slot.PROC, "self/attr/exec", label), "from the program on, SELinux confines it"));
        }
        return steps;
    }

    static void check(Spec spec, Host host, List<Problem> problems) {
        needs("process.apparmorProfile", spec.process().apparmorProfile(), APPARMOR, host, problems);
        needs("process.selinuxLabel", spec.process().selinuxLabel(), SELINUX, host, problems);
        needs("linux.mountLabel", spec.linux().mountLabel(), SELINUX, host, problems);
    }

    private static void needs(String where, String label, String module, Host host, List<Problem> problems) {
        if (!label.isEmpty() && !host.securityModules().contains(module)) {
            String name = module.equals(APPARMOR) ? "AppArmor" : "SELinux";
            problems.add(new Problem(where, name + " is not active on this machine: " + label + " can't be applied"));
        }
    }
}
