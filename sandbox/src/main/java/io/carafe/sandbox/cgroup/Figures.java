package io.carafe.sandbox.cgroup;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What a container uses, whichever version its groups are of. A figure that the machine doesn't have is 0; what a
/// [Statistics] prints for other programs is here for ours.
///
/// @param pressure empty where nothing measures it: a container without a group of cgroup v2
public record Figures(Cpu cpu, Memory memory, Io io, Pids pids, Optional<Pressures> pressure) {
    private static final long TICK = 10_000_000; // USER_HZ is 100
    private static final long UNLIMITED = 1L << 60; // v1 says "no limit" as the largest multiple of a page

    /// Processor time.
    ///
    /// @param usage            user and system
    /// @param periods          that it has run in, with a quota
    /// @param throttledPeriods in how many of them it used its quota up
    /// @param throttled        how long it had to wait for the next one
    public record Cpu(
            Duration usage, Duration user, Duration system, long periods, long throttledPeriods, Duration throttled) {}

    /// Bytes, but for the last two.
    ///
    /// @param usage      with the page cache
    /// @param workingSet what it can't give back at once: usage without the inactive part of the page cache, as
    ///                   Docker and Kubernetes have it
    /// @param cache      page cache
    /// @param limit      -1 for none
    /// @param peak       the most that it ever had; 0 on kernels before 5.19 with cgroup v2
    /// @param swap       of it on swap space
    /// @param faults     how often it ran into its limit
    /// @param oomKills   processes killed for it
    public record Memory(
            long usage,
            long workingSet,
            long cache,
            long rss,
            long limit,
            long peak,
            long swap,
            long faults,
            long oomKills) {}

    /// Of all disks together: bytes and operations.
    public record Io(long readBytes, long writeBytes, long reads, long writes) {}

    /// Processes and threads.
    ///
    /// @param limit -1 for none
    /// @param hits  how often a fork failed at it
    public record Pids(long current, long limit, long hits) {}

    /// Per resource.
    public record Pressures(Pressure cpu, Pressure memory, Pressure io) {}

    /// Reads it.
    public static Figures of(Groups groups, GroupFiles files) {
        var source = new Source(groups, files);
        return new Figures(cpu(source), memory(source), io(source), pids(source), pressure(source));
    }

    private record Source(Groups groups, GroupFiles files) {
        boolean isV1(String controller) {
            return groups.v1().containsKey(controller);
        }

        String text(String controller, String file) {
            String group = groups.of(controller);
            return group.isEmpty() ? "" : files.text(group + "/" + file);
        }

        String unified(String file) {
            return groups.unified().isEmpty() ? "" : files.text(groups.unified() + "/" + file);
        }

        long number(String controller, String file) {
            return Readings.number(text(controller, file));
        }

        Map<String, Long> table(String controller, String file) {
            return Readings.table(text(controller, file));
        }
    }

    private static Cpu cpu(Source source) {
        Map<String, Long> stat = source.table("cpu", "cpu.stat");
        boolean v1 = source.isV1("cpu");
        Duration throttled = v1 ? nanos(stat, "throttled_time") : micros(stat, "throttled_usec");
        long periods = stat.getOrDefault("nr_periods", 0L);
        long full = stat.getOrDefault("nr_throttled", 0L);
        if (source.isV1("cpuacct")) {
            Map<String, Long> ticks = source.table("cpuacct", "cpuacct.stat");
            return new Cpu(
                    Duration.ofNanos(source.number("cpuacct", "cpuacct.usage")),
                    Duration.ofNanos(ticks.getOrDefault("user", 0L) * TICK),
                    Duration.ofNanos(ticks.getOrDefault("system", 0L) * TICK),
                    periods,
                    full,
                    throttled);
        }
        Map<String, Long> times = v1 ? Readings.table(source.unified("cpu.stat")) : stat; // v2 counts it in any case
        return new Cpu(
                micros(times, "usage_usec"),
                micros(times, "user_usec"),
                micros(times, "system_usec"),
                periods,
                full,
                throttled);
    }

    private static Memory memory(Source source) {
        Map<String, Long> stat = source.table("memory", "memory.stat");
        if (source.isV1("memory")) {
            long usage = source.number("memory", "memory.usage_in_bytes");
            long limit = source.number("memory", "memory.limit_in_bytes");
            return new Memory(
                    usage,
                    workingSet(usage, stat.getOrDefault("total_inactive_file", 0L)),
                    stat.getOrDefault("total_cache", 0L),
                    stat.getOrDefault("total_rss", 0L),
                    limit <= 0 || limit >= UNLIMITED ? -1 : limit,
                    source.number("memory", "memory.max_usage_in_bytes"),
                    stat.getOrDefault("total_swap", 0L),
                    source.number("memory", "memory.failcnt"),
                    source.table("memory", "memory.oom_control").getOrDefault("oom_kill", 0L));
        }
        long usage = source.number("memory", "memory.current");
        String limit = source.text("memory", "memory.max");
        Map<String, Long> events = source.table("memory", "memory.events");
        return new Memory(
                usage,
                workingSet(usage, stat.getOrDefault("inactive_file", 0L)),
                stat.getOrDefault("file", 0L),
                stat.getOrDefault("anon", 0L),
                limit.isEmpty() ? -1 : Readings.number(limit),
                source.number("memory", "memory.peak"),
                source.number("memory", "memory.swap.current"),
                events.getOrDefault("max", 0L),
                events.getOrDefault("oom_kill", 0L));
    }

    private static long workingSet(long usage, long inactive) {
        return inactive < usage ? usage - inactive : usage; // they are read one after the other
    }

    private static Io io(Source source) {
        if (!source.isV1("blkio")) {
            String stat = source.text("blkio", "io.stat");
            return new Io(sum(stat, "rbytes"), sum(stat, "wbytes"), sum(stat, "rios"), sum(stat, "wios"));
        }
        String prefix = "blkio.bfq."; // counts what it schedules, and is not everywhere
        String bytes = source.text("blkio", prefix + "io_service_bytes_recursive");
        if (bytes.lines().count() < 2) { // a lone "Total 0"
            prefix = "blkio.throttle.";
            bytes = source.text("blkio", prefix + "io_service_bytes_recursive");
        }
        String operations = source.text("blkio", prefix + "io_serviced_recursive");
        return new Io(
                sumOnV1(bytes, "Read"),
                sumOnV1(bytes, "Write"),
                sumOnV1(operations, "Read"),
                sumOnV1(operations, "Write"));
    }

    /// `8:0 rbytes=4096 wbytes=0 …`
    private static long sum(String text, String name) {
        long sum = 0;
        for (String word : text.split("[ \n]")) {
            if (word.startsWith(name + "=")) {
                sum += Readings.number(word.substring(name.length() + 1));
            }
        }
        return sum;
    }

    /// `8:0 Read 4096`
    private static long sumOnV1(String text, String operation) {
        long sum = 0;
        for (String line : text.split("\n")) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[1].equals(operation)) {
                sum += Readings.number(words[2]);
            }
        }
        return sum;
    }

    private static Pids pids(Source source) {
        String limit = source.text("pids", "pids.max");
        return new Pids(
                source.number("pids", "pids.current"),
                limit.isEmpty() ? -1 : Readings.number(limit),
                source.table("pids", "pids.events").getOrDefault("max", 0L));
    }

    private static Optional<Pressures> pressure(Source source) {
        String cpu = source.unified("cpu.pressure");
        String memory = source.unified("memory.pressure");
        String io = source.unified("io.pressure");
        return cpu.isEmpty() && memory.isEmpty() && io.isEmpty()
                ? Optional.empty()
                : Optional.of(new Pressures(Pressure.of(cpu), Pressure.of(memory), Pressure.of(io)));
    }

    private static Duration nanos(Map<String, Long> stat, String name) {
        return Duration.ofNanos(stat.getOrDefault(name, 0L));
    }

    private static Duration micros(Map<String, Long> stat, String name) {
        return Duration.ofNanos(stat.getOrDefault(name, 0L) * 1000);
    }
}
