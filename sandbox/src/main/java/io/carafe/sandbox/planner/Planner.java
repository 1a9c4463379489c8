package io.carafe.sandbox.planner;

import io.carafe.sandbox.cgroup.GroupSteps;
import io.carafe.sandbox.cgroup.Limits;
import io.carafe.sandbox.cgroup.Site;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Handover.Left;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `(Spec, Host) -> Plan`, a pure function. The order of the steps stands here and nowhere else.
public final class Planner {
    private Planner() {}

    /// What will be done to run such a box on such a machine.
    ///
    /// @throws InvalidSpec with every problem found: nothing has been done then
    public static Plan plan(Spec spec, Host host) {
        return plan(spec, host, Site.onDemand(spec.linux().cgroupsPath(), host.usableCgroups()), null);
    }

    /// What will be done to make a container that others start, signal and delete.
    ///
    /// @param site     where its control groups are
    /// @param handover null for a box that is waited for, and that nobody else knows
    /// @throws InvalidSpec with every problem found: nothing has been done then
    public static Plan plan(Spec spec, Host host, Site site, @Nullable Handover handover) {
        var problems = new ArrayList<Problem>();
        Checks.check(spec, host, problems);
        Resources resources = spec.linux().resources();
        if (host.isPrivileged()) { // in a user namespace of anybody else the kernel makes no device, and opens none
            resources = resources.withDevices(Devices.rules(spec, host.usableCgroups()));
        } else if (site.every()) {
            resources = resources.withDevices(List.of()); // whoever has it run tells every runtime the same
        }
        boolean killable = !spec.linux().makes(Namespace.PID);
        boolean frozen = reports(spec) && Limits.canKill(site, host.usableCgroups());
        Limits limits = Limits.of(resources, site, killable || frozen, host.usableCgroups(), problems);

        var outside = new ArrayList<Line>();
        var undo = new ArrayList<Undo>();
        var undoLast = new ArrayList<Undo>();
        if (handover != null) {
            Lifecycle.check(spec, host, handover, problems);
            Mounts.refuseGiven(spec, problems);
            outside.addAll(Lifecycle.before(handover, undoLast));
        }
        if (!limits.late()) {
            add(limits, outside, undo);
            outside.addAll(GroupOwner.outside(spec, host, site));
        }
        undo.addAll(ResctrlGroups.undo(spec, host, outside.size()));
        outside.addAll(ResctrlGroups.outside(spec, host));
        undo.addAll(Overlay.undo(spec.root(), outside.size()));
        outside.addAll(Overlay.outside(spec.root()));
        outside.addAll(Volumes.outside(spec));
        outside.addAll(Emulation.outside(spec));
        outside.addAll(IdMaps.before(spec, host)); // what only the host's root may do to mounts, the box inherits
        outside.addAll(ProcFiles.before(spec));
        outside.addAll(Rootfs.before(spec, host, problems));
        outside.addAll(Mounts.before(spec, host, problems));
        outside.addAll(Devices.before(spec, host));
        outside.addAll(Privileges.before(spec));
        var undoLinks = new ArrayList<Undo>();
        outside.addAll(Cables.before(spec, outside.size(), undoLinks));
        undo.addAll(undoLinks);
        outside.addAll(Namespaces.before(spec, host)); // last: where the executor then is, only the box shall be born
        outside.add(new Line(
                new Step.Clone(Namespaces.atClone(spec), limits.late() ? "" : limits.cgroup(), Namespaces.users(spec)),
                "the process that becomes the box"));
        if (limits.late()) {
            add(limits, outside, undo);
            outside.addAll(GroupOwner.outside(spec, host, site));
        }
        outside.addAll(IdMaps.after(spec, host, problems)); // it waits: inside, nobody may
        outside.addAll(Rlimits.after(spec, problems));
        outside.addAll(Interfaces.after(spec, host));
        outside.addAll(Cables.after(spec));
        outside.addAll(Companions.after(spec)); // last: it finds the box as it will be

        List<Line> inside = inside(spec, host, handover, limits, problems);
        if (handover != null) {
            outside.addAll(Lifecycle.after(spec, handover, outside.size(), undoLast));
        }
        if (handover != null && handover.monitor() != null) {
            collect(site, outside.size() - 1, undo);
        }
        undo.addAll(undoLast);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        long timeout = spec.supervision().timeout().toMillis();
        return handover == null
                ? new Plan(outside, inside, undo, timeout)
                : new Plan(
                        outside,
                        inside,
                        undo,
                        timeout,
                        handover.left().isAlone(),
                        handover.left() == Left.STOPPED,
                        handover.preserved());
    }

    /// Whether it is to stand still at a forbidden call, in a group of its own if there is one to be had, and
    /// what it has changed is to be known.
    static boolean reports(Spec spec) {
        Seccomp seccomp = spec.linux().seccomp();
        return spec.supervision().reports() && seccomp != null && seccomp.notifies();
    }

    private static void add(Limits limits, List<Line> outside, List<Undo> undo) {
        int before = outside.size();
        outside.addAll(limits.outside());
        limits.undo().forEach(it -> undo.add(new Undo(before + it.after(), it.step(), it.why())));
    }

    /// What its groups say of its end is read when all of it is dead, and before they go.
    private static void collect(Site site, int after, List<Undo> undo) {
        int at = 0;
        while (at < undo.size() && undo.get(at).step() instanceof Step.KillGroup) {
            at++;
        }
        for (Line line : GroupSteps.evidence(site.groups())) {
            undo.add(at++, new Undo(after, line.step(), line.why()));
        }
    }

    private static List<Line> inside(
            Spec spec, Host host, @Nullable Handover handover, Limits limits, List<Problem> problems) {
        var inside = new ArrayList<Line>();
        inside.addAll(
                limits.inside()); // before the cgroup namespace, which takes them as its root; still as the caller
        inside.addAll(ResctrlGroups.inside(spec, host)); // likewise
        inside.addAll(ProcFiles.asTheCaller(spec)); // likewise
        inside.addAll(IdMaps.enter(spec, host)); // before anything is made, which would belong to nobody
        inside.addAll(SharedMounts.take(spec, problems));
        inside.addAll(Namespaces.steps(spec));
        inside.addAll(ProcFiles.steps(spec, problems)); // before anything of the box's is in reach
        inside.addAll(Rootfs.steps(spec, host, problems));
        inside.addAll(Mounts.steps(spec, host, limits, problems));
        inside.addAll(TextFiles.steps(spec, problems));
        inside.addAll(Secrets.steps(spec, host, problems)); // nothing may lie over them
        inside.addAll(Devices.steps(spec, host, handover));
        inside.addAll(Streams.steps(spec, handover));
        inside.addAll(Emulation.inside(spec, host, problems)); // while the host's files can be reached
        inside.addAll(Masks.steps(spec)); // over everything mounted before
        inside.addAll(SharedMounts.attach(spec)); // nothing is mounted in them by us
        if (handover != null) {
            inside.addAll(Lifecycle.beforeRoot(spec));
        }
        inside.addAll(Rootfs.enter(spec, problems)); // from here on the host's files are out of reach
        inside.addAll(Names.steps(spec));
        inside.addAll(Interfaces.steps(spec, host));
        inside.addAll(Cables.inside(spec));
        inside.addAll(Landlock.rules(spec, host, problems)); // with the rights to reach every mount
        inside.addAll(Labels.steps(spec)); // before Landlock, which keeps the box from what it is told in
        inside.addAll(Scheduling.steps(spec, problems)); // as the next, what the user may not do
        inside.addAll(Affinity.steps(spec, problems));
        inside.addAll(MemoryPolicies.steps(spec, problems));
        inside.addAll(Personalities.steps(spec, problems));
        inside.addAll(Rlimits.steps(spec, problems)); // before the user, who may not raise them
        if (handover != null) {
            inside.addAll(Lifecycle.beforeUser(spec));
        }
        inside.addAll(User.steps(spec, host, handover == null || handover.keyring()));
        if (handover != null) {
            inside.addAll(Lifecycle.beforePrivileges(spec, handover));
        }
        inside.addAll(Privileges.steps(spec, host, problems)); // seccomp last: it may forbid every call above
        if (handover != null) {
            inside.addAll(Lifecycle.beforeProgram(spec, handover)); // reads and writes alone, and what hooks need
            inside.add(Entry.program(spec));
        } else {
            inside.addAll(Entry.steps(spec));
        }
        return inside;
    }

    static Line line(Step step, String why) {
        return new Line(step, why);
    }

    static List<Line> none() {
        return List.of();
    }
}
