package io.carafe.engine.cli;

import io.carafe.engine.metric.Sample;
import io.carafe.sandbox.cgroup.Figures;
import io.carafe.sandbox.cgroup.Pressure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a container uses, as Docker words it, and its pressure.
final class StatsCells {
    static final Listed LIST = new Listed(
            List.of(
                    "CONTAINER ID",
                    "NAME",
                    "CPU %",
                    "MEM USAGE / LIMIT",
                    "MEM %",
                    "NET I/O",
                    "BLOCK I/O",
                    "PIDS",
                    "PRESSURE"),
            List.of("ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs", "Pressure"),
            List.of(
                    "Container",
                    "CPUNanos",
                    "ThrottledNanos",
                    "MemBytes",
                    "MemLimitBytes",
                    "MemPeakBytes",
                    "OOMKills",
                    "NetReceivedBytes",
                    "NetSentBytes",
                    "BlockReadBytes",
                    "BlockWrittenBytes",
                    "PIDsLimit",
                    "PIDsHits"));

    private static final String NOTHING = "--";
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private StatsCells() {}

    /// @param before  an earlier one, from which the share of the processor is measured
    /// @param machine all the memory there is
    /// @param whole   whether ids are
    static List<String> of(Sample sample, Sample before, long machine, boolean whole) {
        String id = sample.container().id();
        String brief = whole ? id : id.substring(0, Math.min(12, id.length()));
        var cells = new ArrayList<>(List.of(brief, sample.container().name()));
        if (!sample.container().runs()) {
            cells.addAll(List.of(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING));
        } else {
            cells.addAll(live(sample, before, machine));
        }
        Figures figures = sample.figures();
        cells.addAll(List.of(
                id,
                Long.toString(figures.cpu().usage().toNanos()),
                Long.toString(figures.cpu().throttled().toNanos()),
                Long.toString(figures.memory().workingSet()),
                Long.toString(figures.memory().limit()),
                Long.toString(figures.memory().peak()),
                Long.toString(figures.memory().oomKills()),
                Long.toString(sample.received()),
                Long.toString(sample.sent()),
                Long.toString(figures.io().readBytes()),
                Long.toString(figures.io().writeBytes()),
                Long.toString(figures.pids().limit()),
                Long.toString(figures.pids().hits())));
        return cells;
    }

    private static List<String> live(Sample sample, Sample before, long machine) {
        long used = sample.figures().memory().workingSet();
        long limit = sample.memoryLimit(machine);
        Figures.Io io = sample.figures().io();
        return List.of(
                percent(sample.processorShare(before)),
                binary(used) + " / " + binary(limit),
                percent(limit <= 0 ? 0 : 100.0 * used / limit),
                Amount.size(sample.received()) + " / " + Amount.size(sample.sent()),
                Amount.size(io.readBytes()) + " / " + Amount.size(io.writeBytes()),
                Long.toString(sample.figures().pids().current()),
                pressure(sample.figures().pressure()));
    }

    /// How much of the last ten seconds somebody in it waited.
    private static String pressure(Optional<Figures.Pressures> pressure) {
        return pressure.map(it -> "cpu " + share(it.cpu()) + " mem " + share(it.memory()) + " io " + share(it.io()))
                .orElse(NOTHING);
    }

    private static String share(Pressure pressure) {
        return String.format(Locale.ROOT, "%.1f%%", pressure.some().avg10());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f%%", share);
    }

    /// `1.234MiB`: memory counts by 1024, with Docker's four digits.
    static String binary(long bytes) {
        double rest = bytes;
        int unit = 0;
        while (rest >= 1024 && unit < UNITS.length - 1) {
            rest /= 1024;
            unit++;
        }
        int whole = Long.toString((long) rest).length();
        String text = String.format(Locale.ROOT, "%." + Math.max(0, 4 - whole) + "f", rest);
        return (text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text) + UNITS[unit];
    }
}
