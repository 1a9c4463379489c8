package io.carafe.sandbox.planner;

import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.BlockIo;
import io.carafe.sandbox.spec.Resources.Cpu;
import io.carafe.sandbox.spec.Resources.DeviceWeight;
import io.carafe.sandbox.spec.Resources.Memory;
import io.carafe.sandbox.spec.Resources.Throttle;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Limits for tests: all that a layout has, or one alone.
final class Everything {
    private static final long MIB = 1 << 20;

    private Everything() {}

    /// All that a layout has: `v2`, `v1` or `hybrid`.
    static Resources on(String layout) {
        boolean v2 = layout.equals("v2");
        Memory memory = v2
                ? new Memory(64 * MIB, 96 * MIB, 32 * MIB, 48 * MIB, null, false)
                : new Memory(64 * MIB, layout.equals("v1") ? 96 * MIB : null, 32 * MIB, null, 10L, true);
        var throttle = List.of(new Throttle(8, 0, 1000), new Throttle(254, 16, 2000));
        return new Resources(
                List.of(),
                memory,
                new Cpu(512L, 50_000L, 10_000L, 200_000L, v2 ? null : 950L, v2 ? null : 1000L, 0L, "0-1", "0"),
                20L,
                new BlockIo(
                        100L,
                        null,
                        List.of(new DeviceWeight(8, 0, 1000L, null)),
                        throttle,
                        throttle,
                        throttle.subList(0, 1),
                        throttle.subList(1, 2)),
                layout.equals("v1") ? Map.of() : Map.of("2MB", 4 * MIB, "1GB", 0L),
                v2
                        ? new TreeMap<>(Map.of(
                                "memory.low", "33554432", "io.max", "8:0 rbps=1\n8:16 rbps=2", "cgroup.max.depth", "2"))
                        : Map.of());
    }

    static Resources high() {
        return with(new Memory(null, null, null, MIB, null, false), Cpu.UNLIMITED, Map.of(), Map.of());
    }

    static Resources swappiness(long swappiness) {
        return with(new Memory(null, null, null, null, swappiness, false), Cpu.UNLIMITED, Map.of(), Map.of());
    }

    static Resources cpus(String cpus) {
        return with(Memory.UNLIMITED, new Cpu(null, null, null, null, null, null, null, cpus, ""), Map.of(), Map.of());
    }

    static Resources memoryNodes() {
        return with(Memory.UNLIMITED, new Cpu(null, null, null, null, null, null, null, "", "0"), Map.of(), Map.of());
    }

    static Resources hugepages() {
        return with(Memory.UNLIMITED, Cpu.UNLIMITED, Map.of("2MB", 4 * MIB), Map.of());
    }

    static Resources unified(String file) {
        return with(Memory.UNLIMITED, Cpu.UNLIMITED, Map.of(), Map.of(file, "1"));
    }

    private static Resources with(Memory memory, Cpu cpu, Map<String, Long> hugepages, Map<String, String> unified) {
        return new Resources(List.of(), memory, cpu, null, BlockIo.UNLIMITED, hugepages, unified);
    }
}
