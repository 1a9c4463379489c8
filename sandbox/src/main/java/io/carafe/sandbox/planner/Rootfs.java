package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
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
        if (spec.root().copyOnWrite()) {
            overlay(spec, steps, problems);
        } else {
            steps.add(apart());
            steps.add(line(
                    new Step.CloneTree(Slot.ROOT, Slot.HOST, spec.root().path(), true), "the box's root directory"));
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
            steps.add(together());
        }
        steps.add(line(new Step.AttachMount(Slot.ROOT, Slot.BASE, "root", false), "pivot_root wants a mount point"));
        return steps;
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

    private static void overlay(Spec spec, List<Line> steps, List<Problem> problems) {
        String lower = spec.root().path();
        // overlayfs splits at ':' and takes '\' before a character as itself
        String escaped = lower.replace("\\", "\\\\").replace(":", "\\:");
        if (escaped.getBytes(StandardCharsets.UTF_8).length > VALUE_MAX) {
            problems.add(new Problem("root.path", "longer than the 255 bytes that fsconfig(2) takes: " + lower));
        }
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "upper", 0755), "holds what the box changes"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "work", 0755), "overlayfs prepares changes here"));
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "so that upper and work need no path"));
        List<String> options = List.of("source=overlay", "lowerdir=" + escaped, "upperdir=upper", "workdir=work");
        boolean open = Devices.openInRoot(spec);
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "overlay", options, open ? 0 : Attributes.NODEV),
                "copy on write over " + lower + (open ? "" : "; a device node in it opens nothing")));
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
