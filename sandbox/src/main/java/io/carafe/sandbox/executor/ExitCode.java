package io.carafe.sandbox.executor;

import io.carafe.sandbox.plan.Plan;

/// The number that a shell sees: the program's own, 128 + n if signal n ended it, and as Docker has it 125 if the
/// box couldn't be made or its output written, 126 if the program couldn't be executed, 127 if it wasn't there.
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
            case FAILED -> report.code();
            case REFUSED -> NO_BOX;
            case DONE -> 0;
        };
    }

    private static int ofProgram(Verdict verdict) {
        return verdict.signal() == 0 ? verdict.exit() : 128 + verdict.signal();
    }
}
