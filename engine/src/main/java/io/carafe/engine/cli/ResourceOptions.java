package io.carafe.engine.cli;

import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.engine.RunOptions.Control;
import io.carafe.engine.engine.RunOptions.DeviceFile;
import io.carafe.engine.engine.RunOptions.DiskLimit;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The options that share out the machine, and devices. Docker's words for "as if it weren't given" (0, or
/// -1 for swappiness) are null from here on. What ranges the kernel has, the planner knows.
final class ResourceOptions {
    private static final long MEMORY_MIN = 6 << 20; // Docker's, for a limit and for a reservation
    private static final String RULE =
            "([abc]) ([0-9]{1,7}|\\*):([0-9]{1,7}|\\*) ([rwm]{1,3})"; // no Pattern: a cold JVM needs none
    private static final String ACCESS = "[rwm]{1,3}";

    private final BoxArguments arguments;
    private final Invocation caller;

    private ResourceOptions(BoxArguments arguments, Invocation caller) {
        this.arguments = arguments;
        this.caller = caller;
    }

    static Control read(BoxArguments arguments, Invocation caller) {
        var options = new ResourceOptions(arguments, caller);
        return new Control(
                options.resources(),
                arguments.list(BoxFlags.DEVICE, options::device),
                options.disks(),
                arguments.one(BoxFlags.CGROUP_PARENT, "", ResourceOptions::parent),
                options.annotations());
    }

    private Map<String, String> annotations() {
        var annotations = new LinkedHashMap<String, String>();
        for (String word : arguments.list(BoxFlags.ANNOTATION, word -> word)) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                arguments.problem(BoxFlags.ANNOTATION, word, "write it as NAME=VALUE");
            } else {
                annotations.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return annotations;
    }

    private Resources resources() {
        return new Resources(
                arguments.list(BoxFlags.DEVICE_CGROUP_RULE, ResourceOptions::rule),
                memory(),
                cpu(),
                null,
                new Resources.BlockIo(
                        unlessZero(BoxFlags.BLKIO_WEIGHT), null, List.of(), List.of(), List.of(), List.of(), List.of()),
                hugepages(),
                unified());
    }

    private Resources.Memory memory() {
        Long swap = arguments.number(BoxFlags.MEMORY_SWAP, word -> word.equals("-1") ? -1 : Quantity.bytes(word));
        Long swappiness = arguments.number(BoxFlags.MEMORY_SWAPPINESS, Quantity::whole);
        return new Resources.Memory(
                null,
                swap != null && swap == 0 ? null : swap,
                arguments.number(BoxFlags.MEMORY_RESERVATION, ResourceOptions::reservation),
                arguments.number(BoxFlags.MEMORY_HIGH, Quantity::bytes),
                swappiness != null && swappiness == -1 ? null : swappiness,
                arguments.on(BoxFlags.OOM_KILL_DISABLE));
    }

    private static long reservation(String word) {
        long bytes = Quantity.bytes(word);
        if (bytes < MEMORY_MIN) {
            throw new IllegalArgumentException("the minimum memory reservation is 6m");
        }
        return bytes;
    }

    private Resources.Cpu cpu() {
        return new Resources.Cpu(
                unlessZero(BoxFlags.CPU_SHARES),
                unlessZero(BoxFlags.CPU_QUOTA),
                arguments.number(BoxFlags.CPU_BURST, Quantity::whole),
                unlessZero(BoxFlags.CPU_PERIOD),
                unlessZero(BoxFlags.CPU_RT_RUNTIME),
                unlessZero(BoxFlags.CPU_RT_PERIOD),
                arguments.on(BoxFlags.CPU_IDLE) ? 1L : null,
                arguments.one(BoxFlags.CPUSET_CPUS, "", word -> word),
                arguments.one(BoxFlags.CPUSET_MEMS, "", word -> word));
    }

    private @Nullable Long unlessZero(Flag flag) {
        Long number = arguments.number(flag, Quantity::whole);
        return number != null && number == 0 ? null : number;
    }

    private Map<String, Long> hugepages() {
        var limits = new LinkedHashMap<String, Long>();
        for (String[] pair : arguments.list(BoxFlags.HUGEPAGES, word -> pair(word, "SIZE=LIMIT, as 2MB=64m"))) {
            try {
                limits.put(pair[0], Quantity.bytes(pair[1]));
            } catch (IllegalArgumentException e) {
                arguments.problem(BoxFlags.HUGEPAGES, pair[0] + "=" + pair[1], String.valueOf(e.getMessage()));
            }
        }
        return limits;
    }

    private Map<String, String> unified() {
        var files = new LinkedHashMap<String, String>();
        for (String[] pair : arguments.list(BoxFlags.UNIFIED, word -> pair(word, "KEY=VALUE, as memory.high=1g"))) {
            files.merge(pair[0], pair[1], (before, line) -> before + "\n" + line); // a device a line
        }
        return files;
    }

    private static String[] pair(String word, String form) {
        int equals = word.indexOf('=');
        if (equals <= 0 || equals == word.length() - 1) {
            throw new IllegalArgumentException("write it as " + form);
        }
        return new String[] {word.substring(0, equals), word.substring(equals + 1)};
    }

    /// `HOST[:BOX[:ACCESS]]`, or `HOST:ACCESS`.
    private DeviceFile device(String word) {
        String[] parts = word.split(":", -1);
        if (parts.length > 3 || parts[0].isEmpty()) {
            throw new IllegalArgumentException("write it as HOST[:BOX[:rwm]]");
        }
        boolean accessOnly = parts.length == 2 && parts[1].matches(ACCESS);
        String host = CallerPath.absolute(parts[0], caller);
        String box = parts.length == 1 || accessOnly ? host : parts[1];
        String access = parts.length == 3 ? parts[2] : accessOnly ? parts[1] : "rwm";
        if (!access.matches(ACCESS)) {
            throw new IllegalArgumentException("invalid access: '" + access + "'; it is made of r, w and m");
        }
        return new DeviceFile(host, CallerPath.inBox(box), access);
    }

    private static DeviceRule rule(String word) {
        Matcher rule = Pattern.compile(RULE).matcher(word);
        if (!rule.matches()) {
            throw new IllegalArgumentException("write it as 'c 10:200 rwm': a, b or c, numbers or *, r, w and m");
        }
        return new DeviceRule(true, rule.group(1), number(rule.group(2)), number(rule.group(3)), rule.group(4));
    }

    private static @Nullable Long number(String word) {
        return word.equals("*") ? null : Long.valueOf(word);
    }

    private List<DiskLimit> disks() {
        var limits = new ArrayList<DiskLimit>();
        disks(BoxFlags.BLKIO_WEIGHT_DEVICE, DiskLimit.Kind.WEIGHT, Quantity::whole, limits);
        disks(BoxFlags.DEVICE_READ_BPS, DiskLimit.Kind.READ_BPS, Quantity::bytes, limits);
        disks(BoxFlags.DEVICE_WRITE_BPS, DiskLimit.Kind.WRITE_BPS, Quantity::bytes, limits);
        disks(BoxFlags.DEVICE_READ_IOPS, DiskLimit.Kind.READ_IOPS, Quantity::whole, limits);
        disks(BoxFlags.DEVICE_WRITE_IOPS, DiskLimit.Kind.WRITE_IOPS, Quantity::whole, limits);
        return limits;
    }

    private void disks(Flag flag, DiskLimit.Kind kind, ToLongFunction<String> reader, List<DiskLimit> limits) {
        limits.addAll(arguments.list(flag, word -> {
            int colon = word.lastIndexOf(':');
            if (colon <= 0) {
                throw new IllegalArgumentException("write it as DEVICE:NUMBER, as /dev/sda:" + kind.example());
            }
            String device = CallerPath.absolute(word.substring(0, colon), caller);
            return new DiskLimit(kind, device, reader.applyAsLong(word.substring(colon + 1)));
        }));
    }

    /// Below every hierarchy's mount point, with or without a slash before it.
    private static String parent(String word) {
        String name = word.startsWith("/") ? word.substring(1) : word;
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("not the path of a group below the root: " + word);
            }
        }
        return name;
    }
}
