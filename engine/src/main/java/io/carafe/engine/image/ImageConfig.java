package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an image says of itself (OCI image specification, config.md). All of it is somebody else's word: checked for
/// its form, not for what it means.
///
/// @param platform what its programs are made for; null if it doesn't say
/// @param created  RFC 3339, unchecked; "" if it doesn't say
/// @param defaults what a container of it shall be where nobody says otherwise
/// @param diffIds  of its layers, the lowest first: digests of their files, uncompressed
public record ImageConfig(
        @Nullable Platform platform,
        String created,
        String author,
        Defaults defaults,
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
    }

    /// How a layer came to be.
    ///
    /// @param created    RFC 3339, unchecked; "" if it doesn't say
    /// @param emptyLayer it changed no file, and has no layer
    public record History(String created, String createdBy, String author, String comment, boolean emptyLayer) {}

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
}
