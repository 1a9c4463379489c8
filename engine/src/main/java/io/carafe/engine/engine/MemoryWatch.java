package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import java.util.List;
import java.util.Map;

/// Has a container's monitor tell at once that the kernel kills in it for want of memory. What counts that
/// is one of the files that its plan reads at the end.
final class MemoryWatch {
    private static final String FIRST = "/memory.oom_control"; // of version 1, which has to be asked
    private static final String SECOND = "/memory.events";
    private static final String CONTROL = "/cgroup.event_control";

    private MemoryWatch() {}

    /// The same plan, with that in it; as it is, where no group of the container's counts its memory.
    static Plan in(Plan plan, Container container, Chronicle chronicle) {
        for (Undo undo : plan.undo()) {
            if (undo.step() instanceof Step.Collect(var file) && (file.endsWith(FIRST) || file.endsWith(SECOND))) {
                String control =
                        file.endsWith(FIRST) ? file.substring(0, file.length() - FIRST.length()) + CONTROL : "";
                Step.AppendLine line = chronicle.step(container, "oom", Map.of());
                var watch = new Step.WatchMemory(file, control, line.path(), line.pieces());
                return plan.then(List.of(new Line(watch, "carafe events tells it")));
            }
        }
        return plan;
    }
}
