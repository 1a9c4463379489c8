package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.cgroup.Limits;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The file systems in the box, in the spec's order. Every one is made detached, given its attributes, and only
/// then attached: no moment at which it can be seen with too many rights.
final class Mounts {
    /// What we mount there may not be reached through a link that the image brings (CVE-2023-27561).
    private static final List<String> NO_LINKS = List.of("/proc", "/sys", "/dev");

    private static final String UNIFIED = "unified"; // systemd's name for v2 beside v1

    private final Spec spec;
    private final Host host;
    private final Cgroups cgroups;
    private final Limits limits;
    private final boolean ownGroups; // a new mount of cgroup v1 shows the box's groups alone
    private final String groups;
    private final List<Problem> problems;
    private final List<Line> steps = new ArrayList<>();
    private String label = "";
    private int carried;
    private boolean apart; // the base is, meanwhile
    private int overlays;

    private Mounts(Spec spec, Host host, Limits limits, List<Problem> problems) {
        this.spec = spec;
        this.host = host;
        ownGroups = spec.linux().has(Namespace.CGROUP);
        groups = spec.linux().cgroupsPath();
        this.cgroups = host.usableCgroups();
        this.limits = limits;
        this.problems = problems;
    }

    static List<Line> steps(Spec spec, Host host, Limits limits, List<Problem> problems) {
        var mounts = new Mounts(spec, host, limits, problems);
        mounts.label = spec.linux().mountLabel();
        boolean trees = spec.mounts().stream()
                .anyMatch(mount -> mount.options().contains("rbind")
                        && !mounts.carries(spec, mount)
                        && !SharedMounts.isShared(mount));
        mounts.apart = trees;
        if (trees) {
            mounts.steps.add(Rootfs.apart());
        }
        for (int i = 0; i < spec.mounts().size(); i++) {
            Mount mount = spec.mounts().get(i);
            if (!SharedMounts.isShared(mount) && !Secrets.isOne(mount)) {
                mounts.mount("mounts[" + i + "]", mount, mounts.carries(spec, mount));
            }
        }
        if (trees) {
            mounts.steps.add(Rootfs.together());
        }
        return mounts.steps;
    }

    /// Outside: the binds that the box can't make for itself. In a user namespace its root may not go where the
    /// host's root may, and can take no part of a tree of mounts; ids are mapped by the host's root alone.
    static List<Line> before(Spec spec, Host host, List<Problem> problems) {
        var mounts = new Mounts(spec, host, Limits.NONE, new ArrayList<>());
        for (int i = 0; i < spec.mounts().size(); i++) {
            Mount mount = spec.mounts().get(i);
            if (mounts.carries(spec, mount)) {
                mounts.carry("mounts[" + i + "]", spec, mount, problems);
            }
        }
        return mounts.steps;
    }

    /// An ordinary user's box can reach what its caller can, and that's all that the caller could take along.
    private boolean carries(Spec spec, Mount mount) {
        boolean mapped = spec.linux().has(Namespace.USER) && host.isPrivileged();
        boolean bind = mount.isBind() && !mount.options().contains("remount") && (mapped || mount.isIdMapped());
        return bind || isGiven(mount);
    }

    private void carry(String where, Spec spec, Mount mount, List<Problem> problems) {
        if (carried == Slot.CARRIED_MAX) {
            problems.add(new Problem(where, "more binds than the " + Slot.CARRIED_MAX + " that a box can take along"));
        }
        Slot slot = Slot.carried(carried++ % Slot.CARRIED_MAX);
        if (isGiven(mount)) { // whoever has made it has given it its attributes
            steps.add(line(new Step.TakeMount(slot, Integer.parseInt(mount.source())), "made by the caller"));
            return;
        }
        steps.add(Volumes.clone(slot, mount));
        steps.add(Rootfs.slave(slot));
        Volumes.give(where, slot, mount, spec, host, steps, problems);
        change(slot, mount, Attributes.of(where + ".options", mount, this.problems), steps);
        if (mount.isIdMapped()) {
            map(where, spec, mount, slot, problems);
        }
    }

    private void map(String where, Spec spec, Mount mount, Slot slot, List<Problem> problems) {
        boolean own = mount.hasMappings();
        if (own) {
            IdMaps.check(where + ".uidMappings", mount.uidMappings(), problems);
            IdMaps.check(where + ".gidMappings", mount.gidMappings(), problems);
            steps.add(line(
                    new Step.NewIdMap(Slot.MAP, IdMaps.text(mount.uidMappings()), IdMaps.text(mount.gidMappings())),
                    "whose files are whose in it"));
        } else if (!spec.linux().has(Namespace.USER)) {
            problems.add(new Problem(
                    where + ".options", "idmap without mappings of its own needs those of a user namespace"));
        }
        boolean all = mount.options().contains("ridmap");
        steps.add(line(new Step.MapIds(slot, own ? Slot.MAP : Slot.IDS, all), "its files show with other owners"));
    }

    private void mount(String where, Mount mount, boolean carries) {
        Checks.absolute(where + ".destination", mount.destination(), problems);
        Attributes attributes = Attributes.of(where + ".options", mount, problems);
        if (attributes.copyUp() && (!mount.type().equals("tmpfs") || mount.isBind())) {
            problems.add(new Problem(where + ".options", "tmpcopyup is an option of a tmpfs"));
        }
        if (takesLink(mount) && !mount.isBind()) {
            problems.add(new Problem(where + ".options", "src-nofollow and copy-symlink are options of a bind mount"));
        }
        if (isRoot(mount.destination()) && !attributes.remount()) {
            problems.add(
                    new Problem(where + ".destination", "nothing is mounted over the root: root.path is what it is"));
        }
        if (attributes.remount()) {
            remount(where, mount, attributes);
        } else if (isGiven(mount)) {
            attach(Slot.carried(carried++ % Slot.CARRIED_MAX), mount, "made by the caller");
        } else if (mount.isBind()) {
            bind(where, mount, attributes, carries);
        } else if (mount.type().equals("overlay") && attributes.data().stream().noneMatch(Mounts::isLower)) {
            overlay(where, mount, attributes);
        } else if (mount.type().equals("cgroup")) {
            cgroup(mount, attributes);
        } else {
            filesystem(mount, attributes);
        }
        if (mount.isIdMapped() && !mount.isBind()) {
            problems.add(new Problem(where, "only a bind mount can have its ids mapped"));
        }
    }

    private void filesystem(Mount mount, Attributes attributes) {
        Slot slot = Devices.slot(mount);
        var options = new ArrayList<String>();
        options.add("source=" + (mount.source().isEmpty() ? mount.type() : mount.source()));
        options.addAll(attributes.data());
        boolean labelled = !label.isEmpty() && Labels.isLabelled(mount.type());
        if (labelled && !mount.type().equals(Labels.MQUEUE)) {
            options.add("context=" + label);
        }
        String why = Reasons.of(mount);
        // nothing is below a new file system: what is asked for recursively is for itself
        long set = (attributes.set() | attributes.setAll()) & ~attributes.clearAll();
        if (attributes.copyUp()) {
            steps.add(line(new Step.NewFilesystem(slot, mount.type(), options, set & ~Attributes.RDONLY), why));
            steps.add(line(
                    new Step.CopyDirectory(Slot.ROOT, mount.destination(), slot, true),
                    "begins with what stood there"));
            if ((set & Attributes.RDONLY) != 0) {
                steps.add(line(
                        new Step.SetMountAttributes(slot, Attributes.RDONLY, 0, 0, false), "nothing can be added"));
            }
        } else {
            steps.add(line(new Step.NewFilesystem(slot, mount.type(), options, set), why));
        }
        if (labelled && mount.type().equals(Labels.MQUEUE)) { // the kernel has made it with its IPC namespace
            steps.add(line(new Step.SetLabel(slot, label), "what it is to SELinux"));
        }
        propagate(slot, attributes);
        attach(slot, mount, why);
    }

    /// Changes a mount that is there, as mount(8) does with `remount,bind`.
    private void remount(String where, Mount mount, Attributes attributes) {
        if (!attributes.data().isEmpty()) {
            problems.add(new Problem(
                    where + ".options",
                    "a remount changes a mount, not its file system: " + String.join(",", attributes.data())));
        }
        steps.add(line(
                new Step.OpenDirectory(Slot.MOUNT, Slot.ROOT, mount.destination()), "a mount that is there already"));
        change(Slot.MOUNT, mount, attributes, steps);
    }

    private void bind(String where, Mount mount, Attributes attributes, boolean carries) {
        Checks.absolute(where + ".source", mount.source(), problems);
        checkBind(where, attributes, problems);
        String why = "the host's " + mount.source();
        if (carries) {
            attach(Slot.carried(carried++ % Slot.CARRIED_MAX), mount, why);
            return;
        }
        steps.add(Volumes.clone(Slot.MOUNT, mount));
        Volumes.give(where, Slot.MOUNT, mount, spec, host, steps, problems);
        change(Slot.MOUNT, mount, attributes, steps);
        attach(Slot.MOUNT, mount, why);
    }

    static void checkBind(String where, Attributes attributes, List<Problem> problems) {
        if (!attributes.data().isEmpty()) {
            problems.add(new Problem(
                    where + ".options", "no option of a bind mount: " + String.join(",", attributes.data())));
        }
    }

    /// Gives a mount its attributes, for all below it first: what is said of itself alone counts there.
    static void change(Slot slot, Mount mount, Attributes attributes, List<Line> steps) {
        if ((attributes.setAll() | attributes.clearAll()) != 0) {
            steps.add(line(
                    new Step.SetMountAttributes(slot, attributes.setAll(), attributes.clearAll(), 0, true),
                    "for everything below it too"));
        }
        if ((attributes.set() | attributes.clear()) != 0) {
            steps.add(line(
                    new Step.SetMountAttributes(slot, attributes.set(), attributes.clear(), 0, false),
                    String.join(",", mount.options())));
        }
        propagate(slot, attributes, steps);
    }

    /// Whoever says the lower directories says everything of an overlay.
    private static boolean isLower(String option) {
        return option.startsWith("lowerdir");
    }

    /// Copy on write over a directory of the host: what the box writes is kept in memory, or where `upperdir`
    /// says.
    private void overlay(String where, Mount mount, Attributes attributes) {
        Checks.absolute(where + ".source", mount.source(), problems);
        var options = new ArrayList<String>();
        options.add("source=overlay");
        options.add("lowerdir=" + Lowers.escaped(mount.source()));
        boolean kept = attributes.data().stream().anyMatch(option -> option.startsWith("upperdir="));
        if (kept != attributes.data().stream().anyMatch(option -> option.startsWith("workdir="))) {
            problems.add(new Problem(where + ".options", "upperdir and workdir go together"));
        }
        for (String option : attributes.data()) { // overlayfs takes '\\' before a character as itself
            options.add(option.contains("dir=/") ? option.replace("\\", "\\\\") : option);
        }
        if (!kept) {
            String number = Integer.toString(overlays++);
            options.add("upperdir=upper-" + number);
            options.add("workdir=work-" + number);
            steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "work-" + number, 0755), "overlayfs works here"));
            steps.add(line(new Step.MakeDirectoryIn(Slot.BASE, "upper-" + number, 0755), "holds what the box changes"));
            steps.add(line(
                    new Step.OpenDirectory(Slot.MOUNT, Slot.BASE, "upper-" + number), "what is seen of the directory"));
            steps.add(line(
                    new Step.CopyDirectory(Slot.HOST, mount.source(), Slot.MOUNT, false), "as the host's directory"));
        }
        for (String option : options) {
            if (!Lowers.fits(option.substring(option.indexOf('=') + 1))) {
                problems.add(new Problem(where, "longer than the 255 bytes that fsconfig(2) takes: " + option));
            }
        }
        steps.add(line(new Step.EnterDirectory(Slot.BASE), "so that upper and work need no path"));
        if (!kept && apart) {
            steps.add(Rootfs.together()); // overlayfs takes no upper directory from an unbindable mount
        }
        long set = attributes.set() | attributes.setAll();
        String why = "copy on write over the host's " + mount.source();
        steps.add(line(new Step.NewFilesystem(Slot.MOUNT, "overlay", options, set), why));
        if (!kept && apart) {
            steps.add(Rootfs.apart());
        }
        propagate(Slot.MOUNT, attributes);
        attach(Slot.MOUNT, mount, why);
    }

    /// The box sees its own groups only, and can't change them. Without a cgroup namespace a new mount
    /// would show all groups of the machine: on v1 a part of the host's is mounted then, and v2 is whole,
    /// as every runtime has it.
    private void cgroup(Mount mount, Attributes attributes) {
        if (!limits.any()) {
            return; // it would see the caller's
        }
        String why = Reasons.of(mount);
        boolean unified = !limits.cgroup().isEmpty();
        if (unified && cgroups.layout() == Cgroups.Layout.V2) {
            steps.add(line(
                    new Step.NewFilesystem(Slot.MOUNT, "cgroup2", List.of("source=cgroup"), attributes.set()), why));
            attach(Slot.MOUNT, mount, why);
            return;
        }
        long writable = attributes.set() & ~Attributes.RDONLY;
        steps.add(line(
                new Step.NewFilesystem(Slot.MOUNT, "tmpfs", List.of("source=cgroup", "mode=0755"), writable),
                "holds a mount point per controller"));
        Map<String, List<String>> hierarchies = hierarchies(limits.shown());
        hierarchies.forEach((directory, controllers) -> {
            steps.add(line(new Step.MakeDirectoryIn(Slot.MOUNT, directory, 0755), "mount point"));
            for (String controller : controllers) {
                if (controllers.size() > 1) {
                    steps.add(line(new Step.MakeSymlink(Slot.MOUNT, controller, directory), "its usual name"));
                }
            }
        });
        if (unified) {
            steps.add(line(new Step.MakeDirectoryIn(Slot.MOUNT, UNIFIED, 0755), "mount point"));
        }
        if (attributes.set() != writable) {
            steps.add(line(
                    new Step.SetMountAttributes(Slot.MOUNT, Attributes.RDONLY, 0, 0, false), "nothing can be added"));
        }
        attach(Slot.MOUNT, mount, why);
        if (unified) {
            if (ownGroups) {
                steps.add(line(
                        new Step.NewFilesystem(Slot.MOUNT, "cgroup2", List.of("source=cgroup"), attributes.set()),
                        why));
            } else {
                part(limits.cgroup(), attributes, why);
            }
            steps.add(
                    line(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, mount.destination() + "/" + UNIFIED, false), why));
        }
        hierarchies.forEach((directory, controllers) -> {
            if (ownGroups) {
                var options = new ArrayList<>(List.of("source=" + directory));
                options.addAll(controllers); // all of them: the kernel knows a hierarchy by its controllers
                steps.add(line(new Step.NewFilesystem(Slot.MOUNT, "cgroup", options, attributes.set()), why));
            } else {
                part(cgroups.v1().get(controllers.getFirst()) + "/" + groups, attributes, why);
            }
            String path = mount.destination() + "/" + directory;
            steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.ROOT, path, false), why));
        });
    }

    private void part(String group, Attributes attributes, String why) {
        steps.add(line(new Step.CloneTree(Slot.MOUNT, Slot.HOST, group, false), why));
        steps.add(line(
                new Step.SetMountAttributes(Slot.MOUNT, attributes.set(), attributes.clear(), 0, false),
                "as is asked for"));
    }

    /// The controllers of each v1 hierarchy that has one of those shown, by the name that systemd gives it:
    /// `cpu,cpuacct`, and `systemd` for `name=systemd`.
    private Map<String, List<String>> hierarchies(List<String> shown) {
        var hierarchies = new LinkedHashMap<String, List<String>>();
        for (String one : shown) {
            var together = new ArrayList<String>();
            cgroups.v1().forEach((controller, point) -> {
                if (point.equals(cgroups.v1().get(one))) {
                    together.add(controller);
                }
            });
            hierarchies.put(String.join(",", together).replace("name=", ""), together);
        }
        return hierarchies;
    }

    private void propagate(Slot slot, Attributes attributes) {
        propagate(slot, attributes, steps);
    }

    private static void propagate(Slot slot, Attributes attributes, List<Line> steps) {
        if (attributes.propagation() != 0) {
            steps.add(line(
                    new Step.SetMountAttributes(slot, 0, 0, attributes.propagation(), attributes.propagationOfAll()),
                    "how mounts on it spread"));
        }
    }

    private void attach(Slot slot, Mount mount, String why) {
        boolean links = mount.isBind() || !isOurs(mount.destination());
        boolean nofollow =
                mount.options().contains("dest-nofollow") || mount.options().contains("copy-symlink");
        steps.add(line(new Step.MakeMountPoint(Slot.ROOT, mount.destination(), slot, nofollow), "mount point"));
        steps.add(line(new Step.AttachMount(slot, Slot.ROOT, mount.destination(), links, nofollow), why));
    }

    /// Whether a link that is the source is mounted itself, as crun has it. Mounted it is as good as copied.
    static boolean takesLink(Mount mount) {
        return mount.options().contains("src-nofollow") || mount.options().contains("copy-symlink");
    }

    /// A mount that the Java program which runs the box has made: its source is its number among those handed
    /// over.
    static boolean isGiven(Mount mount) {
        return mount.type().equals(Mount.GIVEN);
    }

    /// No front and no runtime hands any over.
    static void refuseGiven(Spec spec, List<Problem> problems) {
        for (int i = 0; i < spec.mounts().size(); i++) {
            if (isGiven(spec.mounts().get(i))) {
                problems.add(new Problem("mounts[" + i + "].type", "there is no file system " + Mount.GIVEN));
            }
        }
    }

    private static boolean isRoot(String destination) {
        return destination.chars().allMatch(c -> c == '/' || c == '.');
    }

    private static boolean isOurs(String destination) {
        for (String directory : NO_LINKS) {
            if (destination.equals(directory) || destination.startsWith(directory + "/")) {
                return true;
            }
        }
        return false;
    }
}
