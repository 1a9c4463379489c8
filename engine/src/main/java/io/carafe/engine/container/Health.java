package io.carafe.engine.container;

import java.time.Instant;
import java.util.List;

/// What the checks of a container's health have come to since its start.
///
/// @param failures in a row
/// @param checks   the last ones, the oldest first
public record Health(State state, int failures, List<Check> checks) {
    private static final int CHECKS_MAX = 5; // Docker's

    public static final Health UNKNOWN = new Health(State.STARTING, 0, List.of());

    public Health {
        checks = List.copyOf(checks);
    }

    /// Docker's words.
    public enum State {
        STARTING,
        HEALTHY,
        UNHEALTHY;

        /// As `ps` says it.
        public String said() {
            return this == STARTING ? "health: starting" : word();
        }

        /// As `inspect` has it.
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// One check.
    ///
    /// @param code   of its command; -1 if it took too long or couldn't be run
    /// @param output the beginning of what it printed
    public record Check(Instant begun, Instant ended, int code, String output) {}

    /// With one check more.
    ///
    /// @param early in the time at the start in which a failure doesn't count
    public Health with(Check check, HealthCheck rules, boolean early) {
        var last = new java.util.ArrayList<>(checks);
        last.add(check);
        List<Check> kept = last.subList(Math.max(0, last.size() - CHECKS_MAX), last.size());
        if (check.code() == 0) {
            return new Health(State.HEALTHY, 0, kept);
        }
        if (early && state == State.STARTING) {
            return new Health(State.STARTING, 0, kept);
        }
        int row = failures + 1;
        return new Health(row >= rules.retries() ? State.UNHEALTHY : state, row, kept);
    }
}
