package io.carafe.engine.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    private static final SecretName NAME = new SecretName("password");
    private static final byte[] VALUE = "Sesame, open\n".getBytes(UTF_8);

    @TempDir
    Path directory;

    private Secrets secrets;

    @BeforeEach
    void open() {
        secrets = secrets(Optional.empty());
    }

    private Secrets secrets(Optional<Path> key) {
        return new Secrets(
                directory.resolve("secrets"), key, Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC));
    }

    private Path file(String name) {
        return directory.resolve("secrets").resolve(name);
    }

    @Test
    void whatIsKeptComesBackAndIsOnNoDiskInClear() throws IOException {
        Secret kept = secrets.create(NAME, VALUE, Map.of("team", "web"), false);
        assertThat(kept.id()).matches("[0-9a-f]{25}");
        assertThat(secrets.get(NAME)).isEqualTo(kept);
        assertThat(secrets.all()).containsExactly(kept);
        assertThat(secrets.value(NAME)).isEqualTo(VALUE);
        var files = new ArrayList<Path>();
        try (var all = Files.list(directory.resolve("secrets"))) {
            all.forEach(files::add);
        }
        for (Path file : files) {
            assertThat(new String(Files.readAllBytes(file), UTF_8))
                    .doesNotContain("Sesame")
                    .doesNotContain(java.util.Base64.getEncoder().encodeToString(VALUE));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("key"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("secrets"))))
                .isEqualTo("rwx------");
    }

    @Test
    void eachIsSealedForItself() throws IOException {
        secrets.create(NAME, VALUE, Map.of(), false);
        secrets.create(new SecretName("other"), VALUE, Map.of(), false);
        assertThat(sealed("password.json")).isNotEqualTo(sealed("other.json"));
        String another = Files.readString(file("other.json")).replace("\"other\"", "\"password\"");
        Files.writeString(file("password.json"), another); // with its id, nonce and value
        assertThatThrownBy(() -> secrets.value(NAME))
                .isInstanceOf(EngineException.Failed.class)
                .hasMessage("open secret password: it was sealed with another key, or somebody has changed its file");
    }

    private String sealed(String file) throws IOException {
        return Files.readString(file(file)).replaceAll(".*\"sealed\"", "");
    }

    @Test
    void whoChangesItsLabelsSpoilsIt() throws IOException {
        secrets.create(NAME, VALUE, Map.of("for", "test"), false);
        Files.writeString(
                file("password.json"), Files.readString(file("password.json")).replace("test", "prod"));
        assertThatThrownBy(() -> secrets.value(NAME)).hasMessageContaining("somebody has changed its file");
    }

    @Test
    void theKeyCanBeElsewhere() throws IOException {
        Path key = directory.resolve("my key");
        assertThatThrownBy(() -> secrets(Optional.of(key)).create(NAME, VALUE, Map.of(), false))
                .hasMessageContaining("there is no key " + key);
        Files.write(key, new byte[32]);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> secrets(Optional.of(key)).create(NAME, VALUE, Map.of(), false))
                .hasMessageContaining("others may read the key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        secrets(Optional.of(key)).create(NAME, VALUE, Map.of(), false);
        assertThat(secrets(Optional.of(key)).value(NAME)).isEqualTo(VALUE);
        assertThat(file("key")).doesNotExist();
        Files.write(key, new byte[31]);
        assertThatThrownBy(() -> secrets(Optional.of(key)).value(NAME)).hasMessageContaining("has 31 bytes, not 32");
    }

    @Test
    void whatCanNotBeKept() {
        assertThatThrownBy(() -> secrets.create(NAME, new byte[0], Map.of(), false))
                .hasMessage("secret password has 0 bytes: 1 to 512000 can be kept");
        assertThatThrownBy(() -> secrets.create(NAME, new byte[512_001], Map.of(), false))
                .isInstanceOf(EngineException.Conflict.class);
        secrets.create(NAME, new byte[512_000], Map.of(), false);
        assertThatThrownBy(() -> secrets.create(NAME, VALUE, Map.of(), false))
                .hasMessage("secret password is there already; --replace gives it another value");
        String id = secrets.get(NAME).id();
        assertThat(secrets.create(NAME, VALUE, Map.of(), true).id()).isNotEqualTo(id);
        assertThat(secrets.value(NAME)).isEqualTo(VALUE);
        assertThatThrownBy(() -> new SecretName("../key")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsRemovedIsGone() {
        secrets.create(NAME, VALUE, Map.of(), false);
        secrets.remove(NAME);
        assertThat(secrets.all()).isEmpty();
        assertThatThrownBy(() -> secrets.remove(NAME)).hasMessage("secret password does not exist");
        assertThatThrownBy(() -> secrets.value(NAME)).isInstanceOf(EngineException.NotFound.class);
    }
}
