package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The box's root directory: put together on a tmpfs that lies over the old `/`, then made `/` by pivot_root(2).
final class Rootfs {
    private static final Map<String, Long> PROPAGATION = Map.of(
            "private", Attributes.MS_PRIVATE,
            "slave", Attributes.MS_SLAVE,
            "shared", Attributes.MS_SHARED,
            "unbindable", Attributes.MS_UNBINDABLE);
    private static final long SAFE = Attributes.NOSUID | Attributes.NODEV;

    private Rootfs() {}

    static List<Line> steps(Spec spec, Host host, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        steps.add(line(
                new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of("source=carafe", "mode=0755"), SAFE),
                "what the box changes is kept in memory, and gone with it"));
        steps.add(line(
                new Step.AttachMount(Slot.BASE, Slot.HOST, "/", false), "only a mounted file system can be built on"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "root", 0755), "where the new root is mounted"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "empty", 0755), "lies over masked directories"));
        steps.add(line(new Step.OpenDirectory(Slot.EMPTY, Slot.BASE, "empty"), "lies over masked directories"));
        boolean mapped = isMapped(spec, host);
        if (!spec.root().parts().isEmpty()) {
            steps.addAll(Parts.steps(spec, problems));
        } else if (spec.root().copyOnWrite()) {
            steps.addAll(Overlay.steps(spec, host, problems));
        } else {
            if (!mapped) {
                steps.add(apart());
                steps.add(clone(spec));
            }
            if (!Devices.openInRoot(spec)) {
                steps.add(line(
                        new Step.SetMountAttributes(Slot.ROOT, Attributes.NODEV, 0, 0, true),
                        "a device node in it opens nothing"));
            }
            if (spec.root().readonly()) {
                steps.add(line(
                        new Step.SetMountAttributes(Slot.ROOT, Attributes.RDONLY, 0, 0, true),
                        "what is mounted below the root is read-only too"));
                steps.add(line(
                        new Step.SetMountAttributes(Slot.ROOT, 0, Attributes.RDONLY, 0, false),
                        "the root itself not yet: mount points are made in it"));
            }
            if (!mapped) {
                steps.add(together());
            }
        }
        if (spec.root().parts().isEmpty()) {
            steps.add(attached());
        }
        return steps;
    }

    /// Outside, where a user namespace takes the right from the box: to reach the directory at all, and to show
    /// its files with the box's ids. A directory that the box works in keeps its files' ids: whoever made it
    /// has chosen them.
    static List<Line> before(Spec spec, Host host, List<Problem> problems) {
        if (!isMapped(spec, host)) {
            return Planner.none();
        }
        return spec.root().copyOnWrite() ? Overlay.before(spec, problems) : List.of(clone(spec), slave(Slot.ROOT));
    }

    /// Whether root gives the box files that it couldn't get for itself.
    static boolean isMapped(Spec spec, Host host) {
        return spec.linux().has(Namespace.USER) && host.isPrivileged();
    }

    private static Line clone(Spec spec) {
        return line(new Step.CloneTree(Slot.ROOT, Slot.HOST, spec.root().path(), true), "the box's root directory");
    }

    /// What is cloned outside isn't a slave as yet, as everything in the box's own mount namespace is.
    static Line slave(Slot mount) {
        return line(
                new Step.SetMountAttributes(mount, 0, 0, Attributes.MS_SLAVE, true),
                "nothing mounted on it reaches the host");
    }

    static Line attached() {
        return line(new Step.AttachMount(Slot.ROOT, Slot.BASE, "root", false), "pivot_root wants a mount point");
    }

    /// The base lies on the host's `/`: a clone of that with all below it would be one of the base too. Not
    /// before the overlay is made, which takes no upper directory from an unbindable mount.
    static Line apart() {
        return line(
                new Step.SetMountAttributes(Slot.BASE, 0, 0, Attributes.MS_UNBINDABLE, false),
                "no part of what is taken from the host");
    }

    static Line together() {
        return line(
                new Step.SetMountAttributes(Slot.BASE, 0, 0, Attributes.MS_PRIVATE, false), "masks are taken from it");
    }

    /// Leaves the old root for the new one.
    static List<Line> enter(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        // a missing working directory is made, as Docker does; in somebody's own read-only root it must be there
        if (!spec.root().readonly() || spec.root().store() != null) {
            steps.add(
                    line(new Step.MakeMountPoint(Slot.ROOT, spec.process().cwd(), Slot.HOST), "the working directory"));
        }
        if (spec.root().readonly()) {
            steps.add(line(
                    new Step.SetMountAttributes(Slot.ROOT, Attributes.RDONLY, 0, 0, false), "the root is read-only"));
            steps.addAll(Parts.close(spec));
        }
        if (spec.root().pivot()) {
            steps.add(line(new Step.PivotRoot(Slot.ROOT), "the box's root becomes /"));
            steps.add(line(new Step.UnmountTop(), "the tmpfs below the root is out of sight"));
            steps.add(line(new Step.UnmountTop(), "the host's files are out of reach"));
        } else {
            steps.add(line(new Step.MoveRoot(Slot.ROOT), "the box's root lies on /; the host's files stay below it"));
        }
        propagation(spec.linux().rootfsPropagation(), steps, problems);
        return steps;
    }

    /// Last: a shared root can't be pivoted to.
    private static void propagation(String word, List<Line> steps, List<Problem> problems) {
        if (word.isEmpty()) {
            return;
        }
        boolean all = word.startsWith("r");
        Long propagation = PROPAGATION.get(all ? word.substring(1) : word);
        if (propagation == null) {
            problems.add(new Problem("linux.rootfsPropagation", "no such propagation: " + word));
            return;
        }
        steps.add(line(new Step.SetMountAttributes(Slot.ROOT, 0, 0, propagation, all), "how mounts in the box spread"));
    }
}
