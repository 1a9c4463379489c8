package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.List;

/// Binds with `shared`: what the box mounts below them the host sees too, and the other way round.
///
/// They are cloned while the host's mounts still are shared in the box's namespace: a clone of a shared mount is its
/// peer, one of a slave isn't. They are attached when everything else is: what we would mount on one, a tmpfs with
/// secrets say, would appear on the host. So nothing of ours may lie below one.
final class SharedMounts {
    private static final List<Slot> SLOTS = List.of(
            Slot.SHARED_A,
            Slot.SHARED_B,
            Slot.SHARED_C,
            Slot.SHARED_D,
            Slot.SHARED_E,
            Slot.SHARED_F,
            Slot.SHARED_G,
            Slot.SHARED_H);

    private SharedMounts() {}

    /// The last word on propagation counts, as everywhere.
    static boolean isShared(Mount mount) {
        return mount.isBind()
                && Attributes.of("", mount, new ArrayList<>()).shared()
                && !mount.options().contains("remount");
    }

    /// Before the host's mounts become slaves.
    static List<Line> take(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        int taken = 0;
        for (int i = 0; i < spec.mounts().size(); i++) {
            Mount mount = spec.mounts().get(i);
            if (!isShared(mount)) {
                continue;
            }
            String where = "mounts[" + i + "]";
            Checks.absolute(where + ".destination", mount.destination(), problems);
            Checks.absolute(where + ".source", mount.source(), problems);
            if (spec.linux().has(Namespace.USER)) {
                problems.add(
                        new Problem(where, "shared: out of a user namespace no mount spreads (mount_namespaces(7))"));
            }
            check(i, spec, problems);
            if (taken == SLOTS.size()) {
                problems.add(new Problem(where, "at most " + SLOTS.size() + " mounts of a box can be shared"));
                return steps;
            }
            Slot slot = SLOTS.get(taken++);
            steps.add(line(
                    new Step.CloneTree(
                            slot,
                            Slot.HOST,
                            mount.source(),
                            mount.options().contains("rbind"),
                            Mounts.takesLink(mount)),
                    "while it is shared: the host's " + mount.source()));
            Attributes attributes = Attributes.of(where + ".options", mount, problems);
            Mounts.checkBind(where, attributes, problems);
            Mounts.change(slot, mount, attributes, steps);
        }
        return steps;
    }

    /// After everything else. No link on the way: it could lead into another shared mount.
    static List<Line> attach(Spec spec) {
        var steps = new ArrayList<Line>();
        int taken = 0;
        for (Mount mount : spec.mounts()) {
            if (isShared(mount) && taken < SLOTS.size()) {
                Slot slot = SLOTS.get(taken++);
                steps.add(line(new Step.MakeMountPoint(Slot.ROOT, mount.destination(), slot), "mount point"));
                steps.add(line(
                        new Step.AttachMount(slot, Slot.ROOT, mount.destination(), false),
                        "what is mounted in it the host sees, and the other way round"));
            }
        }
        return steps;
    }

    private static void check(int index, Spec spec, List<Problem> problems) {
        String where = "mounts[" + index + "]";
        Mount shared = spec.mounts().get(index);
        for (int i = 0; i < spec.mounts().size(); i++) {
            Mount mount = spec.mounts().get(i);
            if (i != index && lies(mount.destination(), shared)) {
                problems.add(new Problem(
                        where,
                        mount.destination() + " lies in " + shared.destination()
                                + ", which is shared: it would be mounted on the host too"));
            }
        }
        var fenced = new ArrayList<>(spec.linux().maskedPaths());
        fenced.addAll(spec.linux().readonlyPaths());
        for (String path : fenced) {
            if (lies(path, shared)) {
                problems.add(new Problem(
                        where,
                        path + " lies in " + shared.destination() + ", which is shared, and can't be fenced there"));
            }
        }
    }

    private static boolean lies(String path, Mount shared) {
        List<String> directory = names(shared.destination());
        List<String> names = names(path);
        return names.size() >= directory.size()
                && names.subList(0, directory.size()).equals(directory);
    }

    private static List<String> names(String path) {
        var names = new ArrayList<String>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }
}
