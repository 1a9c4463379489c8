package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.RootListing;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.RootPart;
import java.util.ArrayList;
import java.util.List;

/// The root of an ordinary user's box, where it can't be had as a whole.
final class Parts {
    private static final long SAFE = Attributes.NOSUID | Attributes.NODEV;

    private Parts() {}

    /// The kernel copies no directory for an ordinary user that something is mounted in: its parts then, one by
    /// one.
    static List<Line> steps(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        Spec.Root root = spec.root();
        if (!root.lower().isEmpty() || root.upper() != null) {
            problems.add(new Problem(
                    "root",
                    "something is mounted in it, and only root can have several layers of such, or keep its changes"));
        }
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "tmpfs", List.of("source=" + RootListing.SOURCE, "mode=0755"), SAFE),
                "put together of the parts that nothing is mounted in"));
        steps.add(Rootfs.attached()); // before Linux 6.15 only on what is attached itself others can be
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "so that upper and work need no path"));
        int number = 0;
        for (RootPart part : root.parts()) {
            String path = (root.path().equals("/") ? "" : root.path()) + "/" + part.path();
            switch (part) {
                case RootPart.Directory(var name, var mode) ->
                    steps.add(line(new Step.MakeDirectoryIn(Slot.ROOT, name, mode), "holds mounts, or nothing"));
                case RootPart.Link(var name, var target) ->
                    steps.add(line(new Step.MakeSymlink(Slot.ROOT, name, target), "as on the host"));
                case RootPart.Tree(var name, var mode) -> tree(name, path, mode, number++, steps, problems);
                case RootPart.File(var name) -> {
                    steps.add(line(new Step.CloneTree(Slot.MOUNT, Slot.HOST, path, false), "the host's " + path));
                    steps.add(line(
                            new Step.SetMountAttributes(Slot.MOUNT, Attributes.RDONLY | SAFE, 0, 0, false),
                            "a single file can't be copied on write"));
                    steps.add(line(new Step.MakeMountPoint(Slot.ROOT, name, Slot.MOUNT), "mount point"));
                    steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, name, false), "the host's " + path));
                }
            }
        }
        return steps;
    }

    private static void tree(
            String name, String lower, int mode, int number, List<Line> steps, List<Problem> problems) {
        String upper = "upper" + number;
        String work = "work" + number;
        if (!Lowers.fits(Lowers.escaped(lower))) {
            problems.add(new Problem("root.path", "longer than the 255 bytes that fsconfig(2) takes: " + lower));
        }
        steps.add(line(new Step.MakeDirectoryIn(Slot.ROOT, name, mode), "mount point"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, upper, mode), "holds what the box changes"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, work, 0755), "overlayfs prepares changes here"));
        var options = List.of(
                "source=" + RootListing.SOURCE,
                "lowerdir=" + Lowers.escaped(lower),
                "upperdir=" + upper,
                "workdir=" + work,
                "userxattr");
        steps.add(line(
                new Step.NewFilesystem(Slot.MOUNT, "overlay", options, Attributes.NODEV),
                "copy on write over " + lower));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, name, false), "the host's " + lower));
    }

    /// Makes them read-only, now that mount points have been made in them.
    static List<Line> close(Spec spec) {
        var steps = new ArrayList<Line>();
        for (RootPart part : spec.root().parts()) {
            if (part instanceof RootPart.Tree(var name, var mode) && !isCovered(spec, name)) {
                steps.add(line(new Step.OpenDirectory(Slot.MOUNT, Slot.ROOT, name), "a part of the root"));
                steps.add(line(
                        new Step.SetMountAttributes(Slot.MOUNT, Attributes.RDONLY, 0, 0, false),
                        "is read-only too, now that mount points are made in it"));
            }
        }
        return steps;
    }

    /// Whether something of its own is mounted over a part.
    private static boolean isCovered(Spec spec, String part) {
        return spec.mounts().stream().anyMatch(mount -> mount.destination().equals("/" + part));
    }
}
