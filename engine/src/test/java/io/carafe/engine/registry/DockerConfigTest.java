package io.carafe.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerConfigTest {
    @TempDir
    Path home;

    private Map<String, String> environment() {
        return Map.of("HOME", home.toString(), "PATH", home + ":/usr/bin:/bin", "SECRET", "canary");
    }

    private DockerConfig config(String text) throws IOException {
        Files.createDirectories(home.resolve(".docker"));
        Files.writeString(home.resolve(".docker/config.json"), text);
        return DockerConfig.of(environment());
    }

    private static String auth(String pair) {
        return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void accountsAreFoundByEveryNameThatARegistryHasHad() throws IOException {
        DockerConfig config = config("""
                {"auths": {"https://index.docker.io/v1/": {"auth": "%s"}, "https://old.example": {"auth": "%s"},
                 "token.example": {"identitytoken": "t"}, "raw.example": {"registrytoken": "r"},
                 "shared.example/team": {"auth": "%s"}, "shared.example": {"auth": "%s"}, "broken.example": {"auth": "?"}}}
                """.formatted(auth("me:a:b"), auth("old:c"), auth("team:d"), auth("all:e")));
        assertThat(config.credential("docker.io", "library/debian")).isEqualTo(new Credential.Password("me", "a:b"));
        assertThat(config.credential("old.example", "")).isEqualTo(new Credential.Password("old", "c"));
        assertThat(config.credential("token.example", "")).isEqualTo(new Credential.IdentityToken("t"));
        assertThat(config.credential("raw.example", "")).isEqualTo(new Credential.RegistryToken("r"));
        assertThat(config.credential("shared.example", "team/x")).isEqualTo(new Credential.Password("team", "d"));
        assertThat(config.credential("shared.example", "teams/x")).isEqualTo(new Credential.Password("all", "e"));
        assertThat(config.credential("broken.example", "")).isEqualTo(new Credential.Anonymous());
        assertThat(config.credential("other.example", "")).isEqualTo(new Credential.Anonymous());
    }

    @Test
    void loginLeavesTheRestAsItIs() throws IOException {
        DockerConfig config = config(
                "{\"detachKeys\":\"ctrl-x\",\"auths\":{\"a.example\":{\"auth\":\"eA==\",\"email\":\"x\"}},\"n\":[1.50]}");
        assertThat(config.login("b.example", new Credential.Password("u", "p")))
                .isEqualTo(new Kept.File(home.resolve(".docker/config.json")));
        assertThat(home.resolve(".docker/config.json"))
                .content()
                .isEqualTo("{\"detachKeys\":\"ctrl-x\",\"auths\":{\"a.example\":{\"auth\":\"eA==\",\"email\":\"x\"},"
                        + "\"b.example\":{\"auth\":\"dTpw\"}},\"n\":[1.50]}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(".docker/config.json"))))
                .isEqualTo("rw-------");
        assertThat(DockerConfig.of(environment()).logout("b.example")).isTrue();
        assertThat(DockerConfig.of(environment()).logout("b.example")).isFalse();
        assertThat(home.resolve(".docker/config.json"))
                .content()
                .doesNotContain("b.example")
                .contains("ctrl-x");
    }

    @Test
    void fileIsMadeForItsOwnerAlone() throws IOException {
        DockerConfig.of(environment()).login("a.example", new Credential.Password("u", "p"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(".docker"))))
                .isEqualTo("rwx------");
    }

    @Test
    void brokenFileIsSaidWithoutItsSecrets() {
        assertThatThrownBy(() -> config("{\"auths\": {\"secret\" }"))
                .hasMessageContaining("config.json")
                .hasMessageNotContaining("secret");
    }

    private void helper(String name, String script) throws IOException {
        Path file = Files.writeString(home.resolve("docker-credential-" + name), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void helperIsAskedWithAnEnvironmentOfItsOwn() throws IOException {
        helper("here", """
                read server
                env >%1$s/environment
                [ "$1 $server" = "get a.example" ] || { echo credentials not found in native keychain; exit 1; }
                echo '{"ServerURL":"a.example","Username":"me","Secret":"s"}'
                """.formatted(home));
        DockerConfig config = config("{\"credsStore\":\"here\",\"auths\":{\"b.example\":{}}}");
        assertThat(config.credential("a.example", "x")).isEqualTo(new Credential.Password("me", "s"));
        assertThat(home.resolve("environment"))
                .content()
                .contains("HOME=" + home)
                .doesNotContain("canary");
        assertThat(config.credential("b.example", "x")).isEqualTo(new Credential.Anonymous());
    }

    @Test
    void helperOfARegistryComesBeforeTheOneOfAll() throws IOException {
        helper("special", "cat >/dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"t\"}'\n");
        DockerConfig config = config("{\"credsStore\":\"absent\",\"credHelpers\":{\"a.example\":\"special\"}}");
        assertThat(config.credential("a.example", "")).isEqualTo(new Credential.IdentityToken("t"));
        assertThatThrownBy(() -> config.credential("b.example", "")).hasMessageContaining("docker-credential-absent");
    }

    @Test
    void helperKeepsAndForgets() throws IOException {
        helper("here", "cat >>%1$s/told; echo \" $1\" >>%1$s/told\n".formatted(home));
        DockerConfig config = config("{\"credsStore\":\"here\"}");
        assertThat(config.login("a.example", new Credential.Password("u", "p"))).isEqualTo(new Kept.Helper("here"));
        assertThat(home.resolve("told"))
                .content()
                .isEqualTo("{\"ServerURL\":\"a.example\",\"Username\":\"u\",\"Secret\":\"p\"} store\n");
        assertThat(home.resolve(".docker/config.json")).content().isEqualTo("{\"credsStore\":\"here\"}");
    }

    @Test
    void helperThatIsHostileHarmsNobody() throws IOException {
        helper("endless", "cat >/dev/null; exec tr '\\0' x </dev/zero\n");
        helper("stuck", "exec sleep 30\n");
        helper("failing", "cat >/dev/null; printf 'no\\033[2J'; exit 3\n");
        var quick = Duration.ofMillis(300);
        assertThatThrownBy(() -> new CredentialHelper("endless", environment(), quick).get("a"))
                .hasMessageContaining("has not answered");
        assertThatThrownBy(() -> new CredentialHelper("stuck", environment(), quick).get("a"))
                .hasMessageContaining("has not answered");
        assertThatThrownBy(() -> new CredentialHelper("failing", environment(), Duration.ofSeconds(5)).get("a"))
                .hasMessageContaining("failed with code 3: no [2J");
        assertThatThrownBy(() -> new CredentialHelper("../../bin/sh", environment(), quick))
                .hasMessageContaining("can't be one");
    }
}
