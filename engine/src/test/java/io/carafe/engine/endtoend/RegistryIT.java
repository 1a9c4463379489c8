package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Images on their way between a real registry and here, with skopeo and umoci as the independent reader and writer.
@EndToEnd
class RegistryIT {
    private static final int LARGE = 12 << 20;

    @TempDir
    Path directory;

    private TestRegistry registry;

    @BeforeEach
    void start() {
        registry = TestRegistry.open(directory);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private Started start(String dataRoot, String... words) {
        return start(dataRoot, Map.of(), words);
    }

    private Started start(String dataRoot, Map<String, String> environment, String... words) {
        var all = new ArrayList<>(List.of(Carafe.PROGRAM.toString(), "--data-root", directory.resolve(dataRoot) + ""));
        all.addAll(List.of(words));
        var variables = new java.util.HashMap<>(Map.of("HOME", directory.toString()));
        variables.putAll(environment);
        return Carafe.started(variables, Path.of("/"), all);
    }

    private Run run(String dataRoot, String... words) {
        return start(dataRoot, words).finish();
    }

    /// What must work.
    private String get(String dataRoot, String... words) {
        Run run = run(dataRoot, words);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.out();
    }

    private String name(String name) {
        return registry.host() + "/" + name;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--format v2s2", "--dest-compress --dest-compress-format zstd", "--dest-decompress"})
    void whatSkopeoPushesComesAndGoesByteForByte(String how) {
        registry.make("a", 100_000, "amd64");
        registry.push("a", "a:1", how);
        String digest = registry.digest("a:1");
        assertThat(get("data", "pull", name("a:1")))
                .contains("Digest: " + digest + "\n", "Downloaded newer image for " + name("a:1"))
                .endsWith(name("a:1") + "\n");
        assertThat(get("data", "pull", name("a:1"))).contains("Image is up to date");
        assertThat(get("data", "push", name("a:1"), name("b:2"))).contains("2: digest: " + digest);
        assertThat(registry.digest("b:2")).isEqualTo(digest);
        assertThat(get("other", "pull", "-q", name("b@" + digest))).isEqualTo(name("b@" + digest) + "\n");
        // umoci knows no zstd
        TestRegistry.shell("cd " + directory + " && skopeo copy -q --src-tls-verify=false docker://" + name("b:2")
                + " oci:back:2 && umoci unpack --image " + (how.contains("zstd") ? "made:a" : "back:2") + " bundle");
        for (String dataRoot : List.of("data", "other")) {
            assertThat(unpackedAsIn("bundle/rootfs", dataRoot)).isTrue();
        }
    }

    /// Both layers over each other are what umoci makes of them.
    private boolean unpackedAsIn(String tree, String dataRoot) {
        TestRegistry.shell("""
                cd %s
                mkdir -p merged-%2$s
                for layer in %2$s/layers/sha256/*/diff; do cp -a "$layer/." merged-%2$s; done
                diff -r --no-dereference merged-%2$s %3$s
                [ $(stat -c %%h merged-%2$s/bin/sh) = 2 ]
                """.formatted(directory, dataRoot, tree));
        return true;
    }

    @Test
    void layersAreTakenOverFromAnotherRepository() {
        registry.make("a", 3 << 20, "amd64");
        registry.push("a", "a:1");
        get("data", "pull", "-q", name("a:1"));
        assertThat(get("data", "push", name("a:1"), name("b:1"))).contains("Mounted from another repository");
        assertThat(registry.log().lines().filter(it -> it.contains("PATCH") && it.contains("carafe")))
                .isEmpty();
        assertThat(get("data", "push", name("a:1"), name("b:1")))
                .contains("Already exists")
                .doesNotContain("Mounted");
    }

    @Test
    void pullThatIsKilledGoesOnWhereItStopped() throws Exception {
        registry.make("a", LARGE, "amd64");
        registry.push("a", "a:1");
        try (var tap = new Tap(registry.port(), LARGE / 2, false)) {
            Started pull = start("data", Map.of("CARAFE_DAEMON", "off"), "pull", tap.host() + "/a:1");
            await().atMost(Duration.ofSeconds(30)).until(tap::isEmpty);
            await().atMost(Duration.ofSeconds(30)).until(() -> partSize() > LARGE / 3);
            pull.process().descendants().forEach(ProcessHandle::destroyForcibly);
            pull.process().destroyForcibly().waitFor();
            long had = partSize();
            assertThat(directory.resolve("data/layers/sha256"))
                    .satisfies(it -> assertThat(layers()).hasSize(1));
            tap.open(Long.MAX_VALUE);
            assertThat(get("data", "pull", "-q", tap.host() + "/a:1")).endsWith("/a:1\n");
            assertThat(tap.asked().lines().filter(it -> it.startsWith("Range: ")))
                    .containsExactly("Range: bytes=" + had + "-");
            assertThat(layers()).hasSize(2);
        }
    }

    private List<String> layers() {
        return List.of(String.valueOf(
                        directory.resolve("data/layers/sha256").toFile().list() == null
                                ? ""
                                : String.join(
                                        " ",
                                        directory
                                                .resolve("data/layers/sha256")
                                                .toFile()
                                                .list()))
                .split(" "));
    }

    private long partSize() throws IOException {
        Path incoming = directory.resolve("data/images/incoming");
        if (!Files.isDirectory(incoming)) {
            return 0;
        }
        try (var files = Files.newDirectoryStream(incoming)) {
            long most = 0;
            for (Path file : files) {
                most = Math.max(most, Files.size(file));
            }
            return most;
        }
    }

    @Test
    void connectionThatIsResetIsMadeAgain() throws IOException {
        registry.make("a", LARGE, "amd64");
        registry.push("a", "a:1");
        try (var tap = new Tap(registry.port(), LARGE / 2, true)) {
            assertThat(get("data", "pull", "-q", tap.host() + "/a:1")).endsWith("/a:1\n");
            assertThat(tap.asked()).contains("Range: bytes=");
        }
    }

    @Test
    void partThatIsRottenIsFetchedAnew() throws IOException {
        registry.make("a", LARGE, "amd64");
        registry.push("a", "a:1");
        String digest = TestRegistry.shell("skopeo inspect --tls-verify=false docker://" + name("a:1")
                + " | grep -o 'sha256:[0-9a-f]*' | tail -n 1");
        Path incoming = Files.createDirectories(directory.resolve("data/images/incoming"));
        Files.write(incoming.resolve(digest.substring(7) + ".part"), new byte[1 << 20]);
        assertThat(get("data", "pull", "-q", name("a:1"))).endsWith("/a:1\n");
        assertThat(layers()).hasSize(2);
    }

    @Test
    void twoThatPullTheSameFetchItOnce() throws IOException {
        registry.make("a", LARGE, "amd64");
        registry.push("a", "a:1");
        try (var tap = new Tap(registry.port(), LARGE / 2, false)) {
            Started one = start("data", Map.of("CARAFE_DAEMON", "off"), "pull", "-q", tap.host() + "/a:1");
            await().atMost(Duration.ofSeconds(30)).until(tap::isEmpty);
            Started other = start("data", Map.of("CARAFE_DAEMON", "off"), "pull", "-q", tap.host() + "/a:1");
            tap.open(Long.MAX_VALUE);
            assertThat(one.finish().code()).isZero();
            assertThat(other.finish().code()).isZero();
            long blobs = tap.asked()
                    .lines()
                    .filter(it -> it.startsWith("GET ") && it.contains("/blobs/"))
                    .count();
            assertThat(blobs).as(tap.asked()).isLessThanOrEqualTo(4); // two layers, and a configuration for each
            assertThat(tap.asked()).doesNotContain("Range: ");
        }
    }

    @Test
    void fullDiskIsSaidAndWhatHasComeIsKept() {
        registry.make("a", LARGE, "amd64");
        registry.push("a", "a:1");
        Run run = Carafe.shell("""
                unshare -m --propagation private bash -c '
                mkdir -p %1$s/small
                mount -t tmpfs -o size=9m small %1$s/small
                export HOME=%1$s CARAFE_DAEMON=off
                $carafe --data-root %1$s/small/data pull %2$s; echo code $?
                find %1$s/small -name "*.part" -size +1M | wc -l
                mount -o remount,size=64m %1$s/small
                $carafe --data-root %1$s/small/data pull -q %2$s; echo code $?
                '""".formatted(directory, name("a:1")));
        assertThat(run.out()).contains("code 125\n1\n").endsWith(name("a:1") + "\ncode 0\n");
        assertThat(run.err()).contains("No space left on device");
    }

    @Test
    void registryThatWantsALoginGetsOne() throws IOException {
        Path own = Files.createDirectories(directory.resolve("closed"));
        try (var closed = TestRegistry.closed(own)) {
            registry.make("a", 1000, "amd64");
            registry.push("a", "a:1");
            get("data", "pull", "-q", name("a:1"));
            String there = closed.host() + "/a:1";
            assertThat(run("data", "push", name("a:1"), there).err()).contains("carafe login " + closed.host());
            Run wrong = start("data", "login", "-u", "me", "--password-stdin", closed.host())
                    .input("wrong\n")
                    .finish();
            assertThat(wrong.code()).isEqualTo(125);
            assertThat(wrong.err()).contains("name and password are not right");
            Run right = start("data", "login", "-u", "me", "--password-stdin", closed.host())
                    .input("secret\n")
                    .finish();
            assertThat(right.out()).isEqualTo("Login Succeeded\n");
            Path config = directory.resolve(".docker/config.json");
            assertThat(Files.getPosixFilePermissions(config)).hasToString("[OWNER_READ, OWNER_WRITE]");
            get("data", "push", name("a:1"), there);
            assertThat(get("other", "pull", "-q", there)).isEqualTo(there + "\n");
            assertThat(TestRegistry.shell("skopeo inspect --raw --tls-verify=false --authfile " + config + " docker://"
                            + there + " | sha256sum | cut -c 1-64"))
                    .isEqualTo(registry.digest("a:1").substring(7));
            assertThat(get("data", "logout", closed.host())).startsWith("Removing login credentials");
            assertThat(run("third", "pull", there).err()).contains("carafe login");
        }
    }

    @Test
    void imageForTwoPlatformsIsMadeSentAndChosenFrom() {
        for (String architecture : List.of("amd64", "arm64")) {
            registry.make(architecture, 1000, architecture);
            registry.push(architecture, "app:" + architecture);
        }
        get("data", "manifest", "create", name("app:1"), name("app:amd64"), name("app:arm64"));
        get("data", "manifest", "push", name("app:1"));
        String index = registry.digest("app:1");
        assertThat(TestRegistry.shell("skopeo inspect --raw --tls-verify=false docker://" + name("app:1")))
                .contains("\"architecture\":\"amd64\"", "\"architecture\":\"arm64\"", registry.digest("app:arm64"));
        assertThat(get("other", "pull", "--platform", "linux/arm64", name("app:1")))
                .contains("Digest: " + index);
        assertThat(get("other", "inspect", name("app:1"))).contains("arm64");
        assertThat(run("other", "push", name("app:1"), name("elsewhere:1")).err())
                .contains("it isn't all here", "--all-platforms");
        assertThat(run("other", "pull", "--platform", "linux/s390x", name("app:1"))
                        .err())
                .contains("for linux/s390x", "there is one for linux/amd64, linux/arm64");
        get("other", "pull", "--all-platforms", name("app:1"));
        get("other", "push", name("app:1"), name("elsewhere:1"));
        assertThat(registry.digest("elsewhere:1")).isEqualTo(index);
        assertThat(get("third", "manifest", "inspect", name("app:1")))
                .isEqualTo(TestRegistry.shell("skopeo inspect --raw --tls-verify=false docker://" + name("app:1")));
    }

    @Test
    void whatIsInARegistryIsFound() {
        registry.make("a", 1000, "amd64");
        for (String to : List.of("tools/curl:8", "tools/curl:9", "tools/jq:1", "other:1")) {
            registry.push("a", to);
        }
        assertThat(get("data", "search", registry.host() + "/tools"))
                .contains(name("tools/curl"), name("tools/jq"))
                .doesNotContain("other");
        assertThat(get("data", "search", "--list-tags", "--format", "{{.Tag}}", name("tools/curl")))
                .isEqualTo("8\n9\n");
        assertThat(get("data", "pull", "-a", name("tools/curl"))).contains("curl:8\n", "curl:9\n");
        assertThat(get("data", "push", "-a", name("tools/curl"))).contains("8: digest: ", "9: digest: ");
        assertThat(get("data", "manifest", "referrers", name("other:1"))).isEqualTo("DIGEST   TYPE   SIZE\n");
    }

    @Test
    void whatIsNotThereIsSaid() {
        assertThat(run("data", "pull", name("nothing:1")))
                .isEqualTo(new Run(
                        125,
                        "1: Pulling from " + name("nothing") + "\n",
                        "carafe: image " + name("nothing:1") + " in its registry does not exist\n"));
        assertThat(run("data", "pull", "127.0.0.1:1/a:1").err()).contains("connect to 127.0.0.1:1");
        assertThat(run("data", "push", name("nothing:1")).err()).contains("does not exist");
        assertThat(run("data", "pull", "Bad").err()).contains("invalid reference");
    }

    @Test
    void tlsIsCheckedAndGoesThroughTheCallersProxy() throws IOException {
        Path own = Files.createDirectories(directory.resolve("tls"));
        try (var tls = TestRegistry.tls(own);
                var proxy = new TestProxy(tls.port())) {
            registry.make("a", 1000, "amd64");
            registry.push("a", "a:1");
            get("data", "pull", "-q", name("a:1"));
            get("data", "push", name("a:1"), tls.host() + "/a:1"); // on loopback nobody is in between
            var environment = Map.of("HTTPS_PROXY", "http://me:secret@" + proxy.address());
            String there = "registry.test:5000/a:1";
            assertThat(start("other", environment, "pull", there).finish().err())
                    .contains("unable to find valid certification path", "registries.json");
            assertThat(start("other", environment, "pull", "-q", "--tls-verify=false", there)
                            .finish()
                            .out())
                    .isEqualTo(there + "\n");
            Path settings = Files.createDirectories(directory.resolve(".config/carafe"));
            Files.writeString(settings.resolve("registries.json"), """
                    {"registries":{"registry.test:5000":{"ca":["%s/ca.pem"]}}}""".formatted(own));
            assertThat(start("third", environment, "pull", "-q", there).finish().out())
                    .isEqualTo(there + "\n");
            assertThat(proxy.asked()).isNotEmpty().allMatch(it -> it.startsWith("CONNECT registry.test:5000 "));
            var stranger = Map.of("HTTPS_PROXY", "http://" + proxy.address());
            assertThat(start("fourth", stranger, "pull", there).finish().err())
                    .contains("the proxy wants a name and a password");
        }
    }

    @Test
    void pullThatNobodyWaitsForIsStopped() throws Exception {
        registry.make("a", LARGE, "amd64");
        registry.push("a", "a:1");
        try (var tap = new Tap(registry.port(), LARGE / 2, false)) {
            Started pull = start("data", Map.of(), "pull", tap.host() + "/a:1");
            await().atMost(Duration.ofSeconds(30)).until(tap::isEmpty);
            pull.process().destroyForcibly().waitFor();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(Carafe.host("fuser", directory + "/data/lease")
                                    .code())
                            .as("somebody holds the lease")
                            .isEqualTo(1));
            tap.open(Long.MAX_VALUE);
            get("data", "pull", "-q", tap.host() + "/a:1");
            assertThat(tap.asked()).contains("Range: bytes=");
        }
    }

    /// Each line is narrower than the terminal, and what is drawn anew is cleared before.
    @Test
    void terminalShowsHowFarItHasCome() throws IOException {
        registry.make("a", LARGE, "amd64");
        registry.push("a", "a:1");
        try (var tap = new Tap(registry.port(), LARGE / 2, false)) {
            Started pull = Carafe.started(
                    Map.of("HOME", directory.toString()),
                    Path.of("/"),
                    List.of(
                            "script",
                            "-qefc",
                            "stty cols 70 rows 20; $carafe --data-root " + directory + "/data pull " + tap.host()
                                    + "/a:1",
                            "/dev/null"));
            pull.says("Downloading [");
            tap.open(Long.MAX_VALUE);
            String out = pull.finish().out();
            assertThat(out).contains("\033[", "MB/", ": Pull complete\r\n").contains("Status: Downloaded newer image");
            assertThat(out.replaceAll("\033\\[[0-9]*[A-Z]", "").lines().filter(it -> it.matches("[0-9a-f]{12}: .*")))
                    .isNotEmpty()
                    .allMatch(it -> it.length() < 70);
        }
    }
}
