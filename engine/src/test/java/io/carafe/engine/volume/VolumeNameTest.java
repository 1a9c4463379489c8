package io.carafe.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "Data_1.0-b", "a..b"})
    void names(String text) {
        assertThat(new VolumeName(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".lock", "-a", "_a", "a/b", "../a", "a b", "ä", "a\n", "a\0"})
    void whatCouldLeadElsewhereIsNone(String text) {
        assertThatThrownBy(() -> new VolumeName(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneThatIsMadeUpHas64Digits() {
        assertThat(VolumeName.anonymous(new byte[32]).text()).isEqualTo("0".repeat(64));
        assertThatThrownBy(() -> new VolumeName("a".repeat(201))).hasMessageContaining("at most 200");
    }
}
