package io.carafe.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @ParameterizedTest
    @CsvSource({
        "debian, docker.io/library/debian:latest, debian:latest",
        "debian:12, docker.io/library/debian:12, debian:12",
        "user/app, docker.io/user/app:latest, user/app:latest",
        "docker.io/debian, docker.io/library/debian:latest, debian:latest",
        "index.docker.io/debian, docker.io/library/debian:latest, debian:latest",
        "localhost/app, localhost/app:latest, localhost/app:latest",
        "localhost:5000/a/b:c, localhost:5000/a/b:c, localhost:5000/a/b:c",
        "[::1]:5000/a, [::1]:5000/a:latest, [::1]:5000/a:latest",
        "ghcr.io/a/b__c/d.e-f, ghcr.io/a/b__c/d.e-f:latest, ghcr.io/a/b__c/d.e-f:latest",
        "debian@sha256:" + HEX + ", docker.io/library/debian@sha256:" + HEX + ", debian@sha256:" + HEX,
        "debian:12@sha256:" + HEX + ", docker.io/library/debian:12@sha256:" + HEX + ", debian:12@sha256:" + HEX,
    })
    void whatPeopleLeaveOutIsDockers(String text, String whole, String familiar) {
        Reference reference = Reference.of(text);
        assertThat(reference).hasToString(whole).isEqualTo(Reference.of(whole));
        assertThat(reference.familiar()).isEqualTo(familiar);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "a:",
                "A",
                "a b",
                "a/../b",
                "../a",
                "/a",
                "a//b",
                "a/",
                "-a",
                "a_",
                "a:t/x",
                "a@",
                "a@sha256:1",
                "a@sha256:../../x",
                "localhost:x/a",
                "host:123456/a",
                "a:",
                "a\u0000",
                "a:\u001b",
                "ex_ample.com/a"
            })
    void whatNothingCanBeCalled(String text) {
        assertThatThrownBy(() -> Reference.of(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
