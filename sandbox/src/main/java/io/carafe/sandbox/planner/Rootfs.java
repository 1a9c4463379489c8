package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The box's root directory: put together on a tmpfs that lies over the old `/`, then made `/` by pivot_root(2).
final class Rootfs {
    private static final int VALUE_MAX = 255; // fsconfig(2)
    private static final long MS_UNBINDABLE = 1 << 17;
    private static final long MS_PRIVATE = 1 << 18;
    private static final long MS_SLAVE = 1 << 19;
    private static final long SAFE = Attributes.NOSUID | Attributes.NODEV;

    private Rootfs() {}

    static List<Line> steps(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        steps.add(line(
                new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of("source=carafe", "mode=0755"), SAFE),
                "what the box changes is kept in memory, and gone with it"));
        steps.add(line(
                new Step.AttachMount(Slot.BASE, Slot.HOST, "/", false), "only a mounted file system can be built on"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "root", 0755), "where the new root is mounted"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "empty", 0755), "lies over masked directories"));
        steps.add(line(new Step.OpenDirectory(Slot.EMPTY, Slot.BASE, "empty"), "lies over masked directories"));
        boolean mapped = spec.linux().has(Namespace.USER);
        if (spec.root().copyOnWrite()) {
            overlay(spec.root().path(), mapped, steps, problems);
        } else {
            if (!mapped) {
                steps.add(apart());
                steps.add(clone(spec));
            }
            steps.add(line(
                    new Step.SetMountAttributes(Slot.ROOT, Attributes.NODEV, 0, 0, true),
                    "a device node in it opens nothing"));
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
        steps.add(line(new Step.AttachMount(Slot.ROOT, Slot.BASE, "root", false), "pivot_root wants a mount point"));
        return steps;
    }

    /// Outside, where a user namespace takes the right from the box: to reach the directory at all, and to show its
    /// files
    /// with the box's ids. A directory that the box works in keeps its files' ids: whoever made it has chosen them.
    static List<Line> before(Spec spec) {
        if (!spec.linux().has(Namespace.USER)) {
            return Planner.none();
        }
        if (!spec.root().copyOnWrite()) {
            return List.of(clone(spec), slave(Slot.ROOT));
        }
        return List.of(
                line(
                        new Step.CloneTree(Slot.LOWER, Slot.HOST, spec.root().path(), false),
                        "what the box's root is copied from"),
                slave(Slot.LOWER),
                line(new Step.MapIds(Slot.LOWER, Slot.IDS, false), "the host's root owns its files as the box's root"));
    }

    private static Line clone(Spec spec) {
        return line(new Step.CloneTree(Slot.ROOT, Slot.HOST, spec.root().path(), true), "the box's root directory");
    }

    /// What is cloned outside isn't a slave as yet, as everything in the box's own mount namespace is.
    static Line slave(Slot mount) {
        return line(new Step.SetMountAttributes(mount, 0, 0, MS_SLAVE, true), "nothing mounted on it reaches the host");
    }

    /// The base lies on the host's `/`: a clone of that with all below it would be one of the base too. Not before the
    /// overlay is made, which takes no upper directory from an unbindable mount.
    static Line apart() {
        return line(
                new Step.SetMountAttributes(Slot.BASE, 0, 0, MS_UNBINDABLE, false),
                "no part of what is taken from the host");
    }

    static Line together() {
        return line(new Step.SetMountAttributes(Slot.BASE, 0, 0, MS_PRIVATE, false), "masks are taken from it");
    }

    private static void overlay(String lower, boolean mapped, List<Line> steps, List<Problem> problems) {
        // overlayfs splits at ':' and takes '\' before a character as itself
        String escaped = lower.replace("\\", "\\\\").replace(":", "\\:");
        if (mapped) {
            steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "lower", 0755), "mount point"));
            steps.add(line(
                    new Step.AttachMount(Slot.LOWER, Slot.BASE, "lower", false),
                    "overlayfs takes what is mounted only"));
            escaped = "lower";
        }
        if (escaped.getBytes(StandardCharsets.UTF_8).length > VALUE_MAX) {
            problems.add(new Problem("root.path", "longer than the 255 bytes that fsconfig(2) takes: " + lower));
        }
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "upper", 0755), "holds what the box changes"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "work", 0755), "overlayfs prepares changes here"));
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "so that upper and work need no path"));
        var options = new ArrayList<String>();
        options.addAll(List.of("source=overlay", "lowerdir=" + escaped, "upperdir=upper", "workdir=work"));
        if (mapped) {
            options.add("userxattr"); // trusted.* is for the host's root alone
        }
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "overlay", options, Attributes.NODEV),
                "copy on write over " + lower + "; a device node in it opens nothing"));
    }

    /// Leaves the old root for the new one.
    static List<Line> enter(Spec spec) {
        var steps = new ArrayList<Line>();
        if (spec.root().readonly()) {
            steps.add(line(
                    new Step.SetMountAttributes(Slot.ROOT, Attributes.RDONLY, 0, 0, false), "the root is read-only"));
        } else {
            // a missing working directory is made, as Docker does; in a read-only root it must be there
            steps.add(
                    line(new Step.MakeMountPoint(Slot.ROOT, spec.process().cwd(), Slot.HOST), "the working directory"));
        }
        steps.add(line(new Step.PivotRoot(Slot.ROOT), "the box's root becomes /"));
        steps.add(line(new Step.UnmountTop(), "the tmpfs below the root is out of sight"));
        steps.add(line(new Step.UnmountTop(), "the host's files are out of reach"));
        return steps;
    }
}
