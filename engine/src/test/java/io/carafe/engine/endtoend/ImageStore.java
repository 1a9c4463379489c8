package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// A data root with images that are made here: their blobs are there, and nothing is unpacked.
final class ImageStore {
    final Path root;
    private final List<String> manifests = new ArrayList<>();

    ImageStore(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(blobs());
        Files.writeString(root.resolve("images/oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    private Path blobs() {
        return root.resolve("images/blobs/sha256");
    }

    /// The files of a directory, as a layer. Names that begin with `.wh.` are whiteouts.
    static Path layer(Path directory) {
        Path tar = directory.resolveSibling(directory.getFileName() + ".tar");
        Run run = Carafe.host("tar", "-C", directory.toString(), "--sort=name", "-cf", tar.toString(), ".");
        assertThat(run.code()).as(run.err()).isZero();
        return tar;
    }

    /// @param name   whole, as `docker.io/library/web:latest`
    /// @param config the property `config`, in JSON
    ImageStore image(String name, String platform, String config, Path... layers) throws IOException {
        var diffIds = new ArrayList<String>();
        var descriptors = new ArrayList<String>();
        for (Path layer : layers) {
            String digest = blob(Files.readAllBytes(layer));
            diffIds.add('"' + digest + '"');
            descriptors.add(descriptor("application/vnd.oci.image.layer.v1.tar", digest, Files.size(layer), ""));
        }
        String[] words = platform.split("/");
        byte[] configuration = utf8("""
                {"os":"%s","architecture":"%s","config":%s,"rootfs":{"type":"layers","diff_ids":%s}}""".formatted(words[0], words[1], config, diffIds));
        byte[] manifest = utf8("""
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":%s}""".formatted(
                descriptor("application/vnd.oci.image.config.v1+json", blob(configuration), configuration.length, ""),
                descriptors));
        manifests.add(descriptor(
                "application/vnd.oci.image.manifest.v1+json",
                blob(manifest),
                manifest.length,
                ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}"));
        Files.write(root.resolve("images/index.json"), utf8("{\"schemaVersion\":2,\"manifests\":" + manifests + "}"));
        return this;
    }

    /// `carafe ARGUMENTS` with these images.
    Run carafe(String... arguments) {
        return Carafe.started(
                        Map.of("CARAFE_DATA_ROOT", root.toString()),
                        Path.of("/"),
                        List.of(Carafe.words(Carafe.PROGRAM.toString(), arguments)))
                .finish();
    }

    /// `carafe run ARGUMENTS`, likewise.
    Run run(String... arguments) {
        return carafe(Carafe.words("run", arguments));
    }

    /// A script for bash, likewise.
    Run shell(String script) {
        return Carafe.started(Map.of("CARAFE_DATA_ROOT", root.toString()), Path.of("/"), List.of("bash", "-c", script))
                .finish();
    }

    private static String descriptor(String type, String digest, long size, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}".formatted(type, digest, size, more);
    }

    private String blob(byte[] content) throws IOException {
        try {
            String hex = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            Files.write(blobs().resolve(hex), content);
            return "sha256:" + hex;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
