package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.FileBox.Root.Bind;
import io.carafe.sandbox.planner.FileBox.Root.Resting;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// The root of a container that doesn't run, put together as it is for the container itself: what is copied up, hidden
/// and opaque is the kernel's business. What would be mounted in it is.
final class RestingFiles {
    private static final String ON_KEPT = "what it changes stays";

    private RestingFiles() {}

    static List<Line> enter(Resting files, Host host, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        for (int i = 0; i < files.binds().size(); i++) {
            clone(Slot.carried(i), files.binds().get(i), steps);
        }
        steps.addAll(FileBox.base());
        overlay(files, host, steps, problems);
        steps.addAll(FileBox.attachRoot());
        for (int i = 0; i < files.binds().size(); i++) {
            String destination = files.binds().get(i).destination();
            Slot slot = Slot.carried(i);
            steps.add(line(new Step.MakeMountPoint(Slot.ROOT, destination, slot), "as when it runs"));
            steps.add(line(new Step.AttachMount(slot, Slot.ROOT, destination, true), "as when it runs"));
        }
        if (!files.writes()) {
            steps.add(line(
                    new Step.SetMountAttributes(Slot.ROOT, Attributes.RDONLY, 0, 0, true), "it is only looked at"));
        }
        steps.addAll(FileBox.leaveHost());
        return steps;
    }

    private static void clone(Slot slot, Bind bind, List<Line> steps) {
        steps.add(line(
                bind.subpath().isEmpty()
                        ? new Step.CloneTree(slot, Slot.HOST, bind.source(), true)
                        : new Step.CloneBelow(slot, bind.source(), bind.subpath(), true),
                "what is mounted in it when it runs"));
        long attributes = bind.readOnly() ? FileBox.FENCES | Attributes.RDONLY : FileBox.FENCES;
        steps.add(line(
                new Step.SetMountAttributes(slot, attributes, 0, 0, true),
                "nothing in it is executed or opened as a device"));
    }

    /// As [Overlay] has it for one that runs.
    private static void overlay(Resting files, Host host, List<Line> steps, List<Problem> problems) {
        List<String> below = files.layers().subList(1, files.layers().size());
        var root = new Spec.Root(files.layers().getFirst(), true, true, below, null, List.of(), true);
        var lowers = new Lowers(root, false, host.kernel().atLeast(6, 8), steps);
        lowers.name(problems);
        steps.add(line(new Step.CloneTree(Slot.MOUNT, Slot.HOST, files.directory(), false), ON_KEPT));
        steps.add(line(
                new Step.SetMountAttributes(Slot.MOUNT, Attributes.NOSYMFOLLOW, 0, 0, false),
                "upper and work lead nowhere else"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "kept", 0755), "a short name for it"));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.BASE, "kept", false), ON_KEPT));
        steps.add(line(new Step.MakeMountPoint(Slot.BASE, "/kept/upper", Slot.HOST), ON_KEPT));
        steps.add(line(new Step.MakeMountPoint(Slot.BASE, "/kept/work", Slot.HOST), "overlayfs prepares changes here"));
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "where the layers' short names are"));
        List<String> marks = FileBox.marks(files.users(), host);
        var options = new ArrayList<>(List.of("source=overlay"));
        options.addAll(lowers.options(marks, FileBox.FENCES));
        options.add("upperdir=kept/upper");
        options.add("workdir=kept/work");
        options.addAll(marks);
        steps.add(line(new Step.NewFilesystem(Slot.ROOT, "overlay", options, FileBox.FENCES), "all of them as one"));
    }
}
