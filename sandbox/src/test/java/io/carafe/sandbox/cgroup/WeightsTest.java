package io.carafe.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {
    /// docs/resources.md has these.
    @ParameterizedTest
    @CsvSource({"2, 1", "512, 59", "1024, 100", "2048, 174", "4096, 303", "10240, 639", "262144, 10000"})
    void sharesAreWeights(long shares, long weight) {
        assertThat(Weights.cpu(shares)).isEqualTo(weight);
    }

    @Test
    void moreSharesAreNeverLessWeight() {
        for (long shares = 2; shares < 262_144; shares++) {
            assertThat(Weights.cpu(shares + 1)).isBetween(Weights.cpu(shares), 10_000L);
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "100, 910", "500, 4950", "1000, 10000"})
    void diskWeightsAreStretched(long weight, long io) {
        assertThat(Weights.io(weight)).isEqualTo(io);
    }
}
