package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What lies below a root that is copied on write, as overlayfs is told of it.
///
/// Directories are named by their paths. Where fsconfig(2) has no room for these, a link in the base gives each a
/// short name, without a character that overlayfs reads as anything else. Layers that a user namespace takes along
/// are mounted there. What is too much for one overlay lies in a second one, below everything else: whiteouts hide
/// nothing that is in another overlay, so that the lower one has to be whole.
final class Lowers {
    private static final int VALUE_MAX = 255; // fsconfig(2)
    private static final int STACK_MAX = 500; // OVL_MAX_STACK
    private static final int NAMED_MAX = 96; // short names that one value has room for
    private static final int NAMED_BELOW_MAX = 85; // likewise, of two characters each
    private static final int CARRIED_MAX = 100;
    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final String STORE = "store";
    private static final String BELOW = "-";

    private final Spec.Root root;
    private final boolean mapped; // the box's ids are not those that the layers are kept with
    private final boolean each; // one option for each, since Linux 6.8
    private final List<Line> steps;
    private final List<String> names = new ArrayList<>();

    /// @param mapped the box has a user namespace, whose ids the layers are shown with
    /// @param each   whether the kernel knows `lowerdir+`
    /// @param steps  get what must be done before the mount
    Lowers(Spec.Root root, boolean mapped, boolean each, List<Line> steps) {
        this.root = root;
        this.mapped = mapped;
        this.each = each;
        this.steps = steps;
    }

    /// Outside, for a box with a user namespace: its layers, shown with the box's ids.
    static List<Line> before(Spec.Root root, List<Problem> problems) {
        var steps = new ArrayList<Line>();
        Spec.Store store = root.store();
        if (store != null) {
            carry(Slot.LOWER, store.directory(), "what the layers of the root are in", steps);
            return steps;
        }
        if (root.lower().size() >= CARRIED_MAX) {
            problems.add(new Problem(
                    "root",
                    "more than the " + CARRIED_MAX + " directories that a user namespace can take along one by one"));
            return List.of();
        }
        carry(layer(0), root.path(), "what the box's root is copied from", steps);
        for (int i = 0; i < root.lower().size(); i++) {
            carry(layer(i + 1), root.lower().get(i), "a layer of the root", steps);
        }
        return steps;
    }

    static void carry(Slot slot, String path, String why, List<Line> steps) {
        steps.add(line(new Step.CloneTree(slot, Slot.HOST, path, false), why));
        steps.add(Rootfs.slave(slot));
        steps.add(line(new Step.MapIds(slot, Slot.IDS, false), "the host's root owns its files as the box's root"));
    }

    /// From the last one down, since binds are carried from the first one up.
    private static Slot layer(int index) {
        return index == 0 ? Slot.LOWER : Slot.carried(Slot.CARRIED_MAX - 1 - index);
    }

    /// `:` and `\` mean something to overlayfs.
    static String escaped(String path) {
        return path.replace("\\", "\\\\").replace(":", "\\:");
    }

    static boolean fits(String value) {
        return value.getBytes(StandardCharsets.UTF_8).length <= VALUE_MAX;
    }

    /// Gives each directory the name that overlayfs shall know it by.
    void name(List<Problem> problems) {
        var paths = new ArrayList<String>();
        paths.add(root.path());
        paths.addAll(root.lower());
        int most = (each ? STACK_MAX : NAMED_MAX) - 1 + (each ? STACK_MAX : NAMED_BELOW_MAX);
        if (paths.size() > most) {
            problems.add(new Problem(
                    "root",
                    paths.size() + " directories: overlayfs takes at most " + most
                            + (each ? "" : " before Linux 6.8")));
            return;
        }
        Spec.Store store = root.store();
        if (!mapped) {
            paths.forEach(path -> name(path, paths.size() == 1));
        } else if (store == null) {
            for (int i = 0; i < paths.size(); i++) {
                mount(layer(i), digits(i), paths.get(i));
                names.add(digits(i));
            }
        } else {
            mount(Slot.LOWER, STORE, "what the layers of the root are in");
            paths.forEach(path -> name(inStore(path, store, problems), paths.size() == 1));
        }
    }

    private static String inStore(String path, Spec.Store store, List<Problem> problems) {
        if (!path.startsWith(store.directory() + "/")) {
            problems.add(new Problem("root.store", path + " is not below " + store.directory()));
            return path;
        }
        return STORE + path.substring(store.directory().length());
    }

    private void name(String path, boolean alone) {
        String value = alone ? escaped(path) : path;
        if ((alone || each) && fits(value)) {
            names.add(value);
            return;
        }
        String name = digits(names.size());
        steps.add(line(new Step.MakeSymlink(Slot.BASE, name, path), "a short name for a layer of the root"));
        names.add(name);
    }

    private void mount(Slot slot, String name, String path) {
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, name, 0755), "a short name for " + path));
        steps.add(line(new Step.AttachMount(slot, Slot.BASE, name, false), "a layer of the root"));
    }

    private static String digits(int index) {
        int base = DIGITS.length();
        return index < base
                ? DIGITS.substring(index, index + 1)
                : digits(index / base - 1) + DIGITS.charAt(index % base);
    }

    /// The options that name them. The working directory is the base.
    ///
    /// @param others       that each overlay of the root has
    /// @param attributes   likewise, `MOUNT_ATTR_*`
    List<String> options(List<String> others, long attributes) {
        int most = each ? STACK_MAX : NAMED_MAX;
        if (names.size() <= most) {
            return options(names);
        }
        List<String> below = names.subList(most - 1, names.size());
        var options = new ArrayList<>(List.of("source=overlay"));
        options.addAll(options(below));
        options.addAll(others);
        steps.add(line(
                new Step.NewFilesystem(Slot.MOUNT, "overlay", options, attributes),
                "the lowest " + below.size() + " layers: one overlay takes at most " + most));
        steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, BELOW, 0755), "where they are mounted"));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.BASE, BELOW, false), "one layer made of many"));
        var upper = new ArrayList<>(names.subList(0, most - 1));
        upper.add(BELOW);
        return options(upper);
    }

    /// The options of an overlay that has them all, and nothing to write to. [#name] needn't be called before.
    List<String> alone(List<Problem> problems) {
        int most = each ? STACK_MAX : NAMED_MAX;
        if (1 + root.lower().size() > most) {
            problems.add(new Problem(
                    "root",
                    1 + root.lower().size() + " layers: one overlay takes at most " + most
                            + (each ? "" : " before Linux 6.8")));
            return List.of();
        }
        name(problems);
        return options(names);
    }

    private List<String> options(List<String> lowers) {
        var options = new ArrayList<String>();
        if (each && lowers.size() > 1) {
            lowers.forEach(lower -> options.add("lowerdir+=" + lower));
        } else {
            options.add("lowerdir=" + String.join(":", lowers));
        }
        return options;
    }
}
