package io.carafe.sandbox.judge;

import io.carafe.sandbox.FetchedFile;
import io.carafe.sandbox.Output;
import io.carafe.sandbox.forensic.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a judged run ended, and what it took. The figures are those of the whole box: all processes, whoever
/// waited for them.
///
/// @param status       in a word
/// @param exitCode     0 to 255: the program's own, or 128 + n if signal n ended it; 126 if it couldn't be
///     executed,
/// 127
///     if it wasn't there, 125 without a box
/// @param signal       that ended it, 0 if none did
/// @param cpu          processor time, user and system, as its control group has it: to the nanosecond on
///     cgroup v1, to
///     the microsecond on v2
/// @param wall         from the making of its first process to the end of the last
/// @param peakMemory   bytes, the most that its control group ever had: with files in memory and pipes. 0 if
///     the kernel
///     doesn't tell (cgroup v2 before 5.19)
/// @param forksRefused how often it couldn't make a process or thread
/// @param stdout       what it wrote, up to the limit
/// @param stderr       likewise
/// @param written      bytes that it wrote to both, as far as anybody read them
/// @param files        that were asked for, and could be copied out
/// @param notes        what could not, and why: `link: a symbolic link, not followed`
/// @param message      what is to be said of it: `killed after its time limit of 10 s`; `""` for what simply
///     ended
/// @param violation    the forbidden call that it was ended for; empty if it made none, or nobody watches
public record Verdict(
        Status status,
        int exitCode,
        int signal,
        Duration cpu,
        Duration wall,
        long peakMemory,
        long forksRefused,
        Output stdout,
        Output stderr,
        long written,
        List<FetchedFile> files,
        List<String> notes,
        String message,
        Optional<Violation> violation) {
    public Verdict {
        files = List.copyOf(files);
        notes = List.copyOf(notes);
    }

    /// Of a job of which nobody knows how it ended, or that can't be run at all.
    public static Verdict internalError(String message) {
        return Verdicts.none(Status.INTERNAL_ERROR, Verdicts.NO_BOX, message);
    }

    /// The same of another status, with more to be said.
    Verdict with(Status other, String words, List<String> before) {
        var all = new ArrayList<>(before);
        all.addAll(notes);
        return new Verdict(
                other,
                exitCode,
                signal,
                cpu,
                wall,
                peakMemory,
                forksRefused,
                stdout,
                stderr,
                written,
                files,
                all,
                words,
                violation);
    }

    /// Whether it ended with exit code 0, within its limits.
    public boolean isOk() {
        return status == Status.OK;
    }

    /// Whether some of its output is lost.
    public boolean truncated() {
        return stdout.truncated() || stderr.truncated();
    }
}
