package io.carafe.engine.container;

import io.carafe.sandbox.executor.Report;
import java.time.Instant;

/// How a container ended last.
///
/// @param time   when it was put down
/// @param report what the monitor has seen
public record End(Instant time, Report report) {
    private static final int NO_BOX = 125;
    private static final int SIGNAL = 128;

    /// Docker's exit code.
    public int code() {
        return switch (report.outcome()) {
            case ENDED -> ofStatus(report.status());
            case DONE -> 0;
            case FAILED -> report.code();
            case REFUSED -> NO_BOX;
        };
    }

    private static int ofStatus(int status) {
        int signal = status & 0x7f; // WTERMSIG
        return signal == 0 ? status >> 8 & 0xff : SIGNAL + signal;
    }
}
