package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// `linux.maskedPaths` and `linux.readonlyPaths`. What covers a file is the host's /dev/null, opened and checked
/// before anything of the box's is in reach (CVE-2025-31133).
final class Masks {
    private static final int MEMORY_DEVICES = 1; // Documentation/admin-guide/devices.txt
    private static final int NULL = 3;

    private Masks() {}

    static List<Line> steps(Spec spec) {
        var steps = new ArrayList<Line>();
        if (!spec.linux().maskedPaths().isEmpty()) {
            steps.add(
                    line(new Step.OpenDevice(Slot.NULL, "/dev/null", MEMORY_DEVICES, NULL), "lies over masked files"));
        }
        for (String path : spec.linux().maskedPaths()) {
            steps.add(line(new Step.Mask(Slot.ROOT, path), "tells about the host"));
        }
        for (String path : spec.linux().readonlyPaths()) {
            steps.add(line(new Step.MakeReadOnly(Slot.ROOT, path), "changes the host"));
        }
        return steps;
    }
}
