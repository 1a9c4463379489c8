package io.carafe.engine.metric;

import io.carafe.sandbox.executor.Report;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// What was read of a container's control groups after its last process had ended and before they went. A figure
/// that wasn't collected is 0.
///
/// @param oomKills   processes killed for want of memory
/// @param memoryPeak bytes
/// @param limitHits  how often it ran into its limit on memory
/// @param pidsHits   how often a fork failed at the limit on processes
/// @param processor  its processor time
/// @param throttled  how long it waited for its quota
public record Evidence(
        long oomKills, long memoryPeak, long limitHits, long pidsHits, Duration processor, Duration throttled) {
    public static final Evidence NONE = of(Map.of());

    /// Of what a container's monitor read ([io.carafe.sandbox.cgroup.GroupSteps#evidence]).
    public static Evidence of(Report report) {
        var texts = new HashMap<String, String>();
        report.collected().forEach((index, text) -> {
            String path = report.paths().getOrDefault(index, "");
            texts.put(path.substring(path.lastIndexOf('/') + 1), text);
        });
        return of(texts);
    }

    /// Of what stood in files of either version, by their names: `memory.events`.
    static Evidence of(Map<String, String> files) {
        String memory = files.getOrDefault("memory.events", files.getOrDefault("memory.oom_control", ""));
        String cpu = files.getOrDefault("cpu.stat", "");
        long usage = Math.max(number(files, "cpuacct.usage"), number(cpu, "usage_usec") * 1000);
        long throttled = number(cpu, "throttled_time") + number(cpu, "throttled_usec") * 1000;
        return new Evidence(
                number(memory, "oom_kill"),
                Math.max(number(files, "memory.peak"), number(files, "memory.max_usage_in_bytes")),
                number(memory, "max") + number(files, "memory.failcnt"),
                number(files.getOrDefault("pids.events", ""), "max"),
                Duration.ofNanos(usage),
                Duration.ofNanos(throttled));
    }

    private static long number(Map<String, String> files, String name) {
        return number(files.getOrDefault(name, ""), "");
    }

    /// The number behind a name, or the lone number if the name is "".
    private static long number(String text, String name) {
        for (String line : text.split("\n")) {
            String value = name.isEmpty() ? line : line.startsWith(name + " ") ? line.substring(name.length()) : "";
            if (value.strip().matches("[0-9]{1,18}")) {
                return Long.parseLong(value.strip());
            }
        }
        return 0;
    }
}
