package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// Files that are made for the box, `/etc/hosts` and the like: each is written in the base, and mounted where it
/// belongs, so that neither the root's own directory nor what keeps its changes ever holds it. The box can write to it.
final class TextFiles {
    private static final int TEXT_MAX = 1 << 20;

    private TextFiles() {}

    /// After the mounts: whoever mounts an `/etc` gets them in it too.
    static List<Line> steps(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        for (int i = 0; i < spec.root().files().size(); i++) {
            Spec.TextFile file = spec.root().files().get(i);
            String where = "root.files[" + i + "]";
            Checks.absolute(where, file.path(), problems);
            if (file.text().indexOf('\0') >= 0 || file.text().length() > TEXT_MAX) {
                problems.add(new Problem(where, "no text of at most 1 MiB: " + file.path()));
                continue;
            }
            String name = "file" + i;
            steps.add(
                    line(new Step.MakeFile(Slot.BASE, name, file.mode(), file.text()), "the box's own " + file.path()));
            steps.add(line(new Step.CloneTree(Slot.MOUNT, Slot.BASE, name, false), "the box's own " + file.path()));
            steps.add(line(new Step.MakeMountPoint(Slot.ROOT, file.path(), Slot.MOUNT), "mount point"));
            steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, file.path(), true), "made for this box"));
        }
        return steps;
    }
}
