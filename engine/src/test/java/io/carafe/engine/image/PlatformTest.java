package io.carafe.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64",
        "amd64, linux/amd64",
        "x86_64, linux/amd64",
        "linux/arm64/v8, linux/arm64",
        "aarch64, linux/arm64",
        "arm, linux/arm/v7",
        "linux/arm/v6, linux/arm/v6",
        "windows/amd64, windows/amd64",
    })
    void manyNamesOfOnePlatform(String text, String platform) {
        assertThat(Platform.of(text)).hasToString(platform);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "linux/", "/amd64", "a/b/c/d", "linux/am d64", "linux/../x"})
    void whatIsNone(String text) {
        assertThatThrownBy(() -> Platform.of(text)).hasMessageContaining("not a platform");
    }
}
