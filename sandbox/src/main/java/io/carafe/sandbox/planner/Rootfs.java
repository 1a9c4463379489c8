package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.RootListing;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.RootPart;
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
            together(spec, steps, problems);
        } else if (spec.root().copyOnWrite()) {
            overlay(spec, mapped, steps, problems);
        } else {
            if (!mapped) {
                steps.add(apart());
                steps.add(clone(spec));
            }
            if (!Devices.opensAll(spec.linux().resources().devices())) {
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
        steps.add(line(new Step.AttachMount(Slot.ROOT, Slot.BASE, "root", false), "pivot_root wants a mount point"));
        return steps;
    }

    /// Outside, where a user namespace takes the right from the box: to reach the directory at all, and to show
    /// its files with the box's ids. A directory that the box works in keeps its files' ids: whoever made it
    /// has chosen them.
    static List<Line> before(Spec spec, Host host) {
        if (!isMapped(spec, host)) {
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

    /// Whether root gives the box files that it couldn't get for itself.
    private static boolean isMapped(Spec spec, Host host) {
        return spec.linux().has(Namespace.USER) && host.isPrivileged();
    }

    private static Line clone(Spec spec) {
        return line(new Step.CloneTree(Slot.ROOT, Slot.HOST, spec.root().path(), true), "the box's root directory");
    }

    /// What is cloned outside isn't a slave as yet, as everything in the box's own mount namespace is.
    static Line slave(Slot mount) {
        return line(new Step.SetMountAttributes(mount, 0, 0, MS_SLAVE, true), "nothing mounted on it reaches the host");
    }

    /// The base lies on the host's `/`: a clone of that with all below it would be one of the base too. Not
    /// before the overlay is made, which takes no upper directory from an unbindable mount.
    static Line apart() {
        return line(
                new Step.SetMountAttributes(Slot.BASE, 0, 0, MS_UNBINDABLE, false),
                "no part of what is taken from the host");
    }

    static Line together() {
        return line(new Step.SetMountAttributes(Slot.BASE, 0, 0, MS_PRIVATE, false), "masks are taken from it");
    }

    /// The kernel copies no directory for an ordinary user that something is mounted in: its parts then, one by
    /// one.
    private static void together(Spec spec, List<Line> steps, List<Problem> problems) {
        Spec.Root root = spec.root();
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "tmpfs", List.of("source=" + RootListing.SOURCE, "mode=0755"), SAFE),
                "put together of the parts that nothing is mounted in"));
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
    }

    private static void tree(
            String name, String lower, int mode, int number, List<Line> steps, List<Problem> problems) {
        String upper = "upper" + number;
        String work = "work" + number;
        steps.add(line(new Step.MakeDirectoryIn(Slot.ROOT, name, mode), "mount point"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, upper, mode), "holds what the box changes"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, work, 0755), "overlayfs prepares changes here"));
        var options = List.of(
                "source=" + RootListing.SOURCE,
                "lowerdir=" + escaped(lower, problems),
                "upperdir=" + upper,
                "workdir=" + work,
                "userxattr");
        steps.add(line(
                new Step.NewFilesystem(Slot.MOUNT, "overlay", options, Attributes.NODEV),
                "copy on write over " + lower));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, name, false), "the host's " + lower));
    }

    /// overlayfs splits at ':' and takes '\\' before a character as itself.
    private static String escaped(String lower, List<Problem> problems) {
        String escaped = lower.replace("\\", "\\\\").replace(":", "\\:");
        if (escaped.getBytes(StandardCharsets.UTF_8).length > VALUE_MAX) {
            problems.add(new Problem("root.path", "longer than the 255 bytes that fsconfig(2) takes: " + lower));
        }
        return escaped;
    }

    private static void overlay(Spec spec, boolean mapped, List<Line> steps, List<Problem> problems) {
        String lower = spec.root().path();
        boolean devices = Devices.opensAll(spec.linux().resources().devices());
        String escaped = mapped ? "lower" : escaped(lower, problems);
        if (mapped) {
            steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "lower", 0755), "mount point"));
            steps.add(line(
                    new Step.AttachMount(Slot.LOWER, Slot.BASE, "lower", false),
                    "overlayfs takes what is mounted only"));
        }
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "upper", 0755), "holds what the box changes"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "work", 0755), "overlayfs prepares changes here"));
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "so that upper and work need no path"));
        var options = new ArrayList<String>();
        options.addAll(List.of("source=overlay", "lowerdir=" + escaped, "upperdir=upper", "workdir=work"));
        if (spec.linux().has(Namespace.USER)) {
            options.add("userxattr"); // trusted.* is for the host's root alone
        }
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "overlay", options, devices ? 0 : Attributes.NODEV),
                "copy on write over " + lower + (devices ? "" : "; a device node in it opens nothing")));
    }

    /// Whether something of its own is mounted over a part.
    private static boolean isCovered(Spec spec, String part) {
        return spec.mounts().stream().anyMatch(mount -> mount.destination().equals("/" + part));
    }

    /// Leaves the old root for the new one.
    static List<Line> enter(Spec spec) {
        var steps = new ArrayList<Line>();
        if (spec.root().readonly()) {
            steps.add(line(
                    new Step.SetMountAttributes(Slot.ROOT, Attributes.RDONLY, 0, 0, false), "the root is read-only"));
            for (RootPart part : spec.root().parts()) {
                if (part instanceof RootPart.Tree(var name, var mode) && !isCovered(spec, name)) {
                    steps.add(line(new Step.OpenDirectory(Slot.MOUNT, Slot.ROOT, name), "a part of the root"));
                    steps.add(line(
                            new Step.SetMountAttributes(Slot.MOUNT, Attributes.RDONLY, 0, 0, false),
                            "is read-only too, now that mount points are made in it"));
                }
            }
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
