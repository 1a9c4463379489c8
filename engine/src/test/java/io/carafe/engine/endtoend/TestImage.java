package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// An image of busybox in one layer, as the engines' ways to import one want it.
final class TestImage {
    private TestImage() {}

    /// The root file system, as a tar file: `docker import`, `podman import`.
    static Path tar(Path directory) {
        try {
            Path root = Rootfs.busybox(directory.resolve("image"));
            Files.writeString(root.resolve("etc/passwd"), """
                    root:x:0:0:root:/root:/bin/sh
                    guest:x:1000:1000:guest:/tmp:/bin/sh
                    """);
            Files.writeString(root.resolve("etc/group"), "root:x:0:\nguest:x:1000:\nothers:x:2000:guest\n");
            Files.writeString(root.resolve("etc/shadow"), "root:*:::::::\n");
            Path tar = directory.resolve("image.tar");
            Carafe.host("chmod", "1777", root + "/tmp");
            Run run = Carafe.host("tar", "-C", root.toString(), "-cf", tar.toString(), ".");
            assertThat(run.code()).as(run.err()).isZero();
            return tar;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// An OCI layout as a tar file, with the same image under these names: `ctr image import`.
    static Path layout(Path directory, String... names) {
        try {
            byte[] layer = Files.readAllBytes(tar(directory));
            Path layout = Files.createDirectories(directory.resolve("layout"));
            Files.createDirectories(layout.resolve("blobs/sha256"));
            Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
            String diff = blob(layout, layer);
            byte[] config = utf8("""
                    {"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["/bin/sleep","1000"]},\
                    "rootfs":{"type":"layers","diff_ids":["%s"]},"history":[{"created_by":"a test"}]}""".formatted(diff));
            byte[] manifest = utf8("""
                    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}""".formatted(
                            descriptor("config.v1+json", blob(layout, config), config.length, ""),
                            descriptor("layer.v1.tar", diff, layer.length, "")));
            String digest = blob(layout, manifest);
            Files.write(
                    layout.resolve("index.json"),
                    utf8("{\"schemaVersion\":2,\"manifests\":[%s]}"
                            .formatted(List.of(names).stream()
                                    .map(name -> descriptor(
                                            "manifest.v1+json",
                                            digest,
                                            manifest.length,
                                            ",\"annotations\":{\"io.containerd.image.name\":\"" + name + "\"}"))
                                    .collect(Collectors.joining(",")))));
            Path tar = directory.resolve("layout.tar");
            Run run = Carafe.host("tar", "-C", layout.toString(), "-cf", tar.toString(), ".");
            assertThat(run.code()).as(run.err()).isZero();
            return tar;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String descriptor(String type, String digest, int size, String more) {
        return "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"%s\",\"size\":%d%s}"
                .formatted(type, digest, size, more);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String blob(Path layout, byte[] bytes) throws IOException {
        try {
            String hex = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            Files.write(layout.resolve("blobs/sha256/" + hex), bytes);
            return "sha256:" + hex;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
