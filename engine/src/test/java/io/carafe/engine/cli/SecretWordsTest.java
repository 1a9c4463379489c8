package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.spec.Spec.Mount;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretWordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "key                              | key /run/secrets/key []",
                "source=key                       | key /run/secrets/key []",
                "key,target=tls/key               | key /run/secrets/tls/key []",
                "key,target=/etc/app.key,mode=0440 | key /etc/app.key [mode=440]",
                "key,type=mount,uid=7,gid=4294967294 | key /run/secrets/key [uid=7, gid=4294967294]",
            })
    void secrets(String words, String secret) {
        Mount mount = SecretWords.mount(words);
        assertThat(mount.type()).isEqualTo("secret");
        assertThat(mount.source() + " " + mount.destination() + " " + mount.options())
                .isEqualTo(secret);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a/b               | no secret can be called 'a/b'",
                "target=/a         | no secret can be called ''",
                "key,type=env      | type=env: a variable shows in inspect, in /proc",
                "key,mode=4755     | invalid mode '4755': octal digits, as 0440",
                "key,uid=me        | 'me' is no number of a user or group",
                "key,target=/      | invalid mount path: '/'",
                "key,x=y           | unexpected key 'x' in 'x=y'",
            })
    void noSecrets(String words, String problem) {
        assertThatThrownBy(() -> SecretWords.mount(words)).hasMessageContaining(problem);
    }
}
