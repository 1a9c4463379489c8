package io.carafe.engine.network;

import io.carafe.sandbox.spec.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Addresses and ports that plans have, which may not have been performed yet: so that two boxes that are
/// started at once aren't told the same. If it is forgotten, the second one's plan fails, and nothing else
/// happens.
public final class Handed {
    private static final Duration A_WHILE = Duration.ofSeconds(10);

    private static final int INDEX_BASE = 1 << 29; // the kernel counts from 1, bridges of ours are at 1 << 28
    private static final int INDEX_MASK = (1 << 29) - 1;
    private static final long INDEX_PACE = 10; // milliseconds: nobody lays cables faster than 100 a second for long

    private final AtomicLong next = new AtomicLong(System.currentTimeMillis() / INDEX_PACE);
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

    /// An index for an interface, which none has: not even those of a daemon before us.
    int index() {
        return INDEX_BASE | (int) (next.getAndIncrement() & INDEX_MASK);
    }

    boolean take(String bridge, IpAddress address) {
        return take(bridge + " " + address);
    }
}
