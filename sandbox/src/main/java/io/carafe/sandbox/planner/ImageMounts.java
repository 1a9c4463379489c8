package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// An image's files on the host, for whoever wants to read them without a box: a mount in the caller's own mount
/// namespace, at `merged` in a directory that stands for the image. Of several all are mounted, or none.
public final class ImageMounts {
    /// Where in the directory the files are.
    public static final String FILES = "merged";

    private static final long SAFE = Attributes.NOSUID | Attributes.NODEV;
    private static final long READ_ONLY = Attributes.RDONLY | SAFE;

    private final Kernel kernel;
    private final List<Line> steps = new ArrayList<>();
    private final List<Undo> undo = new ArrayList<>();

    private ImageMounts(Kernel kernel) {
        this.kernel = kernel;
    }

    /// What is to be mounted.
    ///
    /// @param directory that stands for the image; nothing else is in it, and in the one above are only its like
    /// @param layers    directories with its files, the upper one first; one at least
    /// @param held      directories that nobody may take away before it is mounted
    /// @param left      somebody who was killed, or a machine that went down, has left the directory
    public record Wanted(String directory, List<String> layers, List<String> held, boolean left) {
        public Wanted {
            layers = List.copyOf(layers);
            held = List.copyOf(held);
        }
    }

    /// What is to be unmounted.
    ///
    /// @param directory as [Wanted] has it
    /// @param times     how many mounts lie there on each other; 0 if only the directory is left
    public record Mounted(String directory, int times) {}

    /// Mounts images.
    ///
    /// @throws InvalidSpec if one has too many layers
    public static Plan mount(List<Wanted> images, Kernel kernel) {
        var mounts = new ImageMounts(kernel);
        for (Wanted image : images) {
            mounts.add(image);
        }
        return Plan.act(mounts.steps, mounts.undo);
    }

    /// Unmounts images, and removes their directories.
    ///
    /// @param busy also those that somebody uses
    public static Plan unmount(List<Mounted> images, boolean busy) {
        var steps = new ArrayList<Line>();
        for (Mounted image : images) {
            String files = image.directory + "/" + FILES;
            steps.add(lock(image.directory));
            for (int i = 0; i < image.times; i++) {
                steps.add(line(new Step.Unmount(files, busy), "asked for"));
            }
            steps.add(line(new Step.RemoveDirectory(files, 0), "nothing is mounted there any more"));
            steps.add(line(new Step.RemoveDirectory(image.directory, 0), "what it stood for is unmounted"));
        }
        return Plan.act(steps, List.of());
    }

    private static Line lock(String directory) {
        return line(new Step.LockDirectory(directory, false), "one thing at a time is done to it");
    }

    private void add(Wanted image) {
        String above = image.directory.substring(0, image.directory.lastIndexOf('/'));
        String files = image.directory + "/" + FILES;
        steps.add(line(new Step.MakeDirectory(above, 0700, true), "has what is mounted"));
        steps.add(line(new Step.MakeDirectory(image.directory, 0700, true), "stands for the image"));
        steps.add(lock(image.directory));
        if (image.left) {
            steps.add(line(new Step.RemoveDirectory(files, 0), "left behind; nothing is mounted there"));
        }
        int made = steps.size();
        steps.add(line(new Step.MakeDirectory(files, 0700), "is mounted on; fails where somebody was quicker"));
        for (String held : image.held) {
            steps.add(line(new Step.LockDirectory(held, false, true), "nobody may take the layer away meanwhile"));
        }
        if (image.layers.size() == 1) {
            addBind(image.layers.getFirst());
        } else {
            addOverlay(image);
        }
        undo.add(new Undo(steps.size(), new Step.Unmount(files, true), "all are mounted, or none"));
        undo.add(new Undo(made, new Step.RemoveDirectory(files, 0), "it isn't mounted"));
        undo.add(new Undo(made, new Step.RemoveDirectory(image.directory, 0), "it isn't mounted"));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.HOST, files, false), "asked for"));
    }

    private void addBind(String layer) {
        steps.add(line(new Step.CloneTree(Slot.MOUNT, Slot.HOST, layer, false), "its only layer"));
        steps.add(line(
                new Step.SetMountAttributes(Slot.MOUNT, READ_ONLY, 0, Attributes.MS_PRIVATE, false),
                "an image never changes, and its programs and devices give nobody rights"));
    }

    private void addOverlay(Wanted image) {
        var problems = new ArrayList<Problem>();
        var names = new ArrayList<Line>();
        List<String> layers = image.layers;
        var root =
                new Spec.Root(layers.getFirst(), true, true, layers.subList(1, layers.size()), null, List.of(), true);
        var lowers = new Lowers(root, false, kernel.atLeast(6, 8), names);
        List<String> options = lowers.alone(problems);
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        if (!names.isEmpty()) {
            steps.add(line(
                    new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of("source=carafe", "mode=0700"), SAFE),
                    "holds short names; gone as soon as they have been used"));
            steps.addAll(names);
            steps.add(line(new Step.EnterDirectory(Slot.BASE), "so that short names need no path"));
        }
        var all = new ArrayList<>(List.of("source=overlay"));
        all.addAll(options);
        steps.add(line(
                new Step.NewFilesystem(Slot.MOUNT, "overlay", all, READ_ONLY),
                layers.size() + " layers; its programs and devices give nobody rights"));
    }
}
