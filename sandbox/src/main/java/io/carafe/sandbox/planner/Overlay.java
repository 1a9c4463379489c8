package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Upper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A root that is copied on write: overlayfs over one or more directories ([Lowers]).
final class Overlay {
    /// Milliseconds. One that has ended holds it until all of it is cleaned up after.
    private static final int PATIENCE = 1000;

    private static final Slot KEPT = Slot.carried(Slot.CARRIED_MAX - 1);

    private final Kernel kernel;
    private final boolean mapped; // the box has a user namespace, whose ids the layers are shown with
    private final boolean userNamespace;
    private final boolean devices;
    private final boolean reports;
    private final List<Problem> problems;
    private final List<Line> steps = new ArrayList<>();

    private Overlay(Spec spec, Host host, List<Problem> problems) {
        this.kernel = host.kernel();
        this.mapped = Rootfs.isMapped(spec, host);
        this.userNamespace = spec.linux().has(Namespace.USER);
        this.devices = Devices.openInRoot(spec);
        this.reports = Planner.reports(spec);
        this.problems = problems;
    }

    static List<Line> steps(Spec spec, Host host, List<Problem> problems) {
        var overlay = new Overlay(spec, host, problems);
        overlay.add(spec.root());
        return overlay.steps;
    }

    /// Outside, for a box with a user namespace: its layers, shown with the box's ids. What the box keeps is
    /// written with them too.
    static List<Line> before(Spec spec, List<Problem> problems) {
        var steps = new ArrayList<>(Lowers.before(spec.root(), problems));
        Upper upper = spec.root().upper();
        if (upper != null) {
            Lowers.carry(KEPT, upper.directory(), "keeps what the box changes", steps);
        }
        return steps;
    }

    /// Nobody else may write to a directory that a box writes to: overlayfs itself only warns of it. What is in a
    /// store stays there for as long as the box runs.
    static List<Line> outside(Spec.Root root) {
        var steps = new ArrayList<Line>();
        Upper upper = root.upper();
        if (upper != null) {
            steps.add(line(
                    new Step.LockDirectory(upper.directory(), true, false, PATIENCE),
                    "no other box may write there meanwhile"));
        }
        if (upper != null && upper.unsynced()) {
            steps.add(line(
                    new Step.MakeDirectory(upper.directory() + "/volatile", 0700),
                    "a mark that stays if the machine goes down"));
        }
        Spec.Store store = root.store();
        for (String held : store == null ? List.<String>of() : store.held()) {
            steps.add(line(new Step.LockDirectory(held, true, true), "nobody may take the layer away meanwhile"));
        }
        return steps;
    }

    /// Overlayfs leaves a mark in what it didn't sync, and refuses to take it again: the machine may have gone
    /// down. It hasn't, so that goes, if it is of this box: ours is what tells.
    ///
    /// @param first the place of this part's first outside step
    static List<Undo> undo(Spec.Root root, int first) {
        Upper upper = root.upper();
        if (upper == null || !upper.unsynced()) {
            return List.of();
        }
        String mark = upper.directory() + "/work/work/incompat/volatile";
        String why = "the machine is still up: what was written is whole";
        return List.of(
                new Undo(first + 1, new Step.RemoveFile(mark + "/dirty"), why),
                new Undo(first + 1, new Step.RemoveDirectory(mark, 0), why),
                new Undo(first + 1, new Step.RemoveDirectory(upper.directory() + "/volatile", 0), why));
    }

    private void add(Spec.Root root) {
        var lowers = new Lowers(root, mapped, kernel.atLeast(6, 8), steps);
        lowers.name(problems);
        String upper = upper(root.upper());
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "so that upper and work need no path"));
        List<String> ofNamespace = userNamespace ? List.of("userxattr") : List.of(); // trusted.* is the host root's
        long attributes = devices ? 0 : Attributes.NODEV;
        var options = new ArrayList<String>();
        options.add("source=overlay");
        options.addAll(lowers.options(ofNamespace, attributes));
        options.add("upperdir=" + upper + "upper");
        options.add("workdir=" + upper + "work");
        if (root.upper() != null && root.upper().unsynced()) {
            options.add("volatile");
        }
        options.addAll(ofNamespace);
        String over = root.path()
                + (root.lower().isEmpty() ? "" : " and " + root.lower().size() + " more");
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "overlay", options, attributes),
                "copy on write over " + over + (devices ? "" : "; a device node in it opens nothing")));
        if (reports) {
            steps.add(
                    line(new Step.ReportUpper(Slot.BASE, upper + "upper"), "what it has changed at a forbidden call"));
        }
    }

    /// Makes the directories that are written to, and returns where in the base they are.
    private String upper(@Nullable Upper upper) {
        if (upper == null) {
            steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "upper", 0755), "holds what the box changes"));
            steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "work", 0755), "overlayfs prepares changes here"));
            return "";
        }
        Checks.absolute("root.upper", upper.directory(), problems);
        Slot slot = mapped ? KEPT : Slot.MOUNT;
        if (!mapped) {
            steps.add(
                    line(new Step.CloneTree(slot, Slot.HOST, upper.directory(), false), "keeps what the box changes"));
        }
        steps.add(line(
                new Step.SetMountAttributes(slot, Attributes.NOSYMFOLLOW, 0, 0, false),
                "upper and work lead nowhere else, whoever made them"));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "kept", 0755), "a short name for " + upper.directory()));
        steps.add(line(new Step.AttachMount(slot, Slot.BASE, "kept", false), "keeps what the box changes"));
        steps.add(line(new Step.MakeMountPoint(Slot.BASE, "/kept/upper", Slot.HOST), "holds what the box changes"));
        steps.add(line(new Step.MakeMountPoint(Slot.BASE, "/kept/work", Slot.HOST), "overlayfs prepares changes here"));
        return "kept/";
    }
}
