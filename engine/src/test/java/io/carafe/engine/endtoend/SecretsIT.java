package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Secrets: the program reads them, and nothing tells them to anybody else (docs/secrets.md). That no other mount
/// namespace has them is the executor's test.
@EndToEnd
class SecretsIT {
    private static final String VALUE = "Sesame-" + System.nanoTime();

    @TempDir
    Path directory;

    private ImageStore store;

    @BeforeEach
    void make() throws IOException {
        Path root = Rootfs.busybox(directory.resolve("base"));
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\nguest:x:1000:1000::/:/bin/sh\n");
        store = new ImageStore(directory.resolve("root"));
        store.image("docker.io/library/web:latest", "linux/amd64", "{\"Env\":[\"PATH=/bin\"]}", ImageStore.layer(root));
        Run run = store.shell("printf %s '" + VALUE + "' | " + Carafe.PROGRAM + " secret create password -");
        assertThat(run.out()).matches("[0-9a-f]{25}\n");
    }

    @Test
    void theProgramsUserReadsIt() {
        assertThat(store.run("--secret", "password", "web", "cat", "/run/secrets/password"))
                .isEqualTo(new Run(0, VALUE, ""));
        assertThat(store.run(
                                "-u",
                                "guest",
                                "--secret",
                                "password",
                                "web",
                                "sh",
                                "-c",
                                "cd /run/secrets; stat -c '%u:%g %a' password; cat *")
                        .out())
                .isEqualTo("1000:1000 400\n" + VALUE);
        assertThat(store.run(
                                "-u",
                                "guest",
                                "--read-only",
                                "--secret",
                                "password,target=/etc/app.key,uid=0,gid=0,mode=0444",
                                "web",
                                "sh",
                                "-c",
                                "stat -c '%u:%g %a' /etc/app.key; cat /etc/app.key; echo x >/etc/app.key")
                        .out())
                .isEqualTo("0:0 444\n" + VALUE);
        assertThat(store.run(
                                "--uidmap",
                                "0:200000:65536",
                                "-u",
                                "guest",
                                "--secret",
                                "password",
                                "web",
                                "cat",
                                "/run/secrets/password")
                        .out())
                .isEqualTo(VALUE);
    }

    @Test
    void nothingTellsIt() throws IOException {
        String[] options = {"--secret", "password", "--secret", "password,target=/a/b", "web"};
        for (List<String> command : List.of(
                List.of("explain"),
                List.of("explain", "--format", "json"),
                List.of("explain", "--diff=--secret password,target=c"))) {
            Run run = store.carafe(words(command, options, "cat", "/run/secrets/password"));
            assertThat(run.out()).contains(VALUE.length() + "");
            doesNotTell(run);
        }
        doesNotTell(store.carafe("secret", "ls"));
        doesNotTell(store.carafe("secret", "ls", "--format", "json"));
        doesNotTell(store.carafe("secret", "inspect", "password"));
        doesNotTell(store.run(words(List.of(), options, "/nowhere"))); // a step fails
        doesNotTell(store.run(words(List.of("-v", "/etc/passwd:/run"), options, "true"))); // another one
        doesNotTell(store.run(words(List.of(), options, "sh", "-c", "env; cat /proc/1/environ /proc/1/cmdline")));
        assertThat(store.run(words(List.of("--reproducible", "--receipt", directory + "/r.json"), options, "true"))
                        .err())
                .contains("can't be used with --secret: nothing of a secret may be in a receipt");
    }

    private static String[] words(List<String> before, String[] options, String... after) {
        var words = new java.util.ArrayList<>(before);
        words.addAll(List.of(options));
        words.addAll(List.of(after));
        return words.toArray(String[]::new);
    }

    private static void doesNotTell(Run run) {
        byte[] bytes = VALUE.getBytes(StandardCharsets.UTF_8);
        assertThat(run.out() + run.err())
                .doesNotContain(VALUE)
                .doesNotContain(Base64.getEncoder().encodeToString(bytes))
                .doesNotContain(HexFormat.of().formatHex(bytes));
    }

    /// What a box writes, and what an image is made of, has at most an empty directory in its place.
    @Test
    void whatTheBoxLeavesHasNothingOfIt() throws IOException {
        Path upper = Files.createDirectory(directory.resolve("upper"));
        assertThat(store.run(
                                "--upper",
                                upper.toString(),
                                "--secret",
                                "password",
                                "web",
                                "sh",
                                "-c",
                                "cat /run/secrets/*; touch /new")
                        .out())
                .isEqualTo(VALUE);
        Run run = store.shell("grep -r " + VALUE + " " + directory + " || echo nowhere; find " + upper
                + "/upper -name 'password*' | grep . || echo no file");
        assertThat(run.out()).isEqualTo("nowhere\nno file\n");
    }

    @Test
    void anOrdinaryUsersHasThemToo() {
        Run run = OrdinaryUser.withRanges().shell("""
                export CARAFE_DATA_ROOT=$XDG_RUNTIME_DIR/data
                echo value | $carafe secret create mine - >/dev/null
                $carafe run -u 7:8 --secret mine host sh -c 'cat /run/secrets/mine; stat -c "%u:%g %a" /run/secrets/mine'
                stat -c %a $CARAFE_DATA_ROOT/secrets/key
                $carafe secret rm mine
                """);
        assertThat(run.out()).isEqualTo("value\n7:8 400\n600\nmine\n");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(store.run("--secret", "other", "web", "true").err())
                .isEqualTo("carafe: secret other does not exist\n");
        assertThat(store.run("--secret", "password,type=env,target=PASSWORD", "web", "true")
                        .err())
                .contains("type=env: a variable shows in inspect");
        assertThat(store.run("--secret", "password", "-v", "data:/run/secrets", "web", "true")
                        .err())
                .contains("/run/secrets is where the secrets are");
        assertThat(store.shell("head -c 512001 /dev/zero | " + Carafe.PROGRAM + " secret create big -")
                        .err())
                .contains("1 to 512000 can be kept");
        assertThat(store.shell("CARAFE_SECRETS_KEY=/nowhere " + Carafe.PROGRAM + " run --secret password web true")
                        .err())
                .contains("there is no key /nowhere");
        assertThat(store.carafe("secret", "ls", "--format", "{{.Name}}").out()).isEqualTo("password\n");
        assertThat(store.carafe("secret", "rm", "password").out()).isEqualTo("password\n");
        assertThat(store.carafe("secret", "rm", "password").code()).isEqualTo(1);
    }
}
