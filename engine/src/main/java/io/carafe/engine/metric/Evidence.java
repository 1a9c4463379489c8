package io.carafe.engine.metric;

import io.carafe.sandbox.executor.Report;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

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
    public static final Evidence NONE = of(List.of());

    private static final long TICK = 10_000_000; // USER_HZ is 100

    /// Of what a container's monitor read ([io.carafe.sandbox.cgroup.GroupSteps#evidence]).
    public static Evidence of(Report report) {
        return of(report.collected().values());
    }

    /// Of what stood in files of either version. Which file it was can be told from the text: of those that hold a
    /// lone number, only the peak of memory is read.
    static Evidence of(Collection<String> texts) {
        long kills = 0;
        long limitHits = 0;
        long peak = 0;
        long pidsHits = 0;
        long nanos = 0;
        long throttled = 0;
        for (String text : texts) {
            if (text.contains("oom_kill ")) { // memory.events, memory.oom_control
                kills = number(text, "oom_kill");
                limitHits = number(text, "max");
            } else if (text.startsWith("max ")) { // pids.events
                pidsHits = number(text, "max");
            } else if (text.contains("nr_periods ") || text.contains("usage_usec ")) { // cpu.stat
                nanos = Math.max(nanos, number(text, "usage_usec") * 1000);
                throttled = Math.max(throttled, number(text, "throttled_usec") * 1000 + number(text, "throttled_time"));
            } else if (text.startsWith("user ")) { // cpuacct.stat
                nanos = Math.max(nanos, (number(text, "user") + number(text, "system")) * TICK);
            } else { // memory.peak, memory.max_usage_in_bytes
                peak = Math.max(peak, number(text, ""));
            }
        }
        return new Evidence(kills, peak, limitHits, pidsHits, Duration.ofNanos(nanos), Duration.ofNanos(throttled));
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
