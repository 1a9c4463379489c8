package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "999, 999B",
        "1000, 1kB",
        "1234, 1.23kB",
        "116900000, 117MB",
        "999999, 1MB",
        "12300000000, 12.3GB",
        "9223372036854775807, 9.22EB"
    })
    void sizesHaveThreeDigits(long bytes, String text) {
        assertThat(Amount.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, Less than a second ago", "PT1S, 1 second ago", "PT90S, About a minute ago", "PT5M, 5 minutes ago",
        "PT1H, About an hour ago", "PT47H, 47 hours ago", "P3D, 3 days ago", "P20D, 2 weeks ago",
        "P100D, 3 months ago", "P800D, 2 years ago"
    })
    void timesAreRough(Duration time, String text) {
        Instant now = Instant.parse("2026-11-22T00:00:00Z");
        assertThat(Amount.since(now.minus(time).toString(), now)).isEqualTo(text);
    }

    @Test
    void aTimeThatIsNoneIsNotShown() {
        assertThat(Amount.since("yesterday", Instant.EPOCH)).isEqualTo("N/A");
        assertThat(Amount.since("2026-11-22T01:00:00+01:00", Instant.parse("2026-11-22T00:00:05Z")))
                .isEqualTo("5 seconds ago");
    }
}
