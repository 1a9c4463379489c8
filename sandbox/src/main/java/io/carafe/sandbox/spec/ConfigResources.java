package io.carafe.sandbox.spec;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.spec.Resources.BlockIo;
import io.carafe.sandbox.spec.Resources.Cpu;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Resources.DeviceWeight;
import io.carafe.sandbox.spec.Resources.Memory;
import io.carafe.sandbox.spec.Resources.Network;
import io.carafe.sandbox.spec.Resources.Rdma;
import io.carafe.sandbox.spec.Resources.Throttle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `linux.resources` of a `config.json` (runtime specification, config-linux.md, "Control groups"). As with
/// runc, 0 stands for no limit where it would be none that a program can live with, and so does -1: of a new
/// group, which has none. Of one that is there, -1 takes its limit away.
final class ConfigResources {
    private static final long MOST = Long.MAX_VALUE;
    private static final Set<String> DEVICE_TYPES = Set.of("a", "c", "b");
    private static final Pattern ACCESS = Pattern.compile("[rwm]{1,3}");
    private static final Pattern PAGE_SIZE = Pattern.compile("[1-9][0-9]{0,9}[KMGT]?B");
    private static final Pattern FILE = Pattern.compile("[a-z0-9_]+(\\.[A-Za-z0-9_.-]+)+");

    private static final Pattern INTERFACE = Pattern.compile("[^/ \\p{Cntrl}]{1,15}");
    private static final Pattern DEVICE = Pattern.compile("[^/ \\p{Cntrl}]{1,63}");

    private final boolean there;

    private ConfigResources(boolean there) {
        this.there = there;
    }

    /// @param there of a group that is there already
    static Resources read(Node resources, boolean there) {
        return new ConfigResources(there).resources(resources);
    }

    private Resources resources(Node resources) {
        return new Resources(
                devices(resources.get("devices")),
                memory(resources.get("memory").object()),
                cpu(resources.get("cpu").object()),
                pids(resources.get("pids").object()),
                blockIo(resources.get("blockIO").object()),
                hugepages(resources.get("hugepageLimits")),
                unified(resources.get("unified")),
                network(resources.get("network").object()),
                rdma(resources.get("rdma")));
    }

    private static List<DeviceRule> devices(Node list) {
        var rules = new ArrayList<DeviceRule>();
        for (Node node : list.objects()) {
            if (!node.get("allow").isThere()) {
                node.get("allow").problem("is missing");
            }
            String access = node.get("access").text();
            if (!access.isEmpty() && !ACCESS.matcher(access).matches()) {
                node.get("access").problem("not made of r, w and m: " + Node.quoted(access));
            }
            rules.add(new DeviceRule(
                    node.get("allow").truth(),
                    node.get("type").oneOf(DEVICE_TYPES, "type of a device", "a"),
                    any(node.get("major").number(-1, 0xFFFFFFFFL)),
                    any(node.get("minor").number(-1, 0xFFFFFFFFL)),
                    access.isEmpty() ? "rwm" : access));
        }
        return rules;
    }

    /// -1 is another word for every number.
    private static @Nullable Long any(@Nullable Long number) {
        return number != null && number < 0 ? null : number;
    }

    private static @Nullable Long positive(@Nullable Long number) {
        return number != null && number <= 0 ? null : number;
    }

    private @Nullable Long limit(@Nullable Long number) {
        return there && number != null && number < 0 ? number : positive(number);
    }

    private Memory memory(Node memory) {
        Long kernel = memory.get("kernel").number(-1, MOST);
        if (kernel != null && kernel > 0) {
            memory.get("kernel")
                    .problem("no kernel since 5.16 limits its own memory apart; the limit holds for it too");
        }
        Node hierarchy = memory.get("useHierarchy");
        if (!hierarchy.truth() && hierarchy.isThere()) {
            hierarchy.problem("a group's memory is always its parent's too, since Linux 5.11");
        }
        Long swap = memory.get("swap").number(-1, MOST);
        return new Memory(
                limit(memory.get("limit").number(-1, MOST)),
                swap != null && swap == 0 ? null : swap,
                limit(memory.get("reservation").number(-1, MOST)),
                null,
                memory.get("swappiness").number(0, 100),
                memory.get("disableOOMKiller").truth(),
                limit(memory.get("kernelTCP").number(-1, MOST)),
                memory.get("checkBeforeUpdate").truth());
    }

    private Cpu cpu(Node cpu) {
        Long burst = cpu.get("burst").number(0, MOST);
        return new Cpu(
                positive(cpu.get("shares").number(0, MOST)),
                limit(cpu.get("quota").number(-1, MOST)),
                there ? burst : positive(burst),
                positive(cpu.get("period").number(0, MOST)),
                limit(cpu.get("realtimeRuntime").number(-1, MOST)),
                positive(cpu.get("realtimePeriod").number(0, MOST)),
                cpu.get("idle").number(0, 1),
                cpu.get("cpus").text(),
                cpu.get("mems").text());
    }

    /// 0 is a limit here, since version 1.3 of the specification.
    private static @Nullable Long pids(Node pids) {
        return pids.isThere() ? pids.get("limit").number(-1, MOST) : null;
    }

    private static BlockIo blockIo(Node io) {
        var weights = new ArrayList<DeviceWeight>();
        for (Node node : io.get("weightDevice").objects()) {
            weights.add(new DeviceWeight(
                    node.get("major").neededNumber(0, 0xFFF),
                    node.get("minor").neededNumber(0, 0xFFFFF),
                    weight(node.get("weight")),
                    weight(node.get("leafWeight"))));
        }
        return new BlockIo(
                weight(io.get("weight")),
                weight(io.get("leafWeight")),
                weights,
                throttles(io.get("throttleReadBpsDevice")),
                throttles(io.get("throttleWriteBpsDevice")),
                throttles(io.get("throttleReadIOPSDevice")),
                throttles(io.get("throttleWriteIOPSDevice")));
    }

    private static @Nullable Long weight(Node node) {
        Long weight = node.number(0, 1000);
        if (weight != null && weight > 0 && weight < 10) {
            node.problem("not a number from 10 to 1000: " + weight);
        }
        return positive(weight);
    }

    private static List<Throttle> throttles(Node list) {
        var throttles = new ArrayList<Throttle>();
        for (Node node : list.objects()) {
            throttles.add(new Throttle(
                    node.get("major").neededNumber(0, 0xFFF),
                    node.get("minor").neededNumber(0, 0xFFFFF),
                    node.get("rate").neededNumber(0, MOST)));
        }
        return throttles;
    }

    private static Map<String, Long> hugepages(Node list) {
        var limits = new TreeMap<String, Long>();
        for (Node node : list.objects()) {
            String size = node.get("pageSize").needed();
            if (!size.isEmpty() && !PAGE_SIZE.matcher(size).matches()) { // it becomes part of a file's name
                node.get("pageSize").problem("not a size like 2MB: " + Node.quoted(size));
            }
            if (limits.put(size, node.get("limit").neededNumber(0, MOST)) != null && !size.isEmpty()) {
                node.get("pageSize").problem("a second " + Node.quoted(size));
            }
        }
        return limits;
    }

    private static Map<String, String> unified(Node node) {
        var files = new LinkedHashMap<String, String>();
        node.properties().forEach((name, value) -> {
            if (!FILE.matcher(name).matches()) { // it must not lead anywhere else
                value.problem("not the name of a file like memory.high");
            }
            files.put(name, value.text());
        });
        return files;
    }

    private static Network network(Node network) {
        var priorities = new TreeMap<String, Long>();
        for (Node node : network.get("priorities").objects()) {
            String name = node.get("name").needed();
            if (!name.isEmpty() && !INTERFACE.matcher(name).matches()) {
                node.get("name").problem("not the name of an interface: " + Node.quoted(name));
            }
            priorities.put(name, node.get("priority").neededNumber(0, 0xFFFFFFFFL));
        }
        return new Network(positive(network.get("classID").number(0, 0xFFFFFFFFL)), priorities);
    }

    private static Map<String, Rdma> rdma(Node node) {
        var devices = new TreeMap<String, Rdma>();
        node.properties().forEach((name, limits) -> {
            if (!DEVICE.matcher(name).matches()) {
                limits.problem("not the name of a device");
            }
            Long handles = limits.object().get("hcaHandles").number(0, 0xFFFFFFFFL);
            Long objects = limits.get("hcaObjects").number(0, 0xFFFFFFFFL);
            if (handles == null && objects == null) {
                limits.problem("limits neither hcaHandles nor hcaObjects");
            }
            devices.put(name, new Rdma(handles, objects));
        });
        return devices;
    }
}
