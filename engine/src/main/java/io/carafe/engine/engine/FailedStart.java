package io.carafe.engine.engine;

import io.carafe.engine.container.Failure;
import io.carafe.engine.container.Records;
import io.carafe.engine.store.RecordText;
import io.carafe.engine.store.WholeFile;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/// Keeps beside a monitor's report what only the plan tells: which step of a container's start failed, and
/// the remedy.
final class FailedStart {
    private FailedStart() {}

    /// Of a plan without a monitor nothing is kept, nor of one whose container is removed at its end.
    static void keep(Plan plan, Ending ending) {
        for (Line line : plan.outside()) {
            if (line.step() instanceof Step.Monitor monitor && !monitor.report().isEmpty()) {
                keep(Path.of(monitor.report()).resolveSibling(Records.FAILURE), ending);
            }
        }
    }

    private static void keep(Path file, Ending ending) {
        var failure = new Failure(Instant.now(), ending.code(), ending.sentences());
        try {
            byte[] text = RecordText.of(failure).getBytes(StandardCharsets.UTF_8);
            WholeFile.write(file, file.resolveSibling(Records.FAILURE + ".new"), text);
        } catch (IOException e) {
            // it has been removed meanwhile, or the disk is full: the report has the code, and the caller is told
        }
    }
}
