package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// The steps for a box's groups while they are being put together.
final class Draft {
    final List<Line> outside = new ArrayList<>();
    final List<Line> inside = new ArrayList<>();
    private final List<Undo> collect = new ArrayList<>();
    private final List<Undo> remove = new ArrayList<>();

    void outside(Step step, String why) {
        outside.add(new Line(step, why));
    }

    /// Makes a group that goes with the box. Returns the step's number.
    int group(String path, String why) {
        int step = outside.size();
        outside(new Step.MakeDirectory(path, 0755), why);
        remove.add(new Undo(step, new Step.RemoveDirectory(path, Limits.PATIENCE), "the group goes with the box"));
        return step;
    }

    void collect(int after, String file, String why) {
        collect.add(new Undo(after, new Step.Collect(file), why));
    }

    /// What is read, before what is removed.
    List<Undo> undo() {
        var undo = new ArrayList<>(collect);
        undo.addAll(remove);
        return undo;
    }
}
