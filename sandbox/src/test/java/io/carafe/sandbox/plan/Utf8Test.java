package io.carafe.sandbox.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    @Test
    void wellFormedTextIsItself() {
        for (String text : new String[] {"", "carafe", "größe", "日本", "a\uD83C\uDF77b", "nul \0 in it"}) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(Utf8.decode(bytes)).isEqualTo(text);
            assertThat(Utf8.encode(text)).isEqualTo(bytes);
        }
    }

    @Test
    void aBadByteBecomesALoneSurrogate() {
        assertThat(Utf8.decode(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3})).isEqualTo("a\uDCFFb\uDCC3");
    }

    @Test
    void everyPairOfBytesComesBack() {
        for (int pair = 0; pair <= 0xffff; pair++) {
            byte[] bytes = {(byte) (pair >> 8), (byte) pair};
            assertThat(Utf8.encode(Utf8.decode(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    void anyBytesComeBack() {
        Random random = new Random(1);
        byte[] starts = {
            (byte) 0xe0, (byte) 0xed, (byte) 0xa0, (byte) 0x80, (byte) 0xf0, (byte) 0x9f, (byte) 0xf4, (byte) 0xc0
        };
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextBoolean() ? starts[random.nextInt(starts.length)] : bytes[i];
            }
            assertThat(Utf8.encode(Utf8.decode(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    void aSurrogateThatStandsForNoByteIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Utf8.encode("a\uD800"))
                .withMessageContaining("U+D800");
        assertThatIllegalArgumentException().isThrownBy(() -> Utf8.encode("\uDC00"));
    }
}
