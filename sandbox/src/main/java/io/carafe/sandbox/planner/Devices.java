package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What every program expects in `/dev` (runtime specification, config-linux.md "Default Devices" and "/dev
/// symbolic links").
final class Devices {
    private static final int MAJOR_MAX = (1 << 12) - 1; // the kernel's dev_t
    private static final int MINOR_MAX = (1 << 20) - 1;
    private static final int S_IFIFO = 0010000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;

    /// Who has one of these can make any device, or mount any disk.
    private static final long OPENS_ALL = Capability.MKNOD.bit() | Capability.SYS_ADMIN.bit();

    private record Device(String name, int major, int minor) {}

    private static final List<Device> DEFAULT = List.of(
            new Device("null", 1, 3),
            new Device("zero", 1, 5),
            new Device("full", 1, 7),
            new Device("random", 1, 8),
            new Device("urandom", 1, 9),
            new Device("tty", 5, 0));

    /// What a box may use without asking: the devices above, its terminals, and the way to more of those. Others may
    /// not even be made: a node in a volume would be one of the host's.
    private static final List<DeviceRule> ALLOWED = List.of(
            allow("c", 1, 3L, "rwm"),
            allow("c", 1, 5L, "rwm"),
            allow("c", 1, 7L, "rwm"),
            allow("c", 1, 8L, "rwm"),
            allow("c", 1, 9L, "rwm"),
            allow("c", 5, 0L, "rwm"),
            allow("c", 5, 2L, "rwm"),
            allow("c", 136, null, "rwm"));

    private record Link(String name, String target) {}

    private static final List<Link> LINKS = List.of(
            new Link("fd", "/proc/self/fd"),
            new Link("stdin", "/proc/self/fd/0"),
            new Link("stdout", "/proc/self/fd/1"),
            new Link("stderr", "/proc/self/fd/2"));

    private Devices() {}

    /// What the box's `/dev` is, as far as it matters for what we put there.
    private enum Place {
        /// A tmpfs that is empty.
        EMPTY,
        /// Another file system, or a directory of the root: some of it may be there already.
        FILLED,
        /// A directory of the host, which is the caller's own business.
        HOSTS
    }

    private static Place place(Spec spec) {
        Place place = Place.FILLED;
        for (Mount mount : spec.mounts()) {
            if (mount.destination().equals("/dev") && !mount.options().contains("remount")) {
                place = mount.isBind() ? Place.HOSTS : slot(mount).equals(Slot.DEV) ? Place.EMPTY : Place.FILLED;
            }
        }
        return place;
    }

    /// A mount that later steps look into keeps a slot of its own.
    static Slot slot(Mount mount) {
        boolean empty = mount.type().equals("tmpfs")
                && !mount.isBind()
                && !mount.options().contains("tmpcopyup")
                && !mount.options().contains("remount");
        if (empty && mount.destination().equals("/dev")) {
            return Slot.DEV;
        }
        return mount.type().equals("devpts") ? Slot.PTS : Slot.MOUNT;
    }

    private static DeviceRule allow(String type, long major, @Nullable Long minor, String access) {
        return new DeviceRule(true, type, major, minor, access);
    }

    /// All rules of the device controller, none if the box goes without: then it neither makes a device nor mounts
    /// anything, and no mount of its own shows one. docs/decisions/0010.
    static List<DeviceRule> rules(Spec spec, Cgroups cgroups) {
        List<DeviceRule> asked = spec.linux().resources().devices();
        boolean needed = (spec.process().capabilities().bounding() & OPENS_ALL) != 0
                || !spec.linux().devices().isEmpty()
                || !asked.isEmpty();
        boolean shown = spec.mounts().stream().anyMatch(Devices::showsDevices);
        if (!needed && !(shown && cgroups.controlsDevices())) {
            return List.of();
        }
        var rules = new ArrayList<DeviceRule>();
        rules.add(DeviceRule.DENY_ALL);
        rules.addAll(asked);
        for (Spec.Device device : spec.linux().devices()) {
            if (isNumbered(device)) {
                String type = device.type().equals("u") ? "c" : device.type();
                rules.add(allow(type, device.major(), device.minor(), "m"));
            }
        }
        rules.addAll(ALLOWED);
        return rules;
    }

    /// A bind mount without nodev: what device nodes it has can be opened.
    private static boolean showsDevices(Mount mount) {
        int last = Math.max(mount.options().lastIndexOf("dev"), mount.options().lastIndexOf("rdev"));
        int never =
                Math.max(mount.options().lastIndexOf("nodev"), mount.options().lastIndexOf("rnodev"));
        return mount.isBind() && last >= never;
    }

    /// Whether a device node anywhere in the root file system opens, as far as the controller lets it.
    static boolean openInRoot(Spec spec) {
        return opensAll(spec.linux().resources().devices())
                || (spec.process().capabilities().bounding() & Capability.MKNOD.bit()) != 0
                || spec.linux().devices().stream().anyMatch(device -> isNumbered(device) && !inDev(spec, device));
    }

    /// Not a pipe, and not what [#check] refuses.
    private static boolean isNumbered(Spec.Device device) {
        return List.of("b", "c", "u").contains(device.type())
                && device.major() >= 0
                && device.major() <= MAJOR_MAX
                && device.minor() >= 0
                && device.minor() <= MINOR_MAX;
    }

    private static boolean inDev(Spec spec, Spec.Device device) {
        return place(spec) == Place.EMPTY && device.path().startsWith("/dev/");
    }

    static void check(Spec spec, List<Problem> problems) {
        for (int i = 0; i < spec.linux().devices().size(); i++) {
            Spec.Device device = spec.linux().devices().get(i);
            String where = "linux.devices[" + i + "]";
            Checks.absolute(where + ".path", device.path(), problems);
            if (device.path().endsWith("/")) {
                problems.add(new Problem(where + ".path", "names no file: " + device.path()));
            }
            if (!device.type().equals("p") && !isNumbered(device)) {
                problems.add(new Problem(
                        where, "no device: " + device.type() + " " + device.major() + ":" + device.minor()));
            }
            if ((device.fileMode() & ~0777) != 0) {
                problems.add(new Problem(
                        where + ".fileMode", "no permissions: " + Integer.toOctalString(device.fileMode())));
            }
        }
    }

    private static List<Line> own(Spec spec, boolean bound) {
        var steps = new ArrayList<Line>();
        for (Spec.Device device : spec.linux().devices()) {
            boolean dev = inDev(spec, device);
            if (dev && device.path().equals("/dev/ptmx") && has(spec, Slot.PTS)) {
                continue; // who asks for all of the host's devices has asked for the host's terminals too
            }
            String path = dev ? device.path().substring("/dev".length()) : device.path();
            int type = switch (device.type()) {
                case "b" -> S_IFBLK;
                case "p" -> S_IFIFO;
                default -> S_IFCHR;
            };
            if (type != S_IFIFO && bound) {
                steps.add(line(
                        new Step.BindDevice(
                                dev ? Slot.DEV : Slot.ROOT, path, device.path(), type, (int) device.major(), (int)
                                        device.minor()),
                        "the host's: none can be made in a user namespace"));
                continue;
            }
            steps.add(line(
                    new Step.MakeNode(
                            dev ? Slot.DEV : Slot.ROOT,
                            path,
                            type | device.fileMode(),
                            (int) device.major(),
                            (int) device.minor(),
                            device.uid(),
                            device.gid()),
                    "a device of its own"));
        }
        return steps;
    }

    /// Whether devices are bound, since none can be made: in a user namespace, ours or that of the caller.
    private static boolean isBound(Spec spec, Host host) {
        return spec.linux().has(Namespace.USER) || !host.isPrivileged();
    }

    /// Whether the devices that are bound are inodes of the box's own. Those of the host have locks, times and
    /// watches that all boxes share.
    private static boolean standApart(Spec spec, Host host) {
        boolean bound = place(spec) == Place.FILLED || isBound(spec, host);
        return bound
                && holdsOurs(spec)
                && host.isPrivileged()
                && host.filesystems().contains("overlay");
    }

    /// Outside: what the box's root mounts has no devices.
    static List<Line> before(Spec spec, Host host) {
        return standApart(spec, host)
                ? List.of(line(
                        new Step.NewFilesystem(
                                Slot.DEVICES,
                                "overlay",
                                // one lower directory alone is none to the kernel: nothing of the other is shown
                                List.of("source=devices", "lowerdir=/dev:/etc"),
                                Attributes.RDONLY | Attributes.NOSUID | Attributes.NOEXEC),
                        "locks and times of no other box's"))
                : List.of();
    }

    static List<Line> steps(Spec spec, Host host, @Nullable Handover handover) {
        boolean bound = isBound(spec, host);
        boolean apart = standApart(spec, host);
        var steps = new ArrayList<Line>();
        boolean filled = place(spec) == Place.FILLED;
        if (filled || (place(spec) == Place.HOSTS && spec.process().terminal())) {
            steps.add(line(new Step.MakeMountPoint(Slot.ROOT, "/dev", Slot.HOST), "devices are made in it"));
            steps.add(line(new Step.OpenDirectory(Slot.DEV, Slot.ROOT, "/dev"), "devices are made in it"));
        }
        if (apart) {
            steps.addAll(own(spec, bound)); // wherever they are below the host's own
            steps.add(line(
                    new Step.AttachMount(Slot.DEVICES, Slot.HOST, "/dev", false), "until the host's files are gone"));
        }
        if (holdsOurs(spec)) {
            for (Device device : DEFAULT) {
                // the kernel opens no device that was made in a user namespace, or where nodev is, as on the root
                Step step = filled || bound
                        ? new Step.BindDevice(
                                Slot.DEV,
                                device.name(),
                                "/dev/" + device.name(),
                                S_IFCHR,
                                device.major(),
                                device.minor())
                        : new Step.MakeDevice(Slot.DEV, device.name(), 0666, device.major(), device.minor());
                steps.add(line(step, "every program expects it"));
            }
            for (Link link : LINKS) {
                steps.add(line(
                        new Step.MakeSymlink(Slot.DEV, link.name(), link.target(), filled), "every shell expects it"));
            }
            if (has(spec, Slot.PTS)) {
                steps.add(line(
                        new Step.MakeSymlink(Slot.DEV, "ptmx", "pts/ptmx", filled),
                        "new terminals come from the box's devpts"));
            }
        }
        if (!apart) {
            steps.addAll(own(spec, bound));
        }
        if (spec.process().terminal()) {
            console(spec, handover, steps);
        }
        return steps;
    }

    /// Whether every device may be opened and made: `allow a *:* rwm`, and nothing else is said. A record's own
    /// `equals` costs a cold JVM 20 ms.
    static boolean opensAll(List<DeviceRule> rules) {
        if (rules.size() != 1) {
            return false;
        }
        DeviceRule rule = rules.getFirst();
        boolean any = rule.type().equals("a") && rule.major() == null && rule.minor() == null;
        return rule.allow() && any && rule.access().equals("rwm");
    }

    private static void console(Spec spec, @Nullable Handover handover, List<Line> steps) {
        boolean sent = handover != null && !handover.consoleSocket().isEmpty();
        Spec.Process process = spec.process();
        steps.add(line(
                new Step.OpenConsole(
                        Slot.PTS,
                        process.rows(),
                        process.columns(),
                        process.user().uid(),
                        spec.supervision().interactive(),
                        sent ? Slot.CONSOLE : Slot.HOST),
                "a terminal of the box's own: nothing can be typed into the caller's"));
        steps.add(line(new Step.CloneTree(Slot.MOUNT, Slot.PTS, "0", false), "its first and only terminal"));
        steps.add(line(new Step.MakeMountPoint(Slot.DEV, "console", Slot.MOUNT), "mount point"));
        steps.add(line(new Step.AttachMount(Slot.MOUNT, Slot.DEV, "console", false), "the terminal as /dev/console"));
    }

    /// Whether there is a place for a terminal of the box's own.
    static boolean holdsConsole(Spec spec) {
        return has(spec, Slot.PTS);
    }

    /// Whether `/dev` is one that we make the devices in.
    static boolean holdsOurs(Spec spec) {
        return place(spec) != Place.HOSTS;
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
