package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.store.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images that somebody has made to reach what isn't theirs (docs/attacks.md 22, 24, 26, 27). Whatever they say, the
/// host's files stay as they are and unread, and every command answers with a sentence.
@EndToEnd
class HostileImageIT {
    private static final String AMD64 = "linux/amd64";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
    private static final String NAME = "docker.io/library/evil:latest";

    /// What reads an image, and what only lists them.
    private static final List<List<String>> COMMANDS = List.of(
            List.of("run", "--pull", "never", "evil", "/bin/true"),
            List.of("explain", "--pull", "never", "evil", "/bin/true"),
            List.of("inspect", "evil"),
            List.of("history", "evil"),
            List.of("images"),
            List.of("tree"),
            List.of("df"),
            List.of("tag", "evil", "worse"),
            List.of("prune", "-f"));

    @TempDir
    Path directory;

    private Path secret;
    private Path base;
    private ImageStore store;

    @BeforeEach
    void files() throws IOException {
        secret = Files.createDirectories(directory.resolve("secret"));
        Files.writeString(secret.resolve("passwd"), "outsider:x:4711:4711::/:/bin/sh\n");
        Files.writeString(secret.resolve("canary"), "CANARY\n");
        base = ImageStore.layer(Rootfs.busybox(directory.resolve("base")));
        store = new ImageStore(directory.resolve("data"));
    }

    private String fingerprint() {
        return host("find", secret.toString(), "-printf", "%P %y %m %U %G %n %T@ %C@ %s\n")
                .out();
    }

    /// Ways out of a root, as links: absolute, relative, and over what procfs offers.
    private List<String> waysOut() {
        return List.of(
                secret.toString(),
                "../../../../../../../../../.." + secret,
                "/proc/1/root" + secret,
                "/proc/self/root" + secret,
                "/proc/self/cwd/../../../../../../../../.." + secret,
                "/proc/self/exe",
                "/proc/self/fd/3",
                "/dev/fd/3/../../../.." + secret);
    }

    @Test
    void row22WorkingDirectoryOverALinkMakesNothingOutside() throws IOException {
        String before = fingerprint();
        int number = 0;
        for (String way : waysOut()) {
            Path links = Files.createDirectories(directory.resolve("links" + number));
            Files.createSymbolicLink(links.resolve("out"), Path.of(way));
            Path over = ImageStore.layer(links);
            for (String workdir : List.of("/out", "/out/made", "out/made", "/out/../out/made/deep")) {
                String name = "localhost/out:" + number++;
                store.image(
                        name, AMD64, "{\"Cmd\":[\"/bin/ls\",\"-a\"],\"WorkingDir\":\"" + workdir + "\"}", base, over);
                Run run = store.run("-u", "4711", name);
                assertSentence(run, way + " " + workdir);
                assertThat(run.out()).as(way).doesNotContain("canary");
            }
        }
        assertThat(fingerprint()).isEqualTo(before);
    }

    @Test
    void row22UsersAreLookedUpInsideWhereverLinksLead() throws IOException {
        for (String way : waysOut()) {
            Path links = Files.createDirectories(directory.resolve("users" + way.hashCode() + "/etc"));
            Files.createSymbolicLink(links.resolve("passwd"), Path.of(way + "/passwd"));
            Files.createSymbolicLink(links.resolve("group"), Path.of(way + "/passwd"));
            store.image(
                    "localhost/users:1",
                    AMD64,
                    "{\"Cmd\":[\"/bin/id\"],\"User\":\"outsider\"}",
                    base,
                    ImageStore.layer(links.getParent()));
            Run run = store.run("localhost/users:1");
            assertThat(run.code()).as(way).isEqualTo(125);
            assertThat(run.out()).as(way).doesNotContain("4711");
            assertSentence(run, way);
        }
    }

    @Test
    void row26VolumesReadAndMakeNothingOutside() throws IOException {
        String before = fingerprint();
        Path links = Files.createDirectories(directory.resolve("links"));
        int number = 0;
        for (String way : waysOut()) {
            Files.createSymbolicLink(links.resolve("out" + number++), Path.of(way));
        }
        Path over = ImageStore.layer(links);
        var volumes = IntStream.range(0, number)
                .mapToObj(it -> "/out" + it)
                .collect(Collectors.toCollection(java.util.ArrayList::new));
        volumes.addAll(List.of(
                "/../.." + secret,
                "/../../../../.." + secret + "/made",
                "../.." + secret,
                "relative",
                "",
                "/",
                ".",
                "..",
                "/proc/self/fd",
                "/sys/fs/cgroup",
                "/dev",
                "/data\\u0000/x",
                "/\\u001b[31m",
                "/" + "x".repeat(300),
                "/y".repeat(3000)));
        for (String volume : volumes) {
            store.image(
                    "localhost/volume:1",
                    AMD64,
                    "{\"Cmd\":[\"/bin/find\",\"/\",\"-xdev\",\"-name\",\"canary\"],\"Volumes\":{\"" + volume
                            + "\":{}}}",
                    base,
                    over);
            Run run = store.run("localhost/volume:1");
            assertSentence(run, volume);
            assertThat(run.out()).as(volume).doesNotContain("canary");
        }
        assertThat(fingerprint()).isEqualTo(before);
    }

    @Test
    void row26TenThousandVolumesAreAnErrorOrABox() throws IOException {
        String volumes =
                IntStream.range(0, 10_000).mapToObj(it -> "\"/v" + it + "\":{}").collect(Collectors.joining(","));
        store.image("localhost/many:1", AMD64, "{\"Cmd\":[\"/bin/true\"],\"Volumes\":{" + volumes + "}}", base);
        assertSentence(store.run("localhost/many:1"), "10000 volumes");
    }

    @Test
    void row27LabelsAndAnnotationsChangeNoStep() throws IOException {
        String words = """
                "carafe.privileged":"true","io.carafe.mount":"/:/host","carafe.runtime":"/bin/sh",
                "containerd.io/restart.status":"running","containerd.io/restart.loguri":"binary:///bin/sh?x",
                "io.containers.capabilities":"CAP_SYS_ADMIN","io.podman.annotations.privileged":"TRUE",
                "run.oci.hooks.stderr":"/etc/shadow","run.oci.systemd.force_cgroup_v1":"/sys",
                "org.systemd.property.ExecStartPre":"['/bin/sh']","com.docker.official-images.bashbrew.arch":"evil",
                "org.criu.config":"/etc/shadow","module.wasm.image/variant":"compat","x":"\\u001b[2J"
                """;
        String plain = "{\"Cmd\":[\"/bin/true\"]";
        store.image("localhost/plain:1", AMD64, plain + "}", base);
        store.image("localhost/labels:1", AMD64, plain + ",\"Labels\":{" + words + "}}", base);
        String expected = explained("localhost/plain:1");
        assertThat(explained("localhost/labels:1")).isEqualTo(expected);
        assertThat(store.run("localhost/labels:1")).isEqualTo(new Run(0, "", ""));
    }

    private String explained(String image) {
        Run run = store.carafe("explain", "--network", "none", "-h", "box", image);
        assertThat(run.code()).as(run.err()).isZero();
        return run.out().replaceAll("[0-9a-f]{16}", "ID");
    }

    /// So that what follows is refused for its one fault.
    @Test
    void row24GoodImageOfThisKindIsTaken() throws IOException {
        Path root = directory.resolve("good");
        var layout = new Layout(root, Files.readAllBytes(base));
        layout.manifest(layout.config(), layout.layer());
        for (List<String> command : COMMANDS) {
            assertThat(carafe(root, command).code()).as(command.toString()).isZero();
        }
    }

    @Test
    void row24WhatIsNoImageIsRefusedByEveryCommand() throws IOException {
        String before = fingerprint();
        byte[] tar = Files.readAllBytes(base);
        for (Map.Entry<String, Evil> evil : evils().entrySet()) {
            Path root = directory.resolve("evil" + evil.getKey().hashCode());
            var layout = new Layout(root, tar);
            evil.getValue().make(layout);
            for (List<String> command : COMMANDS) {
                Run run = carafe(root, command);
                assertSentence(run, evil.getKey() + ": " + command);
                boolean reads = List.of("run", "explain").contains(command.getFirst());
                assertThat(reads ? run.code() : 125)
                        .as(evil.getKey() + ": " + command + ": " + run)
                        .isEqualTo(125);
            }
        }
        assertThat(fingerprint()).isEqualTo(before);
    }

    private interface Evil {
        void make(Layout layout) throws IOException;
    }

    /// Each is a good image but for one thing.
    private Map<String, Evil> evils() {
        var evils = new LinkedHashMap<String, Evil>();
        String out = "sha256:../../../../../.." + secret + "/canary";
        for (String digest : List.of(
                out,
                "sha256:" + "A".repeat(64),
                "sha256:" + "0".repeat(63),
                "sha256:" + "0".repeat(64) + "/../x",
                "sha1:" + "0".repeat(40),
                "../" + "0".repeat(64),
                "sha256",
                ":",
                "")) {
            evils.put("manifest called " + digest, it -> it.index(descriptor(MANIFEST, digest, "100")));
            evils.put("config called " + digest, it -> it.manifest(descriptor(CONFIG, digest, "100"), it.layer()));
            evils.put("layer called " + digest, it -> it.manifest(it.config(), descriptor(LAYER, digest, "100")));
            evils.put("diff-id called " + digest, it -> it.manifest(it.config('"' + digest + '"', "{}"), it.layer()));
        }
        for (String size : List.of("-1", "1e400", "9223372036854775808", "1.5", "\"100\"", "null")) {
            evils.put(
                    "config of size " + size,
                    it -> it.manifest(it.config().replaceFirst("\"size\":\\d+", "\"size\":" + size), it.layer()));
            evils.put(
                    "layer of size " + size,
                    it -> it.manifest(it.config(), it.layer().replaceFirst("\"size\":\\d+", "\"size\":" + size)));
        }
        // CVE-2021-41190: one text that is a manifest to one reader and an index to another
        for (String type : List.of(MANIFEST, INDEX)) {
            evils.put(
                    "both, pointed to as " + type,
                    it -> it.index(it.blob(
                            type,
                            "{\"schemaVersion\":2,\"config\":" + it.config() + ",\"layers\":[" + it.layer()
                                    + "],\"manifests\":[" + it.blob(MANIFEST, "{}") + "]}")));
        }
        evils.put(
                "index that says it is a manifest",
                it -> it.index(
                        it.blob(INDEX, "{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"manifests\":[]}")));
        evils.put("unknown media type", it -> it.index(it.blob("text/html", "<html>")));
        evils.put(
                "more diff-ids than layers",
                it -> it.manifest(it.config(it.diffId() + "," + it.diffId(), "{}"), it.layer()));
        evils.put(
                "layer that is another one",
                it -> it.manifest(it.config("\"sha256:" + "0".repeat(64) + "\"", "{}"), it.layer()));
        evils.put("manifest that isn't there", it -> it.index(descriptor(MANIFEST, "sha256:" + "0".repeat(64), "9")));
        evils.put("no JSON", it -> it.index(it.blob(MANIFEST, "\u001b[31mno JSON")));
        evils.put("deep JSON", it -> it.index(it.blob(MANIFEST, "[".repeat(100_000))));
        evils.put("huge manifest", it -> it.index(it.blob(MANIFEST, "{\"a\":\"" + "x".repeat(5 << 20) + "\"}")));
        evils.put(
                "huge config",
                it -> it.manifest(it.blob(CONFIG, "{\"a\":\"" + "x".repeat(5 << 20) + "\"}"), it.layer()));
        evils.put(
                "environment of another type",
                it -> it.manifest(it.config(it.diffId(), "{\"Env\":{\"A\":1}}"), it.layer()));
        evils.put("command of numbers", it -> it.manifest(it.config(it.diffId(), "{\"Cmd\":[1,2]}"), it.layer()));
        return evils;
    }

    private static String descriptor(String type, String digest, String size) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
    }

    /// An image layout whose texts are written as they are told.
    private static final class Layout {
        private final Path images;
        private final byte[] tar;

        private Layout(Path root, byte[] tar) throws IOException {
            this.images = root.resolve("images");
            this.tar = tar;
            Files.createDirectories(images.resolve("blobs/sha256"));
            Files.writeString(images.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        }

        private void index(String manifest) throws IOException {
            String named = manifest.substring(0, manifest.length() - 1)
                    + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + NAME + "\"}}";
            Files.writeString(images.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[" + named + "]}");
        }

        private void manifest(String config, String layer) throws IOException {
            index(blob(MANIFEST, "{\"schemaVersion\":2,\"config\":" + config + ",\"layers\":[" + layer + "]}"));
        }

        private String config() throws IOException {
            return config(diffId(), "{}");
        }

        private String config(String diffIds, String defaults) throws IOException {
            return blob(
                    CONFIG,
                    "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":" + defaults
                            + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + diffIds + "]}}");
        }

        private String diffId() throws IOException {
            return '"' + Digest.ofContent(tar).toString() + '"';
        }

        private String layer() throws IOException {
            return blob(LAYER, tar);
        }

        private String blob(String type, String text) throws IOException {
            return blob(type, text.getBytes(StandardCharsets.UTF_8));
        }

        private String blob(String type, byte[] bytes) throws IOException {
            String digest = Digest.ofContent(bytes).toString();
            Files.write(images.resolve("blobs").resolve(digest.replace(':', '/')), bytes);
            return descriptor(type, digest, Integer.toString(bytes.length));
        }
    }

    private static Run carafe(Path root, List<String> words) {
        return Carafe.started(
                        Map.of("CARAFE_DATA_ROOT", root.toString()),
                        Path.of("/"),
                        List.of(Carafe.words(Carafe.PROGRAM.toString(), words.toArray(new String[0]))))
                .finish();
    }

    /// No stack trace, nothing that a terminal obeys, and no word of what is outside.
    private static void assertSentence(Run run, String of) {
        assertThat(run.err()).as(of).doesNotContain("mistake in carafe", "Exception", "\u001b", "CANARY");
        assertThat(run.out()).as(of).doesNotContain("\u001b", "CANARY");
    }
}
