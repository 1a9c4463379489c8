package io.carafe.engine.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.store.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The distribution specification, and what servers do wrong, over real HTTP.
class RepositoryTest {
    private static final Backoff QUICK = new Backoff(4, Duration.ofMillis(1), Duration.ofMillis(50));
    private static final String MANIFEST =
            "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.MANIFEST + "\",\"layers\":[]}";

    private final FaultyServer server = new FaultyServer();
    private Registry registry;

    @TempDir
    Path home;

    @BeforeEach
    void open() throws IOException {
        registry = Registry.of(environment(), true, "1", QUICK, Duration.ofSeconds(1));
    }

    private Map<String, String> environment() {
        return Map.of("HOME", home.toString(), "PATH", home.toString());
    }

    @AfterEach
    void close() {
        registry.close();
        server.close();
    }

    private Repository repository() throws IOException {
        return registry.repository(server.host(), "a");
    }

    private byte[] fetch(Descriptor blob, long from) throws IOException {
        try (InputStream in = registry.sources(server.host(), "a").blob(blob, from)) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void manifestIsFetchedByTagAndByDigest() throws IOException {
        Digest digest = server.manifest("1", MediaTypes.MANIFEST, MANIFEST);
        Fetched byTag = repository().manifest("1");
        assertThat(byTag.descriptor()).isEqualTo(new Descriptor(MediaTypes.MANIFEST, digest, MANIFEST.length()));
        assertThat(byTag.bytes()).asString().isEqualTo(MANIFEST);
        assertThat(repository().manifest(digest.toString()).descriptor()).isEqualTo(byTag.descriptor());
    }

    @Test
    void manifestThatIsNotWhatItsDigestSaysIsRefused() {
        Digest digest = server.manifest("1", MediaTypes.MANIFEST, MANIFEST);
        server.manifests.put(digest.toString(), new FaultyServer.Manifest(MediaTypes.MANIFEST, "{}".getBytes(UTF_8)));
        assertThatThrownBy(() -> repository().manifest(digest.toString()))
                .isInstanceOf(RegistryFault.class)
                .hasMessageContaining("something else as the manifest " + digest);
    }

    @Test
    void manifestOfTwoMindsIsRefused() {
        server.manifest("1", MediaTypes.INDEX, MANIFEST);
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("no manifest that we know");
    }

    @Test
    void manifestOfSchema1SaysSo() {
        server.manifest("1", "application/vnd.docker.distribution.manifest.v1+prettyjws", "{\"schemaVersion\":1}");
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("schema 1");
    }

    @Test
    void manifestWithoutEndIsNotReadToItsEnd() {
        server.manifests.put("1", new FaultyServer.Manifest(MediaTypes.MANIFEST, new byte[(4 << 20) + 1]));
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("more than 4194304 bytes");
    }

    @Test
    void whatIsMissingIsMissing() {
        assertThatThrownBy(() -> repository().manifest("1"))
                .isInstanceOfSatisfying(RegistryFault.class, it -> {
                    assertThat(it.isMissing()).isTrue();
                    assertThat(it.code()).isEqualTo("MANIFEST_UNKNOWN");
                })
                .hasMessage(server.host() + ": there is no /v2/a/manifests/1 (it says: manifest unknown)");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void whatPassesIsTriedAgain(int status) throws IOException {
        server.manifest("1", MediaTypes.MANIFEST, MANIFEST);
        server.fail("GET /v2/a/manifests/1", status);
        server.fail("GET /v2/a/manifests/1", status);
        assertThat(repository().manifest("1").bytes()).asString().isEqualTo(MANIFEST);
    }

    @Test
    void whatDoesNotPassIsToldAsTheServerSaysIt() {
        for (int i = 0; i < 4; i++) {
            server.fail("GET /v2/a/manifests/1", 503);
        }
        assertThatThrownBy(() -> repository().manifest("1"))
                .hasMessageContaining("status 503")
                .hasMessageContaining("(it says: not now)");
        server.fail("GET /v2/a/manifests/1", 429, "Retry-After", "3600");
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("too many requests");
    }

    @Test
    void waitIsAsLongAsTheServerWantsIt() throws IOException {
        server.close();
        try (var slow = new FaultyServer();
                var patient = Registry.of(
                        environment(),
                        true,
                        "1",
                        new Backoff(3, Duration.ofMillis(1), Duration.ofSeconds(5)),
                        QUICK.most())) {
            slow.manifest("1", MediaTypes.MANIFEST, MANIFEST);
            slow.fail("manifests/1", 429, "Retry-After", "1");
            long began = System.nanoTime();
            patient.repository(slow.host(), "a").manifest("1");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void nobodyThereIsToldAtOnce() {
        server.close();
        assertThatThrownBy(this::repository)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining(server.host());
    }

    @Test
    void blobComesWholeThoughItIsCutTwice() throws IOException {
        byte[] bytes = bytes(300_000);
        Descriptor blob = server.blob(bytes);
        server.cut("GET /v2/a/blobs/", 100_000);
        server.cut("GET /v2/a/blobs/", 50_000);
        assertThat(fetch(blob, 0)).isEqualTo(bytes);
        List<Integer> begins = server.calls.stream()
                .filter(it -> it.contains("bytes="))
                .map(it -> Integer.valueOf(it.replaceFirst(".*bytes=(\\d+)-", "$1")))
                .toList();
        // what had come when the connection broke may be lost on its way through the client, nothing before it is
        assertThat(begins).hasSizeBetween(1, 2).isSorted();
        assertThat(begins.getLast()).isBetween(1, 150_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restOfABlobIsFetchedWhetherOrNotTheServerKnowsRanges(boolean knows) throws IOException {
        byte[] bytes = bytes(100_000);
        Descriptor blob = server.blob(bytes);
        server.knowsRanges = knows;
        assertThat(fetch(blob, 99_000)).isEqualTo(Arrays.copyOfRange(bytes, 99_000, 100_000));
    }

    @Test
    void blobThatIsLargerThanPromisedIsRefused() {
        Descriptor blob = server.blob(bytes(1000));
        var smaller = new Descriptor(blob.mediaType(), blob.digest(), 999);
        assertThatThrownBy(() -> fetch(smaller, 0)).hasMessageContaining("other bytes");
    }

    @Test
    void blobThatStopsComingIsAskedForAgain() throws IOException {
        byte[] bytes = bytes(100_000);
        Descriptor blob = server.blob(bytes);
        server.faults.add(new FaultyServer.Fault("GET /v2/a/blobs/", exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, 10);
            exchange.getResponseBody().flush();
            try {
                Thread.sleep(20_000);
            } catch (InterruptedException e) {
                // the test is over
            }
        }));
        long began = System.nanoTime();
        assertThat(fetch(blob, 0)).isEqualTo(bytes);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void credentialStaysBehindWhenAnotherServerIsNamed() throws IOException {
        login("user", "secret");
        byte[] bytes = bytes(10);
        try (var storage = new FaultyServer()) {
            storage.blob(bytes);
            Descriptor blob = server.blob(bytes);
            for (int i = 0; i < 2; i++) {
                server.faults.add(new FaultyServer.Fault("GET /v2/a/blobs/", exchange -> {
                    boolean known = exchange.getRequestHeaders().containsKey("Authorization");
                    String where = "http://" + storage.host() + exchange.getRequestURI();
                    exchange.getResponseHeaders()
                            .add(known ? "Location" : "WWW-Authenticate", known ? where : "Basic realm=x");
                    exchange.sendResponseHeaders(known ? 307 : 401, -1);
                }));
            }
            assertThat(fetch(blob, 0)).isEqualTo(bytes);
            assertThat(storage.calls).hasSize(1).first().asString().doesNotContain("Basic");
            storage.fail("GET", 401, "WWW-Authenticate", "Basic realm=\"give it to me\"");
            server.faults.add(new FaultyServer.Fault("GET /v2/a/blobs/", exchange -> {
                exchange.getResponseHeaders().add("Location", "http://" + storage.host() + exchange.getRequestURI());
                exchange.sendResponseHeaders(307, -1);
            }));
            assertThatThrownBy(() -> fetch(blob, 0)).isInstanceOf(RegistryFault.class);
            assertThat(storage.calls).noneMatch(it -> it.contains("Basic"));
        }
    }

    private void login(String user, String secret) throws IOException {
        server.wanted = new Credential.Password(user, secret).basic();
        Files.createDirectories(home.resolve(".docker"));
        String auth = Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(UTF_8));
        Files.writeString(
                home.resolve(".docker/config.json"),
                "{\"auths\":{\"" + server.host() + "\":{\"auth\":\"" + auth + "\"}}}");
    }

    @Test
    void basicCredentialIsShownWhenItIsAskedFor() throws IOException {
        login("user", "secret");
        server.manifest("1", MediaTypes.MANIFEST, MANIFEST);
        repository().manifest("1");
        assertThat(server.calls).last().asString().contains("Basic");
        login("user", "other");
        server.wanted = "Basic nobody";
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("carafe login " + server.host());
    }

    @Test
    void tokenIsFetchedOnceForEachScopeAndAgainWhenItHasEnded() throws IOException {
        login("user", "secret");
        server.realm = "http://" + server.host() + "/token";
        server.manifest("1", MediaTypes.MANIFEST, MANIFEST);
        repository().manifest("1");
        repository().manifest("1");
        assertThat(tokens()).containsExactly("GET /token?service=test&scope=repository%3Aa%3Apull " + server.wanted);
        server.token = "token-2";
        repository().manifest("1");
        assertThat(tokens()).hasSize(2);
        repository().hasBlob(Digest.ofContent(new byte[0]));
        assertThat(tokens()).last().asString().contains("scope=repository%3Aa%3Apull%2Cpush");
    }

    private List<String> tokens() {
        return server.calls.stream().filter(it -> it.contains("/token")).toList();
    }

    @Test
    void tokenServerElsewhereWithoutTlsGetsNothing() throws IOException {
        login("user", "secret");
        server.realm = "http://token.example/token";
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("token server without TLS");
    }

    @Test
    void tokenServerThatRefusesSaysHowToLogIn() throws IOException {
        login("user", "secret");
        server.realm = "http://" + server.host() + "/token";
        server.fail("/token", 401);
        assertThatThrownBy(() -> repository().manifest("1"))
                .hasMessageContaining("name and password are not right")
                .hasMessageContaining("carafe login");
    }

    @Test
    void smallBlobGoesInOneRequest() throws IOException {
        byte[] bytes = bytes(1000);
        assertThat(send(bytes, List.of())).isEqualTo(new Registry.Sent.Uploaded());
        assertThat(server.blobs.get(Digest.ofContent(bytes).toString())).isEqualTo(bytes);
        assertThat(server.calls).noneMatch(it -> it.startsWith("PATCH"));
        assertThat(send(bytes, List.of())).isEqualTo(new Registry.Sent.WasThere());
    }

    private Registry.Sent send(byte[] bytes, List<String> from) throws IOException {
        var blob = new Descriptor(MediaTypes.LAYER, Digest.ofContent(bytes), bytes.length);
        return registry.send(
                repository(),
                blob,
                from,
                position -> new ByteArrayInputStream(bytes, (int) position, bytes.length - (int) position));
    }

    @Test
    void largeBlobThatIsCutGoesOnWhereTheRegistryHasIt() throws IOException {
        byte[] bytes = bytes(3 << 20);
        server.patchBreaksAfter = 1 << 20;
        assertThat(send(bytes, List.of())).isEqualTo(new Registry.Sent.Uploaded());
        assertThat(server.blobs.get(Digest.ofContent(bytes).toString())).isEqualTo(bytes);
        assertThat(server.calls.stream().filter(it -> it.startsWith("PATCH"))).hasSize(2);
        assertThat(server.calls.stream().filter(it -> it.startsWith("POST"))).hasSize(1);
    }

    @Test
    void blobOfAnotherRepositoryIsMountedOrElseUploaded() throws IOException {
        byte[] bytes = bytes(2000);
        server.blob(bytes);
        server.fail("HEAD /v2/a/blobs/", 404);
        assertThat(send(bytes, List.of("b"))).isEqualTo(new Registry.Sent.Mounted("b"));
        server.fail("HEAD /v2/a/blobs/", 404);
        server.mounts = false;
        assertThat(send(bytes, List.of("b"))).isEqualTo(new Registry.Sent.Uploaded());
        assertThat(server.calls.stream().filter(it -> it.startsWith("POST"))).hasSize(2);
        server.fail("HEAD /v2/a/blobs/", 404);
        server.fail("POST /v2/a/blobs/uploads/?mount", 403);
        assertThat(send(bytes, List.of("b"))).isEqualTo(new Registry.Sent.Uploaded());
    }

    @Test
    void uploadStaysWithItsServer() throws IOException {
        server.fail("POST /v2/a/blobs/uploads/", 202, "Location", "http://elsewhere.example/upload");
        assertThatThrownBy(() -> send(bytes(10), List.of())).hasMessageContaining("another server, elsewhere.example");
    }

    @Test
    void wrongBytesAreNotTaken() {
        byte[] bytes = bytes(10);
        var blob = new Descriptor(MediaTypes.LAYER, Digest.ofContent(bytes(11)), 10);
        assertThatThrownBy(() -> registry.send(repository(), blob, List.of(), _ -> new ByteArrayInputStream(bytes)))
                .hasMessageContaining("wrong digest");
    }

    @Test
    void manifestIsPut() throws IOException {
        repository().put("new", MediaTypes.MANIFEST, MANIFEST.getBytes(UTF_8));
        assertThat(repository().manifest("new").bytes()).asString().isEqualTo(MANIFEST);
    }

    @Test
    void tagsComeInPages() throws IOException {
        for (String tag : List.of("1", "2", "3", "4", "5")) {
            server.manifest(tag, MediaTypes.MANIFEST, MANIFEST);
        }
        assertThat(repository().tags()).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void referrersAreFoundUnderATagWhereThereIsNoApi() throws IOException {
        Digest digest = server.manifest("1", MediaTypes.MANIFEST, MANIFEST);
        assertThat(repository().referrers(digest)).isEmpty();
        server.manifest("sha256-" + digest.hex(), MediaTypes.INDEX, """
                {"schemaVersion":2,"mediaType":"%s","manifests":[{"mediaType":"%s","digest":"%s","size":7,
                 "artifactType":"application/example"}]}""".formatted(
                        MediaTypes.INDEX, MediaTypes.MANIFEST, digest));
        assertThat(repository().referrers(digest))
                .singleElement()
                .satisfies(it -> assertThat(it.artifactType()).isEqualTo("application/example"));
    }

    @Test
    void mirrorIsAskedFirstAndTheRegistryWhenItFails() throws IOException {
        try (var mirror = new FaultyServer()) {
            Files.createDirectories(home.resolve(".config/carafe"));
            Files.writeString(
                    home.resolve(".config/carafe/registries.json"), """
                    {"registries":{"%s":{"mirrors":["http://%s/proxy"]}}}""".formatted(server.host(), mirror.host()));
            try (var mirrored = Registry.of(environment(), true, "1", QUICK, Duration.ofSeconds(1))) {
                server.manifest("1", MediaTypes.MANIFEST, MANIFEST);
                byte[] bytes = bytes(100);
                Descriptor blob = mirror.blob(bytes);
                Sources sources = mirrored.sources(server.host(), "a");
                assertThat(sources.manifest("1").manifest().bytes()).asString().isEqualTo(MANIFEST);
                assertThat(mirror.calls).first().isEqualTo("GET /v2/proxy/a/manifests/1");
                assertThat(sources.blob(blob, 0).readAllBytes()).isEqualTo(bytes);
                assertThat(server.calls).noneMatch(it -> it.contains("blobs"));
            }
        }
    }
}
