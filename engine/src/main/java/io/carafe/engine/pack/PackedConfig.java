package io.carafe.engine.pack;

import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.image.Platform;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What a packed image says of itself: its configuration and its manifest, byte for byte the same for the same image.
///
/// @param entrypoint empty for none, as `cmd` and `environment`
/// @param labels     in the order in which they are written
/// @param user       "" for root
/// @param workdir    "" for the root directory
/// @param seconds    since 1970, when it was made
public record PackedConfig(
        Platform platform,
        List<String> entrypoint,
        List<String> cmd,
        List<String> environment,
        Map<String, String> labels,
        String user,
        String workdir,
        long seconds) {
    public PackedConfig {
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        environment = List.copyOf(environment);
        labels = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(labels));
    }

    /// The configuration (OCI image specification, config.md).
    public byte[] configuration(Digest diffId) {
        String created = Instant.ofEpochSecond(seconds).toString();
        var json = new JsonWriter();
        json.beginObject().put("created", created);
        json.put("architecture", platform.architecture()).put("os", platform.os());
        if (!platform.variant().isEmpty()) {
            json.put("variant", platform.variant());
        }
        json.name("config").beginObject();
        string(json, "User", user);
        list(json, "Env", environment);
        list(json, "Entrypoint", entrypoint);
        list(json, "Cmd", cmd);
        string(json, "WorkingDir", workdir);
        if (!labels.isEmpty()) {
            json.put("Labels", labels);
        }
        json.endObject();
        json.name("rootfs").beginObject().put("type", "layers");
        json.put("diff_ids", List.of(diffId.toString())).endObject();
        json.name("history").beginList().beginObject();
        json.put("created", created)
                .put("created_by", "carafe pack")
                .endObject()
                .endList();
        return bytes(json.endObject());
    }

    private static void string(JsonWriter json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }

    private static void list(JsonWriter json, String name, List<String> values) {
        if (!values.isEmpty()) {
            json.put(name, values);
        }
    }

    /// The manifest (OCI image specification, manifest.md).
    public static byte[] manifest(Descriptor config, Descriptor layer) {
        var json = new JsonWriter();
        json.beginObject().put("schemaVersion", 2).put("mediaType", MediaTypes.MANIFEST);
        json.name("config");
        config.write(json);
        json.name("layers").beginList();
        layer.write(json);
        return bytes(json.endList().endObject());
    }

    private static byte[] bytes(JsonWriter json) {
        return json.text().getBytes(StandardCharsets.UTF_8);
    }
}
