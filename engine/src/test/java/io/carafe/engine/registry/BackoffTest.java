package io.carafe.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private final Backoff backoff = new Backoff(4, Duration.ofSeconds(1), Duration.ofSeconds(60));

    @Test
    void waitDoublesAndEnds() {
        assertThat(backoff.before(1, "", NOW, 0)).contains(Duration.ofSeconds(1));
        assertThat(backoff.before(2, "", NOW, 0)).contains(Duration.ofSeconds(2));
        assertThat(backoff.before(3, "", NOW, 1)).contains(Duration.ofSeconds(6));
        assertThat(backoff.before(4, "", NOW, 0)).isEmpty();
    }

    @Test
    void serverSaysHowLong() {
        assertThat(backoff.before(1, "30", NOW, 0)).contains(Duration.ofSeconds(30));
        assertThat(backoff.before(1, "Sun, 22 Nov 2026 12:00:20 GMT", NOW, 0)).contains(Duration.ofSeconds(20));
        assertThat(backoff.before(1, "0", NOW, 0)).contains(Duration.ofSeconds(1));
        assertThat(backoff.before(1, "Sun, 22 Nov 2026 11:00:00 GMT", NOW, 0)).contains(Duration.ofSeconds(1));
    }

    @Test
    void nobodyWaitsForAnHour() {
        assertThat(backoff.before(1, "3600", NOW, 0)).isEmpty();
        assertThat(backoff.before(1, "999999999", NOW, 0)).isEmpty();
    }

    @Test
    void whatIsNoTimeIsNone() {
        assertThat(Backoff.asked("soon", NOW)).isZero();
        assertThat(Backoff.asked("-5", NOW)).isZero();
        assertThat(Backoff.asked("9".repeat(30), NOW)).isZero();
    }
}
