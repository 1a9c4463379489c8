package io.carafe.engine.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "512,512",
        "64b,64",
        "1k,1024",
        "64m,67108864",
        "64M,67108864",
        "64mb,67108864",
        "64MiB,67108864",
        "1.5g,1610612736",
        "1.25m,1310720",
        "0.1k,102",
        "2t,2199023255552",
        "8388607t,9223370937343148032"
    })
    void bytes(String text, long bytes) {
        assertThat(Quantity.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "m", "5x", "5ib", "-1m", "+1", "1..5m", ".5m", "5.m", "1e3", "0x10", "5bb", " 5", "5 m", "٣m", "٣"
            })
    void noBytes(String text) {
        assertThatThrownBy(() -> Quantity.bytes(text))
                .hasMessage("invalid size: '" + text + "'; write it as 64m or 1.5g");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "8388608t", "99999999999999999999g"})
    void tooManyBytes(String text) {
        assertThatThrownBy(() -> Quantity.bytes(text)).hasMessage("too large a size: '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "90,90000",
        "1.5,1500",
        "90s,90000",
        "1m30s,90000",
        "500ms,500",
        "2h,7200000",
        "1h1m1.5s,3661500",
        "1000us,1"
    })
    void durations(String text, long milliseconds) {
        assertThat(Quantity.duration(text).toMillis()).isEqualTo(milliseconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5x", "-5s", "1m30", "1 m", "m1"})
    void noDurations(String text) {
        assertThatThrownBy(() -> Quantity.duration(text))
                .hasMessage("invalid duration: '" + text + "'; write it as 90, 1m30s or 500ms");
    }

    @ParameterizedTest
    @CsvSource({"1,1000000000", "0.5,500000000", "1.234567890123,1234567890"})
    void billionths(String text, long billionths) {
        assertThat(Quantity.billionths(text)).isEqualTo(billionths);
    }

    @ParameterizedTest
    @CsvSource({"-1,-1", "0,0", "20,20"})
    void whole(String text, long number) {
        assertThat(Quantity.whole(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1.5", "x", "--1", "9223372036854775808"})
    void notWhole(String text) {
        assertThatThrownBy(() -> Quantity.whole(text)).hasMessage("invalid number: '" + text + "'");
    }
}
