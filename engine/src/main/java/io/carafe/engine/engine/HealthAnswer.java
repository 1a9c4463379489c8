package io.carafe.engine.engine;

import io.carafe.sandbox.executor.ExitCode;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/// What a health check prints, and how it ends.
final class HealthAnswer implements BoxListener {
    private static final int SIZE_MAX = 4096; // Docker's

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final BooleanSupplier wanted;

    HealthAnswer(BooleanSupplier wanted) {
        this.wanted = wanted;
    }

    /// Runs it.
    ///
    /// @return the exit code, -1 if it took too long or couldn't be run
    int run(Plan plan, Kernel kernel) {
        try {
            Report report = BoxRun.of(plan, kernel, this, true);
            Words.of(plan, report).forEach(this::say);
            return report.timedOut() ? -1 : ExitCode.of(plan, report);
        } catch (IOException e) {
            say(String.valueOf(e.getMessage()));
            return -1;
        }
    }

    /// The beginning of what was printed.
    String text() {
        return printed.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void out(byte[] bytes) {
        printed.write(bytes, 0, Math.min(bytes.length, SIZE_MAX - printed.size()));
    }

    @Override
    public void err(String text) {
        out(Utf8.encode(text));
    }

    @Override
    public void say(String sentence) {
        err(sentence + "\n");
    }

    @Override
    public boolean isThere() {
        return wanted.getAsBoolean();
    }
}
