package io.carafe.sandbox.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberListTest {
    @Test
    void rangesAndNumbersAreRead() {
        assertThat(NumberList.parse("0-2, 7", 7)).contains(BitSet.valueOf(new long[] {0x87}));
        assertThat(NumberList.parse("", 7)).contains(new BitSet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "a", "1-", "-1", "2-1", "1,", ",1", "0x1", "1-2-3", "9999999", "+1", "١"})
    void anythingElseIsNoList(String text) {
        assertThat(NumberList.parse(text, 7)).isEmpty();
    }
}
