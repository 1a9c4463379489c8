package io.carafe.sandbox;

import io.carafe.sandbox.executor.ExitCode;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import java.io.Serial;

/// A box couldn't be made, or its program couldn't be executed. Nothing of it is left behind.
///
/// The message names the step, the kernel's answer and, if we know one, the remedy: `step 5, clone a process …: EPERM
/// (operation not permitted): only root with CAP_SYS_ADMIN may make namespaces here: try sudo`. Of the program it says
/// `ps: command not found: looked for in /usr/bin, /bin`.
public final class StepFailed extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int number;
    private final int errno;
    private final int exitCode;

    StepFailed(Plan plan, Report report) {
        super(Words.failure(plan, report));
        this.number = Words.number(plan, report.part(), report.step());
        this.errno = report.error();
        this.exitCode = ExitCode.of(plan, report);
    }

    /// The number of the step in the plan, from 1.
    public int number() {
        return number;
    }

    /// The kernel's error number.
    public int errno() {
        return errno;
    }

    /// Its name: `EPERM`.
    public String errnoName() {
        return Errno.name(errno);
    }

    /// What a shell would be told: 127 if there is no such program, 126 if it can't be executed, else 125.
    public int exitCode() {
        return exitCode;
    }
}
