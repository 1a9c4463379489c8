package io.carafe.sandbox.cgroup;

import io.carafe.sandbox.cgroup.BusMessage.Bits;
import io.carafe.sandbox.cgroup.BusMessage.Box;
import io.carafe.sandbox.cgroup.BusMessage.Count;
import io.carafe.sandbox.cgroup.BusMessage.Pair;
import io.carafe.sandbox.cgroup.BusMessage.Pairs;
import io.carafe.sandbox.cgroup.BusMessage.Property;
import io.carafe.sandbox.cgroup.BusMessage.Text;
import io.carafe.sandbox.cgroup.BusMessage.Truth;
import io.carafe.sandbox.cgroup.DeviceRules.Rule;
import io.carafe.sandbox.cgroup.Groups.Unit;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Resources;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Groups that systemd makes, as a scope around the box's process: on its machines the tree of groups is its
/// own, and who makes groups behind its back loses them. org.freedesktop.systemd1(5),
/// systemd.resource-control(5).
public final class Systemd {
    private static final String NAME = "org.freedesktop.systemd1";
    private static final String PATH = "/org/freedesktop/systemd1";
    private static final String MANAGER = NAME + ".Manager";
    private static final String BUS = "org.freedesktop.DBus";
    private static final int PATIENCE = 30_000; // milliseconds, as runc
    private static final long PERIOD = 100_000; // the kernel's own, in microseconds
    private static final int UNIT_MAX = 255;

    private Systemd() {}

    /// How a systemd is reached, and where in the tree it has its groups.
    ///
    /// @param socket of the bus that it is on, or its own
    /// @param direct whether it is its own
    /// @param slice  that a container is in which names none: `system.slice`, a user's is `user.slice`
    /// @param root below every mount point, the group that its slices are in, without a slash at its ends; ""
    ///     is that of the hierarchy
    public record Manager(String socket, boolean direct, String slice, String root) {
        /// The machine's.
        ///
        /// @param init `/proc/1/cgroup`
        public static Manager ofMachine(String socket, boolean direct, String init) {
            String root = "";
            for (String line : init.split("\n")) {
                String[] fields = line.split(":", 3);
                if (fields.length == 3 && (fields[1].isEmpty() || fields[1].equals("name=systemd"))) {
                    String own = fields[2].replaceFirst("/init\\.scope$", "");
                    root = own.startsWith("/") && !own.contains("..") ? own.substring(1) : root;
                }
            }
            return new Manager(socket, direct, "system.slice", root);
        }

        /// An ordinary user's.
        public static Manager ofUser(String socket, int uid) {
            String user = Integer.toUnsignedString(uid);
            return new Manager(
                    socket, false, "user.slice", "user.slice/user-" + user + ".slice/user@" + user + ".service");
        }
    }

    /// The place of a container.
    ///
    /// @param path `slice:prefix:name`, where the slice may be empty; or "" for `runc-ID.scope` in the usual
    ///     one
    /// @param settings of the unit, from annotations
    /// @param problems gets what is no such name
    public static Site site(
            String path,
            String id,
            Manager manager,
            Map<String, String> settings,
            Cgroups cgroups,
            GroupFiles files,
            List<Problem> problems) {
        String[] parts = path.isEmpty() ? new String[] {"", "runc", id} : path.split(":", -1);
        if (parts.length != 3) {
            problems.add(new Problem(
                    "linux.cgroupsPath", "with systemd it is slice:prefix:name, as system.slice:runc:ID: " + path));
            return Site.everywhere(id, Cgroups.NONE, files);
        }
        String slice = parts[0].isEmpty() ? manager.slice() : parts[0];
        String below = directory(slice, problems);
        String unit = (parts[1].isEmpty() ? "" : parts[1] + "-") + parts[2] + ".scope";
        if (parts[2].endsWith(".slice")) {
            problems.add(new Problem("linux.cgroupsPath", "a container is a scope, and no slice: " + parts[2]));
        } else if (!unit.matches("[A-Za-z0-9:_.\\\\@-]+") || unit.length() > UNIT_MAX) {
            problems.add(new Problem("linux.cgroupsPath", "not a name that systemd takes for a unit: " + unit));
        }
        List<Property> more = SystemdProperties.read(settings, problems);
        String name = (manager.root().isEmpty() ? "" : manager.root() + "/") + below + unit;
        var there = new Unit(unit, slice, manager.socket(), manager.direct());
        return problems.isEmpty()
                ? Site.everywhere(name, cgroups, there, files).with(more)
                : Site.everywhere(id, Cgroups.NONE, files);
    }

    /// `a-b.slice` is in `a.slice`: its path, with a slash at its end; "" for the root's, `-.slice`.
    private static String directory(String slice, List<Problem> problems) {
        if (slice.equals("-.slice")) {
            return "";
        }
        String name = slice.endsWith(".slice") ? slice.substring(0, slice.length() - 6) : "";
        var path = new StringBuilder();
        var prefix = new StringBuilder();
        for (String part : name.split("-", -1)) {
            if (!part.matches("[A-Za-z0-9:_.\\\\@]+")) {
                problems.add(new Problem("linux.cgroupsPath", "not the name of a slice: " + slice));
                return "";
            }
            path.append(prefix).append(part).append(".slice/");
            prefix.append(part).append('-');
        }
        return path.toString();
    }

    /// Forgets a unit of that name that has failed, and starts the box's.
    static void start(Resources resources, Site site, boolean unified, Draft draft, List<Problem> problems) {
        Unit unit = site.groups().unit();
        draft.outside(forget(unit), "one that failed before keeps its name");
        var properties = new ArrayList<Property>();
        properties.add(new Property("Description", new Text("container " + unit.name())));
        properties.add(new Property("Slice", new Text(unit.slice())));
        properties.add(new Property("PIDs", new Box()));
        properties.add(new Property("Delegate", new Truth(true)));
        properties.add(new Property("DefaultDependencies", new Truth(false)));
        for (String kind : List.of("CPU", "Memory", "Tasks", unified ? "IO" : "BlockIO")) {
            properties.add(new Property(kind + "Accounting", new Truth(true)));
        }
        properties.addAll(limits(resources, unified));
        properties.addAll(devices(DeviceRules.of(resources.devices(), problems)));
        properties.addAll(site.properties());
        int started = draft.outside.size();
        BusMessage body = new BusMessage()
                .text(unit.name())
                .text("fail")
                .properties(properties)
                .nothing();
        draft.outside(
                call(
                        unit,
                        "StartTransientUnit",
                        "ssa(sv)a(sa(sv))",
                        body,
                        true,
                        false,
                        "start the unit " + unit.name()),
                "systemd has its groups made");
        draft.undoFirst(started, stop(unit), "the unit goes with the box");
    }

    /// What is to be done when the container is deleted, before its groups are removed.
    static List<Line> end(Unit unit) {
        return List.of(
                new Line(stop(unit), "the unit goes with the container"),
                new Line(forget(unit), "one that has failed would stay"));
    }

    /// New limits for a unit that is there. Its devices stay as they are if nothing is said of them.
    static Line set(Resources resources, Unit unit, boolean unified, List<Problem> problems) {
        var properties = new ArrayList<>(limits(resources, unified));
        if (!resources.devices().isEmpty()) {
            properties.addAll(devices(DeviceRules.of(resources.devices(), problems)));
        }
        BusMessage body = new BusMessage().text(unit.name()).truth(true).properties(properties);
        return new Line(
                call(unit, "SetUnitProperties", "sba(sv)", body, false, false, "limit the unit " + unit.name()),
                "systemd would write the old limits again");
    }

    private static Step stop(Unit unit) {
        BusMessage body = new BusMessage().text(unit.name()).text("replace");
        return call(unit, "StopUnit", "ss", body, true, true, "stop the unit " + unit.name());
    }

    private static Step forget(Unit unit) {
        BusMessage body = new BusMessage().text(unit.name());
        return call(unit, "ResetFailedUnit", "s", body, false, true, "forget that the unit " + unit.name() + " failed");
    }

    /// On a bus one first asks for a name, and for the signal that tells of a job's end; systemd itself tells
    /// whoever is connected.
    private static Step call(
            Unit unit, String member, String signature, BusMessage body, boolean job, boolean absent, String what) {
        var out = new ByteArrayOutputStream();
        int serial = 1;
        if (!unit.direct()) {
            out.writeBytes(BusMessage.call(serial++, BUS, "/org/freedesktop/DBus", BUS, "Hello", "", new BusMessage())
                    .bytes());
        }
        if (job && !unit.direct()) {
            BusMessage rule = new BusMessage()
                    .text("type='signal',sender='" + NAME + "',path='" + PATH + "',interface='" + MANAGER
                            + "',member='JobRemoved'");
            out.writeBytes(BusMessage.call(serial++, BUS, "/org/freedesktop/DBus", BUS, "AddMatch", "s", rule)
                    .bytes());
            out.writeBytes(BusMessage.call(serial++, NAME, PATH, MANAGER, "Subscribe", "", new BusMessage())
                    .bytes());
        }
        BusMessage call = BusMessage.call(serial, NAME, PATH, MANAGER, member, signature, body);
        int box = call.box() == 0 ? 0 : out.size() + call.box();
        out.writeBytes(call.bytes());
        return new Step.CallBus(
                unit.socket(),
                BusMessage.words(out.toByteArray()),
                out.size(),
                box,
                serial,
                job,
                absent,
                PATIENCE,
                what);
    }

    /// What systemd has a name for; all else is in the group's files alone. It must be told, or it would write
    /// values of its own there again, when it is reloaded.
    private static List<Property> limits(Resources resources, boolean unified) {
        var properties = new ArrayList<Property>();
        Resources.Memory memory = resources.memory();
        add(properties, unified ? "MemoryMax" : "MemoryLimit", memory.limit());
        Resources.Cpu cpu = resources.cpu();
        if (unified) {
            add(properties, "MemoryLow", memory.reservation());
            add(properties, "MemoryHigh", memory.high());
            Long swap = memory.swap();
            Long limit = memory.limit();
            add(
                    properties,
                    "MemorySwapMax",
                    swap == null || swap < 0 || limit == null ? swap : Long.valueOf(swap - limit));
            add(properties, "CPUWeight", cpu.shares() == null ? null : Long.valueOf(Weights.cpu(cpu.shares())));
            Long weight = resources.blockIO().weight();
            add(properties, "IOWeight", weight == null ? null : Long.valueOf(Weights.io(weight)));
        } else {
            add(properties, "CPUShares", cpu.shares());
            add(properties, "BlockIOWeight", resources.blockIO().weight());
        }
        if (cpu.period() != null) {
            add(properties, "CPUQuotaPeriodUSec", cpu.period());
        }
        Long quota = cpu.quota();
        if (quota != null) {
            add(properties, "CPUQuotaPerSecUSec", quota < 0 ? quota : perSecond(quota, cpu.period()));
        }
        Long pids = resources.pids();
        add(
                properties,
                "TasksMax",
                pids != null && pids == 0 ? Long.valueOf(1) : pids); // 0 it refuses; none can be added
        bits(properties, "AllowedCPUs", cpu.cpus());
        bits(properties, "AllowedMemoryNodes", cpu.mems());
        resources.unified().forEach((file, text) -> unified(properties, file, text.strip()));
        return properties;
    }

    /// In whole percents of a processor, which systemd counts in: rounded up, so that what the file then gets
    /// fits.
    private static long perSecond(long quota, @Nullable Long period) {
        double perSecond = quota * 1e6 / Objects.requireNonNullElse(period, PERIOD);
        return ((long) StrictMath.ceil(perSecond / 10_000)) * 10_000;
    }

    private static void unified(List<Property> properties, String file, String text) {
        String name = switch (file) {
            case "memory.min" -> "MemoryMin";
            case "memory.low" -> "MemoryLow";
            case "memory.high" -> "MemoryHigh";
            case "memory.max" -> "MemoryMax";
            case "memory.swap.max" -> "MemorySwapMax";
            case "pids.max" -> "TasksMax";
            case "cpu.weight" -> "CPUWeight";
            case "cpuset.cpus" -> "AllowedCPUs";
            case "cpuset.mems" -> "AllowedMemoryNodes";
            case "cpu.max" -> "CPUQuotaPerSecUSec";
            default -> "";
        };
        if (name.isEmpty()) {
            return;
        }
        properties.removeIf(property -> property.name().equals(name)); // as the file, which is written last, says
        if (name.startsWith("Allowed")) {
            bits(properties, name, text);
        } else if (name.equals("CPUQuotaPerSecUSec")) {
            String[] words = text.split("\\s+");
            Long period = words.length > 1 ? number(words[1]) : null;
            Long quota = number(words[0]);
            if (period != null) {
                properties.removeIf(property -> property.name().equals("CPUQuotaPeriodUSec"));
                add(properties, "CPUQuotaPeriodUSec", period);
            }
            add(properties, name, quota == null || quota < 0 ? quota : Long.valueOf(perSecond(quota, period)));
        } else {
            add(properties, name, number(text));
        }
    }

    /// Null for what is neither a number nor `max`: the kernel will say what it thinks of it.
    private static @Nullable Long number(String text) {
        if (text.equals("max")) {
            return -1L;
        }
        return text.matches("[0-9]{1,18}") ? Long.valueOf(text) : null;
    }

    /// The largest number is none, as -1 is.
    private static void add(List<Property> properties, String name, @Nullable Long value) {
        if (value != null) {
            properties.add(new Property(name, new Count(value)));
        }
    }

    private static void bits(List<Property> properties, String name, String list) {
        List<Integer> numbers = Lists.numbers(list);
        if (numbers.isEmpty()) {
            return;
        }
        var bytes = new ArrayList<Integer>();
        for (int number : numbers) {
            while (bytes.size() <= number / 8) {
                bytes.add(0);
            }
            bytes.set(number / 8, bytes.get(number / 8) | 1 << number % 8);
        }
        properties.add(new Property(name, new Bits(bytes)));
    }

    /// systemd's own rules say no more than that these may be opened. What is taken away from them again, only
    /// ours say, which hold beside its.
    private static List<Property> devices(DeviceRules rules) {
        if (rules.open()) {
            return rules.allowAll() ? List.of() : List.of(new Property("DevicePolicy", new Text("auto")));
        }
        var pairs = new ArrayList<Pair>();
        for (Rule rule : rules.rules()) {
            if (rule.allow()) {
                pairs.add(new Pair(device(rule), DeviceRules.letters(rule.access())));
            }
        }
        return List.of(new Property("DevicePolicy", new Text("strict")), new Property("DeviceAllow", new Pairs(pairs)));
    }

    private static String device(Rule rule) {
        String kind = rule.type() == 'b' ? "block" : "char";
        if (rule.major() == DeviceRules.ANY) {
            return kind + "-*";
        }
        return rule.minor() == DeviceRules.ANY
                ? kind + "-" + rule.major()
                : "/dev/" + kind + "/" + rule.major() + ":" + rule.minor();
    }
}
