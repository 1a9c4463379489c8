package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an image says of itself (OCI image specification, config.md). All of it is somebody else's word: checked for
/// its form, not for what it means.
///
/// @param platform what its programs are made for; null if it doesn't say
/// @param created  RFC 3339, unchecked; "" if it doesn't say
/// @param defaults what a container of it shall be where nobody says otherwise
/// @param health   how to find out whether a container of it works; null if it doesn't say
/// @param diffIds  of its layers, the lowest first: digests of their files, uncompressed
public record ImageConfig(
        @Nullable Platform platform,
        String created,
        String author,
        Defaults defaults,
        @Nullable Health health,
        List<Digest> diffIds,
        List<History> history) {
    /// Bytes.
    public static final int SIZE_MAX = 4 << 20;

    public ImageConfig {
        diffIds = List.copyOf(diffIds);
        history = List.copyOf(history);
    }

    /// The property `config`.
    ///
    /// @param user         `USER[:GROUP]`, names or numbers, "" for root
    /// @param env          `NAME=VALUE` each
    /// @param entrypoint   the program and its first arguments
    /// @param cmd          more arguments, or all of it
    /// @param volumes      paths in the container
    /// @param workingDir   "" for the root directory
    /// @param stopSignal   "" for SIGTERM
    /// @param exposedPorts `80`, `80/tcp`
    /// @param labels       in their order
    public record Defaults(
            String user,
            List<String> env,
            List<String> entrypoint,
            List<String> cmd,
            List<String> volumes,
            String workingDir,
            String stopSignal,
            List<String> exposedPorts,
            Map<String, String> labels) {
        public Defaults {
            env = List.copyOf(env);
            entrypoint = List.copyOf(entrypoint);
            cmd = List.copyOf(cmd);
            volumes = List.copyOf(volumes);
            exposedPorts = List.copyOf(exposedPorts);
            labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        }

        /// Of an image that says nothing.
        public static final Defaults NONE =
                new Defaults("", List.of(), List.of(), List.of(), List.of(), "", "", List.of(), Map.of());

        private static final Set<String> KNOWN = Set.of(
                "User", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "StopSignal", "ExposedPorts", "Labels");

        private void write(JsonWriter json, Node others) {
            json.beginObject();
            text(json, "User", user);
            put(json, "ExposedPorts", exposedPorts, true);
            put(json, "Env", env, false);
            put(json, "Entrypoint", entrypoint, false);
            put(json, "Cmd", cmd, false);
            put(json, "Volumes", volumes, true);
            text(json, "WorkingDir", workingDir);
            text(json, "StopSignal", stopSignal);
            if (!labels.isEmpty()) {
                json.put("Labels", labels);
            }
            others.properties().forEach((name, value) -> {
                if (!KNOWN.contains(name)) {
                    json.name(name).json(value.json());
                }
            });
            json.endObject();
        }

        /// @param keys of an object, each of them with an empty one
        private static void put(JsonWriter json, String name, List<String> words, boolean keys) {
            if (words.isEmpty()) {
                return;
            }
            if (!keys) {
                json.put(name, words);
                return;
            }
            json.name(name).beginObject();
            words.forEach(word -> json.name(word).beginObject().endObject());
            json.endObject();
        }
    }

    /// How a layer came to be.
    ///
    /// @param created    RFC 3339, unchecked; "" if it doesn't say
    /// @param emptyLayer it changed no file, and has no layer
    public record History(String created, String createdBy, String author, String comment, boolean emptyLayer) {}

    /// The property `config.Healthcheck`, which Docker has added to the specification's.
    ///
    /// @param test     `NONE`, or `CMD` and a command line, or `CMD-SHELL` and a command for a shell
    /// @param interval nanoseconds, 0 if it doesn't say, as of the next ones
    public record Health(List<String> test, long interval, long timeout, long startPeriod, long retries) {
        public Health {
            test = List.copyOf(test);
        }
    }

    private static @Nullable Health health(Node node) {
        return node.isThere()
                ? new Health(
                        node.get("Test").texts(),
                        node.get("Interval").number(0, Long.MAX_VALUE, 0),
                        node.get("Timeout").number(0, Long.MAX_VALUE, 0),
                        node.get("StartPeriod").number(0, Long.MAX_VALUE, 0),
                        node.get("Retries").number(0, Integer.MAX_VALUE, 0))
                : null;
    }

    /// Reads one.
    ///
    /// @param name what messages call it
    /// @throws InvalidImage if it is none
    public static ImageConfig read(byte[] bytes, String name) throws InvalidImage {
        var problems = new ArrayList<Problem>();
        Node node = Node.of(new String(bytes, StandardCharsets.UTF_8), name, problems)
                .object();
        var config = new ImageConfig(
                platform(node),
                node.get("created").text(),
                node.get("author").text(),
                defaults(node.get("config").object()),
                health(node.get("config").get("Healthcheck").object()),
                diffIds(node.get("rootfs").get("diff_ids")),
                history(node.get("history")));
        InvalidImage.check(name, problems);
        return config;
    }

    private static @Nullable Platform platform(Node node) {
        String os = node.get("os").text();
        String architecture = node.get("architecture").text();
        if (os.isEmpty() && architecture.isEmpty()) {
            return null;
        }
        try {
            return new Platform(os, architecture, node.get("variant").text());
        } catch (IllegalArgumentException e) {
            node.get("architecture").problem(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static Defaults defaults(Node node) {
        return new Defaults(
                node.get("User").text(),
                node.get("Env").texts(),
                node.get("Entrypoint").texts(),
                node.get("Cmd").texts(),
                List.copyOf(node.get("Volumes").properties().keySet()),
                node.get("WorkingDir").text(),
                node.get("StopSignal").text(),
                List.copyOf(node.get("ExposedPorts").properties().keySet()),
                labels(node.get("Labels")));
    }

    private static Map<String, String> labels(Node node) {
        var labels = new LinkedHashMap<String, String>();
        node.properties().forEach((key, value) -> labels.put(key, value.text()));
        return labels;
    }

    private static List<Digest> diffIds(Node node) {
        var digests = new ArrayList<Digest>();
        for (Node element : node.elements()) {
            String text = element.needed();
            Digest.parse(text)
                    .ifPresentOrElse(
                            digests::add,
                            () -> element.problem("not a digest of an algorithm that we know: " + Node.quoted(text)));
        }
        return digests;
    }

    private static List<History> history(Node node) {
        var history = new ArrayList<History>();
        for (Node element : node.objects()) {
            history.add(new History(
                    element.get("created").text(),
                    element.get("created_by").text(),
                    element.get("author").text(),
                    element.get("comment").text(),
                    element.get("empty_layer").truth()));
        }
        return history;
    }

    /// As it stands in an image.
    ///
    /// @param others what is kept of the configuration that it is made of, besides what we know
    public String json(Node others) {
        var json = new JsonWriter();
        json.beginObject();
        text(json, "created", created);
        text(json, "author", author);
        if (platform != null) {
            json.put("architecture", platform.architecture()).put("os", platform.os());
            text(json, "variant", platform.variant());
        }
        defaults.write(json.name("config"), others.get("config"));
        json.name("rootfs").beginObject().put("type", "layers");
        json.put("diff_ids", diffIds.stream().map(Digest::toString).toList()).endObject();
        json.name("history").beginList();
        for (History step : history) {
            json.beginObject();
            text(json, "created", step.created());
            text(json, "created_by", step.createdBy());
            text(json, "author", step.author());
            text(json, "comment", step.comment());
            if (step.emptyLayer()) {
                json.put("empty_layer", true);
            }
            json.endObject();
        }
        return json.endList().endObject().text();
    }

    private static void text(JsonWriter json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }
}
