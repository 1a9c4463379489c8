package io.carafe.sandbox.executor;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.time.Duration;
import java.util.Map;

/// What a report says about a program that ran: how it ended and what it took. Figures are those of the box's
/// control groups if it had some, else those of wait4(2).
///
/// @param exit        the program's exit status, -1 if a signal ended it
/// @param signal      the signal that ended it, 0 if none did
/// @param timedOut    it was killed because its time was over
/// @param outOfMemory the limit on memory killed a process in the box: most often the program itself
/// @param memoryLimit bytes that the box could have, -1 for no limit
/// @param wall        from the making of its first process to the end
/// @param cpu         processor time of the whole box, user and system
/// @param peakMemory  bytes
public record Verdict(
        int exit,
        int signal,
        boolean timedOut,
        boolean outOfMemory,
        long memoryLimit,
        Duration wall,
        Duration cpu,
        long peakMemory) {

    /// What a report says of a plan's program.
    ///
    /// @throws IllegalArgumentException if the program never ran
    public static Verdict of(Plan plan, Report report) {
        if (report.outcome() != Outcome.ENDED) {
            throw new IllegalArgumentException("no program ran: " + report.outcome());
        }
        int signal = report.status() & 0x7f; // WTERMSIG
        int exit = signal == 0 ? report.status() >> 8 & 0xff : -1;
        boolean outOfMemory = false;
        Duration cpu = report.user().plus(report.system());
        long peakMemory = report.peakMemory();
        for (Map.Entry<Integer, String> read : report.collected().entrySet()) {
            String path = path(plan, report, read.getKey());
            String text = read.getValue();
            String before = report.before().getOrDefault(read.getKey(), ""); // what making the box took
            switch (path.substring(path.lastIndexOf('/') + 1)) {
                case "memory.oom_control", "memory.events" -> outOfMemory = number(text, "oom_kill", 0) > 0;
                case "memory.max_usage_in_bytes", "memory.peak" -> peakMemory = number(text, "", peakMemory);
                case "cpuacct.usage" -> cpu = Duration.ofNanos(number(text, "", cpu.toNanos()) - number(before, "", 0));
                case "cpu.stat" ->
                    cpu = Duration.ofNanos(1000
                            * (number(text, "usage_usec", cpu.toNanos() / 1000) - number(before, "usage_usec", 0)));
                default -> {} // collected for someone else
            }
        }
        return new Verdict(
                exit, signal, report.timedOut(), outOfMemory, memoryLimit(plan), report.wall(), cpu, peakMemory);
    }

    /// How often a process of the box couldn't make another one because of the limit on them; 0 where
    /// nobody has read it.
    public static long forksRefused(Plan plan, Report report) {
        for (Map.Entry<Integer, String> read : report.collected().entrySet()) {
            if (path(plan, report, read.getKey()).endsWith("/pids.events")) {
                return number(read.getValue(), "max", 0);
            }
        }
        return 0;
    }

    /// Where it was read: of another plan's box its report says so.
    private static String path(Plan plan, Report report, int index) {
        String told = report.paths().get(index);
        if (told != null) {
            return told;
        }
        boolean known = index >= 0 && index < plan.undo().size();
        return known && plan.undo().get(index).step() instanceof Step.Collect(var path) ? path : "";
    }

    /// Whether the limit on memory ended the program itself, and not only another process in the box.
    public boolean killedByMemoryLimit() {
        return outOfMemory && !timedOut && (signal == 9 || exit == 128 + 9);
    }

    private static long memoryLimit(Plan plan) {
        for (Line line : plan.outside()) {
            if (line.step() instanceof Step.WriteFile(var path, var text)
                    && (path.endsWith("/memory.max") || path.endsWith("/memory.limit_in_bytes"))) {
                return number(text, "", -1);
            }
        }
        return -1;
    }

    /// The number after a key in lines of `key number`, or a lone number if the key is "".
    private static long number(String text, String key, long otherwise) {
        for (String line : text.split("\n")) {
            String value = key.isEmpty() ? line : line.startsWith(key + " ") ? line.substring(key.length()) : "";
            if (value.isEmpty()) {
                continue;
            }
            try {
                return Long.parseLong(value.strip());
            } catch (NumberFormatException e) {
                // another line, or "max"
            }
        }
        return otherwise;
    }
}
