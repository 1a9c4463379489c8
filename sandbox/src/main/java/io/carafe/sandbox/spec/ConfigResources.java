package io.carafe.sandbox.spec;

import io.carafe.sandbox.spec.Resources.BlockIo;
import io.carafe.sandbox.spec.Resources.Cpu;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Resources.DeviceWeight;
import io.carafe.sandbox.spec.Resources.Memory;
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
/// runc, 0 stands for no limit where it would be none that a program can live with, and so does -1.
final class ConfigResources {
    private static final long MOST = Long.MAX_VALUE;
    private static final Set<String> DEVICE_TYPES = Set.of("a", "c", "b");
    private static final Pattern ACCESS = Pattern.compile("[rwm]{1,3}");
    private static final Pattern PAGE_SIZE = Pattern.compile("[1-9][0-9]{0,9}[KMGT]?B");
    private static final Pattern FILE = Pattern.compile("[a-z0-9_]+(\\.[A-Za-z0-9_.-]+)+");

    private ConfigResources() {}

    static Resources read(Node resources) {
        resources.get("network").notYet();
        resources.get("rdma").notYet();
        return new Resources(
                devices(resources.get("devices")),
                memory(resources.get("memory").object()),
                cpu(resources.get("cpu").object()),
                pids(resources.get("pids").object()),
                blockIo(resources.get("blockIO").object()),
                hugepages(resources.get("hugepageLimits")),
                unified(resources.get("unified")));
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

    private static @Nullable Long limit(@Nullable Long number) {
        return number != null && number <= 0 ? null : number;
    }

    private static Memory memory(Node memory) {
        memory.get("kernel").notYet();
        memory.get("kernelTCP").notYet();
        Node hierarchy = memory.get("useHierarchy");
        if (!hierarchy.truth() && hierarchy.isThere()) {
            hierarchy.problem("a group's memory is always its parent's too, since Linux 5.11");
        }
        memory.get("checkBeforeUpdate").truth(); // about changing the limit of what runs
        Long swap = memory.get("swap").number(-1, MOST);
        return new Memory(
                limit(memory.get("limit").number(-1, MOST)),
                swap != null && swap == 0 ? null : swap,
                limit(memory.get("reservation").number(-1, MOST)),
                null,
                memory.get("swappiness").number(0, 100),
                memory.get("disableOOMKiller").truth());
    }

    private static Cpu cpu(Node cpu) {
        return new Cpu(
                limit(cpu.get("shares").number(0, MOST)),
                limit(cpu.get("quota").number(-1, MOST)),
                limit(cpu.get("burst").number(0, MOST)),
                limit(cpu.get("period").number(0, MOST)),
                limit(cpu.get("realtimeRuntime").number(-1, MOST)),
                limit(cpu.get("realtimePeriod").number(0, MOST)),
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
        return limit(weight);
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
}
