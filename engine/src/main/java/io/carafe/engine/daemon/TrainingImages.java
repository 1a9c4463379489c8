package io.carafe.engine.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A data root for [Training], as `io.carafe.engine.image` and `layer` keep one: an image, `train`, of one
/// layer that is unpacked, under as many names as somebody has who has many.
final class TrainingImages {
    private static final int NAMES = 50;
    private static final String DIFF_ID = "a".repeat(64);
    private static final String OCI = "application/vnd.oci.image.";

    private TrainingImages() {}

    static void make(Path root) throws IOException {
        Path blobs = Files.createDirectories(root.resolve("images/blobs/sha256"));
        Path layer = Files.createDirectories(root.resolve("layers/sha256").resolve(DIFF_ID));
        Files.createDirectories(layer.resolve("diff/etc"));
        Files.writeString(layer.resolve("diff/etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(layer.resolve("diff/etc/group"), "root:x:0:\n");
        Files.writeString(layer.resolve("layer.json"), "{\"size\":1,\"tarSize\":1024,\"entries\":1,\"leftOut\":0}\n");
        String time = "2026-11-22T00:00:00Z";
        String config = "{\"created\":\"" + time + "\",\"architecture\":\"" + architecture()
                + "\",\"os\":\"linux\",\"config\":{\"User\":\"root\",\"Env\":[\"PATH=/bin\",\"A=b\"],"
                + "\"Entrypoint\":[\"/bin/sh\"],\"Cmd\":[\"-c\"],\"WorkingDir\":\"/\",\"Labels\":{\"a\":\"b\"}},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" + DIFF_ID + "\"]},"
                + "\"history\":[{\"created\":\"" + time + "\",\"created_by\":\"a\"},{\"empty_layer\":true}]}";
        String id = blob(blobs, config);
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + OCI + "manifest.v1+json\",\"config\":"
                + descriptor("config.v1+json", id, config.length()) + "},\"layers\":["
                + descriptor("layer.v1.tar+gzip", "b".repeat(64), 1) + "}]}";
        String digest = blob(blobs, manifest);
        var index = new StringBuilder("{\"schemaVersion\":2,\"manifests\":[");
        for (int i = 0; i < NAMES; i++) {
            index.append(i == 0 ? "" : ",")
                    .append(descriptor("manifest.v1+json", digest, manifest.length()))
                    .append(",\"annotations\":{\"org.opencontainers.image.ref.name\":\"docker.io/library/train")
                    .append(i == 0 ? "" : String.valueOf(i))
                    .append(":latest\",\"io.carafe.image.id\":\"sha256:")
                    .append(id)
                    .append("\",\"io.carafe.image.created\":\"")
                    .append(time)
                    .append("\",\"io.carafe.image.size\":\"1\"}}");
        }
        Files.writeString(root.resolve("images/index.json"), index.append("]}"));
        Files.writeString(root.resolve("images/oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    private static String architecture() {
        String own = System.getProperty("os.arch");
        return own.equals("aarch64") ? "arm64" : own;
    }

    /// Without its end.
    private static String descriptor(String type, String digest, int size) {
        return "{\"mediaType\":\"" + OCI + type + "\",\"digest\":\"sha256:" + digest + "\",\"size\":" + size;
    }

    private static String blob(Path blobs, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try {
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            Files.write(blobs.resolve(digest), bytes);
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }
}
