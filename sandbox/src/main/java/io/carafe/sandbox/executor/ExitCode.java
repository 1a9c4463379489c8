package io.carafe.sandbox.executor;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Step;

/// The number that a shell sees: the program's own, 128 + n if signal n ended it, and as Docker has it 125
/// if the box couldn't be made or its output written, 126 if the program couldn't be executed, 127 if it
/// wasn't there.
public final class ExitCode {
    public static final int NO_BOX = 125;
    public static final int NOT_EXECUTABLE = 126;
    public static final int NOT_FOUND = 127;

    private ExitCode() {}

    public static int of(Plan plan, Report report) {
        return switch (report.outcome()) {
            case ENDED -> {
                int code = ofProgram(Verdict.of(plan, report));
                yield code == 0 && report.error() != 0 ? NO_BOX : code; // nobody shall take cut output for all of it
            }
            case FAILED -> isOfLateProgram(plan, report) ? ofLateProgram(report.error()) : report.code();
            case REFUSED -> NO_BOX;
            case DONE -> 0;
        };
    }

    /// The executor doesn't know the rest of a plan, for which its box waited, and so not which step that was.
    private static boolean isOfLateProgram(Plan plan, Report report) {
        return Words.step(plan, report) instanceof Step.Execute
                && plan.inside().stream().anyMatch(line -> line.step() instanceof Step.AwaitRest);
    }

    private static int ofLateProgram(int error) {
        return switch (error) {
            case Errno.ENOENT, Errno.ENOTDIR -> NOT_FOUND;
            case Errno.E2BIG, Errno.ENOMEM -> NO_BOX; // not the program's fault
            default -> NOT_EXECUTABLE;
        };
    }

    private static int ofProgram(Verdict verdict) {
        return verdict.signal() == 0 ? verdict.exit() : 128 + verdict.signal();
    }
}
