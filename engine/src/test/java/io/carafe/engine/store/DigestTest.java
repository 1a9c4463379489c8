package io.carafe.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    private static final String EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void contentHasOneName() {
        assertThat(Digest.ofContent(new byte[0])).hasToString(EMPTY).isEqualTo(Digest.of(EMPTY));
        assertThat(Digest.ofContent("a".getBytes(StandardCharsets.UTF_8))).isNotEqualTo(Digest.of(EMPTY));
        assertThat(Digest.of(EMPTY).brief()).isEqualTo("e3b0c44298fc");
    }

    /// SECURITY-CASES row 24: a digest becomes part of a path.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256",
                "sha256:",
                "sha256:../../x",
                "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256:٣3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            })
    void whatIsNoDigest(String text) {
        assertThat(Digest.parse(text)).isEmpty();
        assertThatThrownBy(() -> Digest.of(text))
                .isInstanceOf(Digest.Malformed.class)
                .hasMessageEndingWith(text);
    }
}
