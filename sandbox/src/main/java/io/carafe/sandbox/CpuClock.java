package io.carafe.sandbox;

import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The processor time of a box while it runs: its control group's, so that of all its processes.
///
/// @param file   the kernel's, "" for none
/// @param before what isn't the program's
record CpuClock(String file, Duration before) {

    /// That of a plan's box, by the file that its end is read from too.
    static CpuClock of(Plan plan) {
        for (Plan.Undo undo : plan.undo()) {
            if (undo.step() instanceof Step.Collect(var path)
                    && (path.endsWith("/cpuacct.usage") || path.endsWith("/cpu.stat"))) {
                return new CpuClock(path, Duration.ZERO);
            }
        }
        return new CpuClock("", Duration.ZERO);
    }

    /// The same without what has passed by now.
    CpuClock fromNow() {
        return new CpuClock(file, read().orElse(Duration.ZERO));
    }

    /// Empty before the group is made, and when it is gone.
    Optional<Duration> read() {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            String text = new String(Files.readAllBytes(Path.of(file)), StandardCharsets.US_ASCII);
            boolean nanoseconds = file.endsWith("/cpuacct.usage");
            int key = text.indexOf("usage_usec ");
            if (!nanoseconds && key < 0) {
                return Optional.empty();
            }
            String number = nanoseconds
                    ? text.strip()
                    : text.substring(key + 11).split("\n", 2)[0].strip();
            Duration since = Duration.ofNanos(Long.parseLong(number) * (nanoseconds ? 1 : 1000));
            return Optional.of(since.minus(before));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
