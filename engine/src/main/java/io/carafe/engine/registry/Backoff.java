package io.carafe.engine.registry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;

/// How often a request is tried again that failed for a reason that passes, and how long to wait before.
///
/// @param attempts how often in all, at least once
/// @param first    the wait before the second attempt; each further one is twice as long
/// @param most     the longest that a server may have us wait
record Backoff(int attempts, Duration first, Duration most) {
    static final Backoff USUAL = new Backoff(6, Duration.ofMillis(500), Duration.ofMinutes(1));

    /// Answers that a server, or a proxy before it, gives when it can't at the moment.
    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

    static boolean passes(int status) {
        return PASSING.contains(status);
    }

    /// How long to wait before the next attempt; empty if it isn't worth it.
    ///
    /// @param made       attempts so far
    /// @param retryAfter what the server said about it, "" for nothing
    /// @param spread     from 0 to 1: so that not all clients come back at once
    Optional<Duration> before(int made, String retryAfter, Instant now, double spread) {
        if (made >= attempts) {
            return Optional.empty();
        }
        Duration own = first.multipliedBy(1L << Math.min(made - 1, 16));
        Duration wait = own.plusMillis((long) (own.toMillis() * spread / 2));
        if (wait.compareTo(most) > 0) {
            wait = most;
        }
        Duration asked = asked(retryAfter, now);
        if (asked.compareTo(most) > 0) {
            return Optional.empty();
        }
        return Optional.of(asked.compareTo(wait) > 0 ? asked : wait);
    }

    /// `Retry-After`: seconds or a date (RFC 9110, 10.2.3). Zero for what is neither.
    static Duration asked(String retryAfter, Instant now) {
        String text = retryAfter.strip();
        if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
