package io.carafe.engine.network;

import io.carafe.sandbox.spec.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Addresses and ports that plans have, which may not have been performed yet: so that two boxes that are
/// started at once aren't told the same. If it is forgotten, the second one's plan fails, and nothing else
/// happens.
public final class Handed {
    private static final Duration A_WHILE = Duration.ofSeconds(10);

    private final Map<String, Instant> until = new ConcurrentHashMap<>();

    /// Whether nobody has been told of it lately. From now on somebody has.
    boolean take(String what) {
        Instant now = Instant.now();
        if (until.size() > 10_000) {
            until.values().removeIf(now::isAfter);
        }
        boolean[] free = new boolean[1];
        until.compute(what, (_, end) -> {
            free[0] = end == null || now.isAfter(end);
            return free[0] ? now.plus(A_WHILE) : end;
        });
        return free[0];
    }

    boolean take(String bridge, IpAddress address) {
        return take(bridge + " " + address);
    }
}
