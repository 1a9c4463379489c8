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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A root that is copied on write: overlayfs over one or more directories.
///
/// One directory is named to overlayfs by its path. Several, or one whose path is longer than fsconfig(2)
/// takes, are mounted one by one in a directory of our own first: there they have short names, without a
/// character that overlayfs reads as anything else.
final class Overlay {
    private static final int VALUE_MAX = 255; // fsconfig(2)
    private static final int LOWERS_MAX = 500; // OVL_MAX_STACK
    private static final int LAYERS_MAX = 100;
    private static final Slot KEPT = Slot.carried(Slot.CARRIED_MAX - 1);
    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

    private final Kernel kernel;
    private final boolean mapped; // the box has a user namespace, whose ids the layers are shown with
    private final boolean userNamespace;
    private final boolean devices;
    private final List<Problem> problems;
    private final List<Line> steps = new ArrayList<>();

    private Overlay(Spec spec, Host host, List<Problem> problems) {
        this.kernel = host.kernel();
        this.mapped = Rootfs.isMapped(spec, host);
        this.userNamespace = spec.linux().has(Namespace.USER);
        this.devices = Devices.openInRoot(spec);
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
        Spec.Root root = spec.root();
        if (root.lower().size() >= LAYERS_MAX) {
            problems.add(new Problem(
                    "root", "more than the " + LAYERS_MAX + " directories that a user namespace can take along"));
            return List.of();
        }
        var steps = new ArrayList<Line>();
        carry(layer(0), root.path(), "what the box's root is copied from", steps);
        for (int i = 0; i < root.lower().size(); i++) {
            carry(layer(i + 1), root.lower().get(i), "a layer of the root", steps);
        }
        Upper upper = root.upper();
        if (upper != null) {
            carry(KEPT, upper.directory(), "keeps what the box changes", steps);
        }
        return steps;
    }

    private static void carry(Slot slot, String path, String why, List<Line> steps) {
        steps.add(line(new Step.CloneTree(slot, Slot.HOST, path, false), why));
        steps.add(Rootfs.slave(slot));
        steps.add(line(new Step.MapIds(slot, Slot.IDS, false), "the host's root owns its files as the box's root"));
    }

    /// From the last one down, since binds are carried from the first one up.
    private static Slot layer(int index) {
        return index == 0 ? Slot.LOWER : Slot.carried(Slot.CARRIED_MAX - 1 - index);
    }

    /// Nobody else may write to a directory that a box writes to: overlayfs itself only warns of it.
    static List<Line> outside(Spec.Root root) {
        Upper upper = root.upper();
        if (upper == null) {
            return List.of();
        }
        var steps = new ArrayList<Line>();
        steps.add(line(new Step.LockDirectory(upper.directory()), "no other box may write there meanwhile"));
        if (upper.unsynced()) {
            steps.add(line(
                    new Step.MakeDirectory(upper.directory() + "/volatile", 0700),
                    "a mark that stays if the machine goes down"));
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

    /// `:` and `\` mean something to overlayfs.
    static String escaped(String path) {
        return path.replace("\\", "\\\\").replace(":", "\\:");
    }

    static boolean fits(String value) {
        return value.getBytes(StandardCharsets.UTF_8).length <= VALUE_MAX;
    }

    private void add(Spec.Root root) {
        var options = new ArrayList<String>();
        options.add("source=overlay");
        boolean named = !mapped && root.lower().isEmpty() && fits(escaped(root.path()));
        List<String> lowers = named ? List.of() : mounted(root);
        String upper = upper(root.upper());
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "so that upper and work need no path"));
        if (named) {
            options.add("lowerdir=" + escaped(root.path()));
        } else if (kernel.atLeast(6, 8)) {
            lowers.forEach(lower -> options.add("lowerdir+=" + lower));
        } else {
            options.add("lowerdir=" + String.join(":", lowers));
        }
        options.add("upperdir=" + upper + "upper");
        options.add("workdir=" + upper + "work");
        if (root.upper() != null && root.upper().unsynced()) {
            options.add("volatile");
        }
        if (userNamespace) {
            options.add("userxattr"); // trusted.* is for the host's root alone
        }
        String over = root.path()
                + (root.lower().isEmpty() ? "" : " and " + root.lower().size() + " more");
        steps.add(line(
                new Step.NewFilesystem(Slot.ROOT, "overlay", options, devices ? 0 : Attributes.NODEV),
                "copy on write over " + over + (devices ? "" : "; a device node in it opens nothing")));
    }

    /// Mounts each directory in the base, and returns their names there.
    private List<String> mounted(Spec.Root root) {
        var paths = new ArrayList<String>();
        paths.add(root.path());
        paths.addAll(root.lower());
        if (mapped && paths.size() > LAYERS_MAX) {
            return List.of(); // said before
        }
        if (paths.size() > LOWERS_MAX) {
            problems.add(new Problem("root", paths.size() + " directories: overlayfs takes at most " + LOWERS_MAX));
            return List.of();
        }
        var names = new ArrayList<String>();
        for (int i = 0; i < paths.size(); i++) {
            String name = i < DIGITS.length()
                    ? DIGITS.substring(i, i + 1)
                    : "" + DIGITS.charAt(i / DIGITS.length()) + DIGITS.charAt(i % DIGITS.length());
            names.add(name);
            Slot slot = mapped ? layer(i) : Slot.MOUNT;
            if (!mapped) {
                steps.add(line(new Step.CloneTree(slot, Slot.HOST, paths.get(i), false), "a layer of the root"));
            }
            steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, name, 0755), "a short name for " + paths.get(i)));
            steps.add(line(new Step.AttachMount(slot, Slot.BASE, name, false), "a layer of the root"));
        }
        if (!kernel.atLeast(6, 8) && !fits(String.join(":", names))) {
            problems.add(new Problem(
                    "root",
                    paths.size() + " directories: Linux before 6.8 takes them in one option of 255 bytes, which has"
                            + " room for 97"));
        }
        return names;
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
