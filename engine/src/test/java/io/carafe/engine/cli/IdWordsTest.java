package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.spec.Spec.IdMapping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdWordsTest {
    @Test
    void idsAreUnsigned() {
        assertThat(IdWords.map("0:100000:65536")).isEqualTo(new IdMapping(0, 100_000, 65536));
        assertThat(IdWords.map("4294967294:4294967294:1")).isEqualTo(new IdMapping(-2, -2, 1));
        assertThat(IdWords.map("7:8")).isEqualTo(new IdMapping(7, 8, 1));
        assertThat(IdWords.ofMount("0-1000-10#10-2000-5"))
                .containsExactly(new IdMapping(0, 1000, 10), new IdMapping(10, 2000, 5));
    }

    /// CVE-2016-3697, CVE-2024-40635: what isn't plainly an id is none.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1",
                "-1",
                "0x0",
                "01",
                "1 ",
                " 1",
                "",
                "4294967295",
                "4294967296",
                "18446744073709551616",
                "\u0661",
                "1e3"
            })
    void row11WhatIsNotPlainlyAnIdIsNone(String word) {
        for (String map : new String[] {word + ":0:1", "0:" + word + ":1", "0:0:" + word}) {
            assertThatThrownBy(() -> IdWords.map(map)).hasMessageContaining("is no id: 0 to 4294967294");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0:1:2:3", "a"})
    void aMapHasTwoOrThreeParts(String word) {
        assertThatThrownBy(() -> IdWords.map(word)).hasMessageContaining("write it as CONTAINER:HOST:SIZE");
    }
}
