package io.carafe.engine.metric;

import io.carafe.sandbox.cgroup.Figures;
import io.carafe.sandbox.cgroup.Figures.Pressures;
import io.carafe.sandbox.cgroup.Pressure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// Samples as Prometheus reads them: the text format 0.0.4. Names and labels are cAdvisor's where it has the figure.
public final class Exposition {
    /// What an HTTP answer says of it.
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double NANOSECONDS = 1e9;

    private final List<Sample> samples;
    private final StringBuilder out = new StringBuilder();

    private Exposition(List<Sample> samples) {
        this.samples = samples;
    }

    /// The whole answer.
    public static String of(List<Sample> samples) {
        var exposition = new Exposition(samples);
        exposition.processors();
        exposition.memory();
        exposition.disks();
        exposition.network();
        exposition.processes();
        exposition.pressure();
        return exposition.out.toString();
    }

    private void processors() {
        counter("cpu_usage_seconds_total", "Processor time.", it -> seconds(cpu(it).usage()));
        counter("cpu_user_seconds_total", "Processor time outside the kernel.", it -> seconds(cpu(it).user()));
        counter("cpu_system_seconds_total", "Processor time in the kernel.", it -> seconds(cpu(it).system()));
        counter("cpu_cfs_periods_total", "Periods with a quota.", it -> cpu(it).periods());
        counter(
                "cpu_cfs_throttled_periods_total",
                "Periods in which the quota was used up.",
                it -> cpu(it).throttledPeriods());
        counter(
                "cpu_cfs_throttled_seconds_total",
                "How long it waited for a new quota.",
                it -> seconds(cpu(it).throttled()));
    }

    private void memory() {
        gauge(
                "memory_usage_bytes",
                "Memory, the page cache with it.",
                it -> memory(it).usage());
        gauge(
                "memory_working_set_bytes",
                "Memory that can't be given back at once.",
                it -> memory(it).workingSet());
        gauge("memory_cache", "Page cache, bytes.", it -> memory(it).cache());
        gauge("memory_rss", "Anonymous memory, bytes.", it -> memory(it).rss());
        gauge("memory_swap", "Memory on swap space, bytes.", it -> memory(it).swap());
        gauge(
                "memory_max_usage_bytes",
                "The most memory that it ever had.",
                it -> memory(it).peak());
        gauge(
                "spec_memory_limit_bytes",
                "Its limit on memory, 0 for none.",
                it -> Math.max(memory(it).limit(), 0));
        counter(
                "memory_failcnt",
                "How often it ran into its limit on memory.",
                it -> memory(it).faults());
        counter(
                "oom_events_total",
                "Processes killed for want of memory.",
                it -> memory(it).oomKills());
    }

    private void disks() {
        counter(
                "fs_reads_bytes_total",
                "Read from disks.",
                it -> it.figures().io().readBytes());
        counter(
                "fs_writes_bytes_total",
                "Written to disks.",
                it -> it.figures().io().writeBytes());
        counter("fs_reads_total", "Reads from disks.", it -> it.figures().io().reads());
        counter("fs_writes_total", "Writes to disks.", it -> it.figures().io().writes());
    }

    private void network() {
        interfaces("network_receive_bytes_total", "Received.", Interface::receivedBytes);
        interfaces("network_receive_packets_total", "Packets received.", Interface::receivedPackets);
        interfaces("network_receive_errors_total", "Packets received with errors.", Interface::receivedErrors);
        interfaces("network_receive_packets_dropped_total", "Packets dropped on receipt.", Interface::receivedDropped);
        interfaces("network_transmit_bytes_total", "Sent.", Interface::sentBytes);
        interfaces("network_transmit_packets_total", "Packets sent.", Interface::sentPackets);
        interfaces("network_transmit_errors_total", "Packets that could not be sent.", Interface::sentErrors);
        interfaces(
                "network_transmit_packets_dropped_total", "Packets dropped instead of sent.", Interface::sentDropped);
    }

    private void processes() {
        gauge("processes", "Processes.", Sample::processes);
        gauge("threads", "Threads, of all processes.", it -> it.figures().pids().current());
        gauge(
                "threads_max",
                "The limit on threads and processes, 0 for none.",
                it -> Math.max(it.figures().pids().limit(), 0));
        counter(
                "threads_max_hits_total",
                "How often that limit kept a process from being made.",
                it -> it.figures().pids().hits());
        family("file_descriptors", "gauge", "Open descriptors, of all processes.");
        for (Sample sample : samples) {
            if (sample.descriptors() >= 0) {
                line("file_descriptors", labels(sample, ""), (double) sample.descriptors());
            }
        }
        gauge("running", "1 if it runs, else 0.", it -> it.container().runs() ? 1 : 0);
    }

    private void pressure() {
        pressure("cpu", Pressures::cpu, "a processor");
        pressure("memory", Pressures::memory, "memory");
        pressure("io", Pressures::io, "a disk");
    }

    private void pressure(String resource, Function<Pressures, Pressure> which, String what) {
        String waiting = "pressure_" + resource + "_waiting_seconds_total";
        String stalled = "pressure_" + resource + "_stalled_seconds_total";
        family(waiting, "counter", "How long a process of it waited for " + what + ".");
        each(waiting, which, Pressure::some);
        family(stalled, "counter", "How long all of it did.");
        each(stalled, which, Pressure::full);
    }

    private void each(String name, Function<Pressures, Pressure> which, Function<Pressure, Pressure.Share> share) {
        for (Sample sample : samples) {
            sample.figures()
                    .pressure()
                    .ifPresent(it -> line(
                            name,
                            labels(sample, ""),
                            seconds(share.apply(which.apply(it)).total())));
        }
    }

    private static Figures.Cpu cpu(Sample sample) {
        return sample.figures().cpu();
    }

    private static Figures.Memory memory(Sample sample) {
        return sample.figures().memory();
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOSECONDS;
    }

    private void counter(String name, String help, ToDoubleFunction<Sample> value) {
        each(name, "counter", help, value);
    }

    private void gauge(String name, String help, ToDoubleFunction<Sample> value) {
        each(name, "gauge", help, value);
    }

    private void each(String name, String type, String help, ToDoubleFunction<Sample> value) {
        family(name, type, help);
        for (Sample sample : samples) {
            line(name, labels(sample, ""), value.applyAsDouble(sample));
        }
    }

    private void interfaces(String name, String help, ToDoubleFunction<Interface> value) {
        family(name, "counter", help);
        for (Sample sample : samples) {
            for (Interface it : sample.interfaces()) {
                line(name, labels(sample, it.name()), value.applyAsDouble(it));
            }
        }
    }

    private void family(String name, String type, String help) {
        out.append("# HELP container_").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE container_").append(name).append(' ').append(type).append('\n');
    }

    private void line(String name, String labels, double value) {
        out.append("container_")
                .append(name)
                .append(labels)
                .append(' ')
                .append(number(value))
                .append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6f", value);
    }

    private static String labels(Sample sample, String networkInterface) {
        Watched container = sample.container();
        var labels = new ArrayList<String>();
        label(labels, "id", container.id());
        label(labels, "name", container.name());
        label(labels, "image", container.image());
        label(labels, "pod", container.pod());
        if (!networkInterface.isEmpty()) {
            label(labels, "interface", networkInterface);
        }
        return "{" + String.join(",", labels) + "}";
    }

    /// The format's three escapes. An empty label is the same as none.
    private static void label(List<String> labels, String name, String value) {
        if (!value.isEmpty()) {
            String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            labels.add(name + "=\"" + escaped + "\"");
        }
    }
}
