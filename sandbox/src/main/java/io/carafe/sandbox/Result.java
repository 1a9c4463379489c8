package io.carafe.sandbox;

import io.carafe.sandbox.executor.ExitCode;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Verdict;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.forensic.Violation;
import io.carafe.sandbox.plan.Plan;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a program in a box ended, and what it took. Times and memory are those of the whole box if it
/// has a limit on memory or on processors, else those of its first process and the children that this
/// one waited for.
///
/// @param exitCode    0 to 255: the program's own, or 128 + n if signal n ended it
/// @param signal      the signal that ended it, 0 if none did
/// @param timedOut    it was killed because its time was over
/// @param outOfMemory the limit on memory killed a process in the box, most often the program itself
/// @param wall        from the making of its first process to its end
/// @param cpu         processor time, user and system
/// @param peakMemory  bytes
/// @param forksRefused how often the limit on processes kept one of them from making another
/// @param message     what is to be said of it: `killed by the memory limit of 64 MiB`; `""` if it
///     simply ended
/// @param stdout      what [Sandbox#run] collected; empty if the program's streams were used otherwise
/// @param stderr      likewise
/// @param violation   the forbidden call that it was ended for; empty if it made none
public record Result(
        int exitCode,
        int signal,
        boolean timedOut,
        boolean outOfMemory,
        Duration wall,
        Duration cpu,
        long peakMemory,
        long forksRefused,
        String message,
        Output stdout,
        Output stderr,
        Optional<Violation> violation) {

    static Result of(Plan plan, Report report, @Nullable Violation violation, String failure) {
        Verdict verdict = Verdict.of(plan, report);
        return new Result(
                ExitCode.of(plan, report),
                verdict.signal(),
                verdict.timedOut(),
                verdict.outOfMemory(),
                verdict.wall(),
                verdict.cpu(),
                verdict.peakMemory(),
                Verdict.forksRefused(plan, report),
                message(plan, report, violation, failure),
                Output.NONE,
                Output.NONE,
                Optional.ofNullable(violation));
    }

    private static String message(Plan plan, Report report, @Nullable Violation violation, String failure) {
        return violation == null
                ? String.join("\n", Words.of(plan, report))
                : "killed for a forbidden call: " + violation.text() + failure;
    }

    Result with(Output stdout, Output stderr) {
        return new Result(
                exitCode,
                signal,
                timedOut,
                outOfMemory,
                wall,
                cpu,
                peakMemory,
                forksRefused,
                message,
                stdout,
                stderr,
                violation);
    }
}
