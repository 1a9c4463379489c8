package io.carafe.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistriesTest {
    private static final Registries NOTHING = new Registries(Map.of());

    @TempDir
    Path home;

    private Registries read(String text) throws IOException {
        Files.createDirectories(home.resolve(".config/carafe"));
        Files.writeString(home.resolve(".config/carafe/registries.json"), text);
        return Registries.of(Map.of("HOME", home.toString()));
    }

    @Test
    void registriesHaveToSpeakTls() {
        assertThat(NOTHING.own("registry.example:5000", true)).containsExactly(Endpoint.https("registry.example:5000"));
        assertThat(NOTHING.own("docker.io", true)).containsExactly(Endpoint.https("registry-1.docker.io"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:5000", "127.0.0.1", "[::1]:5000"})
    void onlyLoopbackMaySpeakPlainHttpUnasked(String registry) {
        assertThat(NOTHING.own(registry, true))
                .first()
                .satisfies(it -> assertThat(it.isPlain()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost.example", "127.0.0.1.example:5000", "127.example", "[::2]:5000"})
    void nobodyElseMay(String registry) {
        assertThat(NOTHING.own(registry, true)).noneMatch(Endpoint::isPlain).allMatch(Endpoint::verified);
    }

    @Test
    void askedForEverythingGoesButTlsFirst() {
        assertThat(NOTHING.own("registry.example", false))
                .containsExactly(
                        new Endpoint("https", "registry.example", "", false),
                        new Endpoint("http", "registry.example", "", true));
    }

    @Test
    void fileIsRead() throws IOException {
        Registries registries = read("""
                {"registries": {
                    "docker.io": {"mirrors": ["https://mirror.example:5000/hub/", "http://10.0.0.1"]},
                    "plain.example": {"http": true},
                    "own.example": {"verify": false},
                    "ca.example": {"ca": ["/etc/ssl/own.pem"]}}}""");
        assertThat(registries.mirrors("docker.io"))
                .containsExactly(
                        new Endpoint("https", "mirror.example:5000", "hub/", true),
                        new Endpoint("http", "10.0.0.1", "", true));
        assertThat(registries.own("plain.example", true))
                .containsExactly(new Endpoint("http", "plain.example", "", true));
        assertThat(registries.own("own.example", true))
                .first()
                .isEqualTo(new Endpoint("https", "own.example", "", false));
        assertThat(registries.authorities()).containsExactly(Path.of("/etc/ssl/own.pem"));
    }

    @Test
    void everythingThatIsWrongIsTold() {
        assertThatThrownBy(() -> read("""
                {"registries": {"a": {"mirror": [], "mirrors": ["ftp://x", "https://u@x"], "ca": ["relative"]}}, "x": 1}"""))
                .hasMessageContaining("registries.a.mirror: is no setting; there are: ca, http, mirrors, verify")
                .hasMessageContaining("registries.a.mirrors[0]: not an address")
                .hasMessageContaining("registries.a.mirrors[1]: not an address")
                .hasMessageContaining("not an absolute path")
                .hasMessageContaining("x: is no setting");
        assertThatThrownBy(() -> read("{")).hasMessageContaining("registries.json");
    }
}
