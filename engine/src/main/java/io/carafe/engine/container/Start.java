package io.carafe.engine.container;

import java.time.Instant;
import java.util.Map;

/// What is kept of the last start of a container.
///
/// @param time     when it was
/// @param boot     the id of the machine's boot: what ran in another one doesn't any more
/// @param restarts how often it has been started by its policy since somebody has started it
/// @param evidence what the monitor reads at the end: paths, by the index that the report has them under
/// @param memory   bytes that it could have, -1 for no limit
public record Start(Instant time, String boot, int restarts, Map<String, String> evidence, long memory) {
    public Start {
        evidence = Map.copyOf(evidence);
    }
}
