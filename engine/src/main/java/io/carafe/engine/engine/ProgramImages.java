package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Blobs;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Incoming;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import io.carafe.engine.pack.Contents;
import io.carafe.engine.pack.PackOptions;
import io.carafe.engine.pack.PackedConfig;
import io.carafe.engine.pack.PackedLayer;
import io.carafe.engine.pack.Packing;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Lease;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Images of programs: what is in one, and the making of it.
final class ProgramImages {
    private ProgramImages() {}

    /// What an image would have in it.
    ///
    /// @throws Refused if it wouldn't run
    static Contents contents(PackOptions options) {
        return with(options, (contents, _) -> contents);
    }

    /// Makes an image, and names it.
    ///
    /// @param wanted says whether somebody still waits
    /// @throws Refused if it wouldn't run
    static PackedImage make(PackRequest request, DataRoot root, BooleanSupplier wanted) {
        return with(request.options(), (contents, scratch) -> {
            try (Lease _ = Lease.adding(root, wanted)) {
                Path file = scratch.resolve("layer");
                PackedLayer layer = PackedLayer.write(contents, request.compression(), request.epoch(), file);
                Images images = Images.of(root.directory());
                keep(layer.blob(), file, images.blobs(), wanted);
                byte[] config = config(request, contents).configuration(layer.diffId());
                byte[] manifest = PackedConfig.manifest(
                        new Descriptor(MediaTypes.CONFIG, images.blobs().add(config), config.length), layer.blob());
                var image = new Descriptor(MediaTypes.MANIFEST, images.blobs().add(manifest), manifest.length);
                for (Reference name : request.names()) {
                    images.name(name, image);
                }
                return new PackedImage(contents, image.digest());
            }
        });
    }

    private static PackedConfig config(PackRequest request, Contents contents) {
        var environment = new ArrayList<>(contents.environment());
        for (String variable : request.environment()) {
            String name = variable.substring(0, variable.indexOf('=') + 1);
            environment.removeIf(it -> it.startsWith(name));
            environment.add(variable);
        }
        return new PackedConfig(
                contents.architecture().isEmpty() ? Platform.ofThisMachine() : Platform.of(contents.architecture()),
                request.entrypoint().isEmpty() ? contents.entrypoint() : request.entrypoint(),
                request.cmd(),
                environment,
                request.labels(),
                request.user(),
                request.workdir(),
                request.epoch());
    }

    private static void keep(Descriptor blob, Path file, Blobs blobs, BooleanSupplier wanted) throws IOException {
        try (Incoming incoming = blobs.incoming(blob, wanted)) {
            if (incoming.isWhole()) {
                return;
            }
            incoming.restart();
            byte[] buffer = new byte[1 << 18];
            try (InputStream in = Files.newInputStream(file)) {
                for (int read; (read = in.read(buffer)) > 0; ) {
                    incoming.write(buffer, 0, read);
                }
            }
            incoming.commit();
        }
    }

    private interface Use<T> {
        T of(Contents contents, Path scratch) throws IOException;
    }

    /// What is made for an image, a Java runtime for one, is there as long as it is used.
    private static <T> T with(PackOptions options, Use<T> use) {
        String doing = "pack " + options.sources().getFirst().path();
        try {
            Path scratch = Files.createTempDirectory("carafe-pack");
            try {
                Contents contents = Packing.contents(options, Files.createDirectory(scratch.resolve("made")));
                if (!contents.problems().isEmpty()) {
                    throw refused(contents.problems());
                }
                return use.of(contents, scratch);
            } finally {
                remove(scratch);
            }
        } catch (IOException e) {
            throw new EngineException.Failed(doing, e);
        }
    }

    private static Refused refused(List<String> sentences) {
        return new Refused(sentences.stream().map(it -> new Problem("pack", it)).toList());
    }

    private static void remove(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(left);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
