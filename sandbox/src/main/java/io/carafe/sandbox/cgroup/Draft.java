package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.Site.Way;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// The steps for a box's groups while they are being put together.
final class Draft {
    final List<Line> outside = new ArrayList<>();
    final List<Line> inside = new ArrayList<>();
    private final List<Undo> first = new ArrayList<>();
    private final List<Undo> collect = new ArrayList<>();
    private final List<Undo> remove = new ArrayList<>();
    private final List<Undo> above = new ArrayList<>();
    private final Site site;

    Draft(Site site) {
        this.site = site;
    }

    void outside(Step step, String why) {
        outside.add(new Line(step, why));
    }

    /// Makes a group that goes with the box. Returns the step's number.
    int group(String path, String why) {
        int step = outside.size();
        if (site.groups().unit().isThere()) { // systemd may have made it by now
            outside(new Step.MakeGroup(path), why);
        } else {
            outside(new Step.MakeDirectory(path, 0755), why);
        }
        remove.add(new Undo(
                step,
                site.every()
                        ? new Step.RemoveGroup(path, Limits.PATIENCE, false)
                        : new Step.RemoveDirectory(path, Limits.PATIENCE),
                "the group goes with the box"));
        return step;
    }

    /// Makes one on the way, which others may have use for.
    void above(String path) {
        above.addFirst(new Undo(
                outside.size(),
                new Step.RemoveGroup(path, 0, true),
                "nothing is left of a box that didn't come to be"));
        outside(new Step.MakeGroup(path), "on the way to the box's group");
    }

    /// Makes a v1 group, and those on the way to it. Returns the number of a step after which it is there.
    ///
    /// @param entered a cpuset, which can't be entered before it has something in it
    int group(String path, Way way, boolean entered, String why) {
        way.empty().forEach(group -> cpuset(group, way));
        for (String group : way.above()) {
            above(group);
            if (entered) {
                cpuset(group, way);
            }
        }
        return way.there() ? Math.max(outside.size() - 1, 0) : group(path, why);
    }

    /// An empty cpuset can't be entered, and neither can a group in it have anything.
    void cpuset(String group, Way way) {
        String why = "a new cpuset is empty, and an empty one can't be entered";
        outside(new Step.WriteFile(group + "/cpuset.cpus", way.cpus()), why);
        outside(new Step.WriteFile(group + "/cpuset.mems", way.mems()), why);
    }

    void collect(int after, String file, String why) {
        if (!site.every()) { // nobody would read it
            collect.add(new Undo(after, new Step.Collect(file), why));
        }
    }

    /// Before everything else is undone.
    void undoFirst(int after, Step step, String why) {
        first.add(new Undo(after, step, why));
    }

    /// What is read, before what is removed; what is below, before what is above.
    List<Undo> undo() {
        var undo = new ArrayList<>(first);
        undo.addAll(collect);
        undo.addAll(remove);
        undo.addAll(above);
        return undo;
    }
}
