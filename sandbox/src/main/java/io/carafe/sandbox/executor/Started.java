package io.carafe.sandbox.executor;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Step;
import org.jspecify.annotations.Nullable;

/// The sentences about a container's program that can't be executed. Docker, Podman and containerd look for these very
/// words to tell a program that isn't there from other failures, so they are runc's.
final class Started {
    private Started() {}

    static @Nullable String words(@Nullable Step step, Report report) {
        if (step instanceof Step.FindProgram(var name, var _)) {
            return "exec: \"" + name + "\": " + reason(name, report.error());
        }
        if (step instanceof Step.Start(var _, var _, var steps)
                && report.status() >= 0
                && report.status() < steps.size()) {
            String said = report.kernel().isBlank()
                    ? ""
                    : ": it says \"" + report.kernel().strip().replace("\n", "; ") + "\"";
            return steps.get(report.status()) + ": " + Errno.words(report.error()) + said;
        }
        return null;
    }

    private static String reason(String name, int error) {
        return switch (error) {
            case Errno.ENOENT ->
                name.indexOf('/') < 0
                        ? "executable file not found in $PATH"
                        : "stat " + name + ": no such file or directory";
            case Errno.EACCES -> "permission denied";
            case Errno.EISDIR -> "permission denied: it is a directory";
            default -> Errno.words(error);
        };
    }
}
