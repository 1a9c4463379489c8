package io.carafe.engine.cli;

import io.carafe.sandbox.judge.Status;
import io.carafe.sandbox.judge.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A verdict for people, and as an exit code.
final class VerdictText {
    private static final int NO_VERDICT = 125;

    private VerdictText() {}

    /// `OK: 12 ms of processor time, 15 ms, 1.2 MiB`, and a line for each note.
    static List<String> lines(Verdict verdict) {
        var lines = new ArrayList<String>();
        String message = verdict.message().isEmpty() ? "" : " (" + Harmless.line(verdict.message()) + ")";
        lines.add(verdict.status() + message + ": " + milliseconds(verdict.cpu()) + " of processor time, "
                + milliseconds(verdict.wall()) + ", "
                + String.format(Locale.ROOT, "%.1f MiB", verdict.peakMemory() / (double) (1 << 20)));
        verdict.notes().forEach(note -> lines.add("not copied out: " + Harmless.line(note)));
        verdict.files().stream()
                .filter(file -> file.content().truncated())
                .forEach(file -> lines.add("cut: " + Harmless.line(file.name())));
        return lines;
    }

    private static String milliseconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
    }

    /// What a shell is told.
    static int exitCode(Status status) {
        return switch (status) {
            case OK -> 0;
            case RUNTIME_ERROR -> 1;
            case CPU_TIME -> 2;
            case WALL_TIME -> 3;
            case MEMORY -> 4;
            case OUTPUT -> 5;
            case PROCESSES -> 6;
            case FORBIDDEN_CALL -> 7;
            case COMPILE_ERROR -> 8;
            case INTERNAL_ERROR -> NO_VERDICT;
        };
    }
}
