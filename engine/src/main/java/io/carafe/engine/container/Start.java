package io.carafe.engine.container;

import java.time.Instant;

/// What is kept of the last start of a container.
///
/// @param time     when it was
/// @param boot     the id of the machine's boot: what ran in another one doesn't any more
/// @param restarts how often it has been started by its policy since somebody has started it
/// @param memory   bytes that it could have, -1 for no limit
public record Start(Instant time, String boot, int restarts, long memory) {}
