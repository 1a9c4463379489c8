package io.carafe.engine.metric;

import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Step;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /// Of a report and the plan whose undo part collected it.
    public static Evidence of(Plan plan, Report report) {
        var texts = new HashMap<String, String>();
        for (int i = 0; i < plan.undo().size(); i++) {
            String text = report.collected().get(i);
            if (text != null && plan.undo().get(i).step() instanceof Step.Collect(var path)) {
                texts.put(path.substring(path.lastIndexOf('/') + 1), text);
            }
        }
        return of(texts);
    }

    /// Of what stood in files of either version, by their names: `memory.events`.
    public static Evidence of(Map<String, String> files) {
        String memory = files.getOrDefault("memory.events", files.getOrDefault("memory.oom_control", ""));
        String peak = files.getOrDefault("memory.peak", files.getOrDefault("memory.max_usage_in_bytes", ""));
        long faults =
                files.containsKey("memory.failcnt") ? number(files.get("memory.failcnt"), "") : number(memory, "max");
        String cpu = files.getOrDefault("cpu.stat", "");
        long usage = files.containsKey("cpuacct.usage")
                ? number(files.get("cpuacct.usage"), "")
                : number(cpu, "usage_usec") * 1000;
        long throttled = number(cpu, "throttled_time") + number(cpu, "throttled_usec") * 1000;
        return new Evidence(
                number(memory, "oom_kill"),
                number(peak, ""),
                faults,
                number(files.getOrDefault("pids.events", ""), "max"),
                Duration.ofNanos(usage),
                Duration.ofNanos(throttled));
    }

    /// The number behind a name, or the lone number if the name is "".
    private static long number(@Nullable String text, String name) {
        for (String line : text == null ? new String[0] : text.split("\n")) {
            String value = name.isEmpty() ? line : line.startsWith(name + " ") ? line.substring(name.length()) : "";
            if (value.strip().matches("[0-9]{1,18}")) {
                return Long.parseLong(value.strip());
            }
        }
        return 0;
    }
}
