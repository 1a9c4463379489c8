package io.carafe.sandbox.judge;

import io.carafe.sandbox.Fetched;
import io.carafe.sandbox.Output;
import io.carafe.sandbox.Result;
import io.carafe.sandbox.StepFailed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// From how a box ended to what is said of its program. Pure.
final class Verdicts {
    static final int NO_BOX = 125;
    private static final int SIGKILL = 9;
    private static final int SIGSYS = 31; // of its filter
    private static final Output NOTHING = Output.of(new byte[0], false);

    private Verdicts() {}

    /// Of a program that ran.
    ///
    /// @param ended   whether it was ended for its processor time: by a clock that may have been ahead a little
    /// @param written bytes of both outputs
    static Verdict of(
            Limits limits, Result result, boolean ended, Output out, Output err, long written, Fetched fetched) {
        Status status = status(limits, result, ended, out.truncated() || err.truncated());
        return new Verdict(
                status,
                result.exitCode(),
                result.signal(),
                result.cpu(),
                result.wall(),
                result.peakMemory(),
                result.forksRefused(),
                out,
                err,
                written,
                fetched.files(),
                fetched.notes(),
                message(status, limits, result),
                result.violation());
    }

    private static Status status(Limits limits, Result result, boolean ended, boolean truncated) {
        if (result.violation().isPresent()) {
            return Status.FORBIDDEN_CALL;
        }
        if (result.outOfMemory()) {
            return Status.MEMORY;
        }
        if (result.cpu().compareTo(limits.cpu()) > 0 || (ended && result.signal() == SIGKILL)) {
            return Status.CPU_TIME;
        }
        if (result.timedOut()) {
            return Status.WALL_TIME;
        }
        if (truncated) {
            return Status.OUTPUT;
        }
        if (result.signal() == SIGSYS) {
            return Status.FORBIDDEN_CALL;
        }
        if (result.exitCode() == 0) {
            return Status.OK;
        }
        return result.forksRefused() > 0 ? Status.PROCESSES : Status.RUNTIME_ERROR;
    }

    private static String message(Status status, Limits limits, Result result) {
        return switch (status) {
            case CPU_TIME -> "took more than its " + limits.cpu().toMillis() + " ms of processor time";
            case FORBIDDEN_CALL ->
                result.violation().isPresent() ? result.message() : "made a system call that its policy forbids";
            case OUTPUT -> "wrote more than the " + limits.output() + " bytes that are kept";
            case PROCESSES -> "ran into its limit of " + limits.processes() + " processes";
            case RUNTIME_ERROR ->
                result.signal() != 0
                        ? "killed by signal " + result.signal()
                        : "ended with exit code " + result.exitCode();
            default -> result.message();
        };
    }

    /// Of one that couldn't be executed, or for which there was no box.
    static Verdict of(StepFailed failed) {
        boolean program = failed.exitCode() != NO_BOX;
        return none(
                program ? Status.RUNTIME_ERROR : Status.INTERNAL_ERROR,
                failed.exitCode(),
                String.valueOf(failed.getMessage()));
    }

    static Verdict none(Status status, int exitCode, String message) {
        return new Verdict(
                status,
                exitCode,
                0,
                Duration.ZERO,
                Duration.ZERO,
                0,
                0,
                NOTHING,
                NOTHING,
                0,
                List.of(),
                List.of(),
                message,
                Optional.empty());
    }
}
