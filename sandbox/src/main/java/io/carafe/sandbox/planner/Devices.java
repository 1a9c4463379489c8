package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Problem;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.List;

/// What every program expects in `/dev` (runtime specification, config-linux.md "Default Devices" and "/dev
/// symbolic links").
final class Devices {
    private static final int S_IFIFO = 0010000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;

    private record Device(String name, int major, int minor) {}

    private static final List<Device> DEFAULT = List.of(
            new Device("null", 1, 3),
            new Device("zero", 1, 5),
            new Device("full", 1, 7),
            new Device("random", 1, 8),
            new Device("urandom", 1, 9),
            new Device("tty", 5, 0));

    private record Link(String name, String target) {}

    private static final List<Link> LINKS = List.of(
            new Link("fd", "/proc/self/fd"),
            new Link("stdin", "/proc/self/fd/0"),
            new Link("stdout", "/proc/self/fd/1"),
            new Link("stderr", "/proc/self/fd/2"));

    private Devices() {}

    /// A mount that later steps look into keeps a slot of its own.
    static Slot slot(Mount mount) {
        if (mount.type().equals("tmpfs") && mount.destination().equals("/dev")) {
            return Slot.DEV;
        }
        return mount.type().equals("devpts") ? Slot.PTS : Slot.MOUNT;
    }

    static List<Line> steps(Spec spec) {
        var steps = new ArrayList<Line>();
        if (has(spec, Slot.DEV)) { // a /dev that is no fresh tmpfs is the caller's own business
            for (Device device : DEFAULT) {
                // the kernel opens no device that was made in a user namespace
                Step step = spec.linux().has(Namespace.USER)
                        ? new Step.BindDevice(
                                Slot.DEV, device.name(), "/dev/" + device.name(), device.major(), device.minor())
                        : new Step.MakeDevice(Slot.DEV, device.name(), 0666, device.major(), device.minor());
                steps.add(line(step, "every program expects it"));
            }
            for (Link link : LINKS) {
                steps.add(line(new Step.MakeSymlink(Slot.DEV, link.name(), link.target()), "every shell expects it"));
            }
            if (has(spec, Slot.PTS)) {
                steps.add(line(
                        new Step.MakeSymlink(Slot.DEV, "ptmx", "pts/ptmx"),
                        "new terminals come from the box's devpts"));
            }
        }
        for (Spec.Device device : spec.linux().devices()) {
            steps.add(node(spec, device));
        }
        if (spec.process().terminal()) {
            console(spec, steps);
        }
        return steps;
    }

    private static Line node(Spec spec, Spec.Device device) {
        boolean dev = has(spec, Slot.DEV) && device.path().startsWith("/dev/");
        int type = switch (device.type()) {
            case "b" -> S_IFBLK;
            case "p" -> S_IFIFO;
            default -> S_IFCHR;
        };
        return line(
                new Step.MakeNode(
                        dev ? Slot.DEV : Slot.ROOT,
                        dev ? device.path().substring("/dev".length()) : device.path(),
                        type | device.fileMode(),
                        (int) device.major(),
                        (int) device.minor(),
                        device.uid(),
                        device.gid()),
                "a device of its own");
    }

    /// Whether every device may be opened and made: `allow a *:* rwm`, and nothing else is said.
    static boolean opensAll(List<DeviceRule> rules) {
        return rules.equals(List.of(new DeviceRule(true, "a", null, null, "rwm")));
    }

    static void check(Spec spec, List<Problem> problems) {
        for (int i = 0; i < spec.linux().devices().size(); i++) {
            Spec.Device device = spec.linux().devices().get(i);
            String where = "linux.devices[" + i + "]";
            Checks.absolute(where + ".path", device.path(), problems);
            if (device.path().endsWith("/")) {
                problems.add(new Problem(where + ".path", "names no file: " + device.path()));
            }
            if (!List.of("b", "c", "u", "p").contains(device.type())) {
                problems.add(new Problem(where + ".type", "none of b, c, u, p: " + device.type()));
            }
            if (device.major() < 0 || device.major() > 4095 || device.minor() < 0 || device.minor() > 0xfffff) {
                problems.add(new Problem(where, "no device number: " + device.major() + ":" + device.minor()));
            }
            if ((device.fileMode() & ~0777) != 0) {
                problems.add(new Problem(
                        where + ".fileMode", "no permissions: " + Integer.toOctalString(device.fileMode())));
            }
        }
    }

    private static void console(Spec spec, List<Line> steps) {
        Spec.Process process = spec.process();
        steps.add(line(
                new Step.OpenConsole(
                        Slot.PTS,
                        process.rows(),
                        process.columns(),
                        process.user().uid(),
                        spec.supervision().interactive()),
                "a terminal of the box's own: nothing can be typed into the caller's"));
        steps.add(line(new Step.CloneTree(Slot.MOUNT, Slot.PTS, "0", false), "its first and only terminal"));
        steps.add(line(new Step.MakeMountPoint(Slot.DEV, "console", Slot.MOUNT), "mount point"));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.DEV, "console", false), "the terminal as /dev/console"));
    }

    /// Whether there is a place for a terminal of the box's own.
    static boolean holdsConsole(Spec spec) {
        return has(spec, Slot.DEV) && has(spec, Slot.PTS);
    }

    /// Whether `/dev` is one that we make the devices in.
    static boolean holdsOurs(Spec spec) {
        return has(spec, Slot.DEV);
    }

    private static boolean has(Spec spec, Slot slot) {
        for (Mount mount : spec.mounts()) {
            if (slot(mount).equals(slot) && !mount.isBind()) {
                return true;
            }
        }
        return false;
    }
}
