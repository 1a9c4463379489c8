package io.carafe.engine.layer;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.WholeFile;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.ErrnoException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The unpacked layers of a data root, each once, by the digest of its tar file:
///
///     sha256/HEX/diff/        the files
///     sha256/HEX/layer.json   what is known of them
///     incoming/HEX/           one that isn't whole yet, or that is being removed
///     incoming/HEX.lock       held by whoever works on it
///
/// A layer gets its name by rename(2) when it is whole and on the disk. Safe for use by several threads and processes.
public final class Layers {
    private static final String FILES = "diff";
    private static final String RECORD = "layer.json";

    private final Path directory;
    private final Supplier<Host> host;

    /// @param directory of the data root; it is made when it is needed
    /// @param host      the machine as this process has it
    public Layers(Path directory, Supplier<Host> host) {
        this.directory = directory;
        this.host = host;
    }

    /// An unpacked layer. Two files are read: nothing that costs a cold JVM anything.
    ///
    /// @throws EngineException.Failed if it is there and can't be read
    public Optional<Layer> find(Digest diffId) {
        Path place = place(diffId);
        try {
            return Optional.of(LayerRecord.read(diffId, place, Files.readString(place.resolve(RECORD))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EngineException.Failed("look at layer " + diffId, e);
        }
    }

    /// Where an unpacked layer is, for who wants its files alone: one look, and nothing is read.
    public Optional<Path> directory(Digest diffId) {
        Path place = place(diffId);
        return Files.isDirectory(place) ? Optional.of(place) : Optional.empty(); // it has its name when it is whole
    }

    /// All that are unpacked, in no order.
    public List<Layer> all() {
        var layers = new ArrayList<Layer>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Path places = directory.resolve(algorithm.word());
            if (!Files.isDirectory(places)) {
                continue;
            }
            try (var names = Files.newDirectoryStream(places)) {
                for (Path each : names) {
                    Digest.parse(algorithm.word() + ":" + each.getFileName())
                            .flatMap(this::find)
                            .ifPresent(layers::add);
                }
            } catch (IOException e) {
                throw new EngineException.Failed("list the layers in " + places, e);
            }
        }
        return layers;
    }

    /// Unpacks a layer, unless it is there already: then nothing is read of the blob. If somebody else is at it, this
    /// waits, and takes what comes of it.
    ///
    /// @param blob its tar file, compressed or not; it is read as it arrives, and not closed
    /// @throws EngineException.Failed if it isn't what it should be, or can't be unpacked; nothing is left then
    public Layer unpack(Digest diffId, InputStream blob, Bounds bounds) {
        try {
            Files.createDirectories(directory.resolve("incoming"));
            Optional<Layer> known = find(diffId);
            if (known.isPresent()) {
                return known.get();
            }
            try (FileLock _ = FileLock.exclusive(lock(diffId), () -> true)) {
                known = find(diffId);
                return known.isPresent() ? known.get() : unpackAnew(diffId, blob, bounds);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("unpack layer " + diffId, e);
        }
    }

    private Layer unpackAnew(Digest diffId, InputStream blob, Bounds bounds) throws IOException {
        Path incoming = incoming(diffId);
        discard(incoming); // of one that was killed
        Files.createDirectory(
                incoming, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectory(incoming.resolve(FILES));
        try {
            LayerRecord layer = unpack(diffId, blob, bounds, incoming.resolve(FILES));
            WholeFile.write(
                    incoming.resolve(RECORD),
                    incoming.resolve(RECORD + ".new"),
                    layer.json().getBytes(StandardCharsets.UTF_8));
            Path place = place(diffId);
            Files.createDirectories(places(diffId));
            Files.move(incoming, place, StandardCopyOption.ATOMIC_MOVE);
            WholeFile.synchronise(places(diffId));
            return layer.at(diffId, place);
        } catch (IOException | RuntimeException e) {
            try {
                discard(incoming);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private LayerRecord unpack(Digest diffId, InputStream blob, Bounds bounds, Path files) throws IOException {
        Host machine = host.get();
        try (var input = new LayerInput(blob, diffId.algorithm(), bounds);
                FileWorker worker = FileWorker.start(files, machine)) {
            var unpacking = new Unpacking(new TarReader(input), worker.stream(), machine.isPrivileged(), bounds);
            try {
                unpacking.run();
                Digest found = input.digest();
                if (!found.equals(diffId)) {
                    throw new MalformedLayer("its files are those of " + found);
                }
                worker.stream().sync();
                worker.finish();
            } catch (ErrnoException e) {
                throw worker.failure(e);
            }
            return new LayerRecord(unpacking.size(), input.size(), unpacking.entries(), unpacking.leftOut());
        }
    }

    /// Removes a layer, unless a box has it.
    ///
    /// @return whether it is gone
    public boolean remove(Digest diffId) {
        return remove(diffId, () -> false);
    }

    /// Removes a layer, unless a box has it, or it is needed.
    ///
    /// @param needed asked when no box can take it any more
    /// @return whether it is gone
    public boolean remove(Digest diffId, BooleanSupplier needed) {
        try {
            Files.createDirectories(directory.resolve("incoming"));
            try (FileLock _ = FileLock.exclusive(lock(diffId), () -> true)) {
                Path place = place(diffId);
                discard(incoming(diffId));
                try (FileLock ours = FileLock.tryExclusiveOfPresent(place).orElse(null)) {
                    if (ours == null || needed.getAsBoolean()) {
                        return false;
                    }
                    Files.move(place, incoming(diffId), StandardCopyOption.ATOMIC_MOVE);
                    discard(incoming(diffId)); // locked to the end: who has opened it meanwhile must not use it
                } catch (NoSuchFileException e) {
                    return true;
                }
                return true;
            }
        } catch (IOException e) {
            throw new EngineException.Failed("remove layer " + diffId, e);
        }
    }

    /// Its files may be other users', and its names no text: a box removes them.
    private void discard(Path incoming) throws IOException {
        Path files = incoming.resolve(FILES);
        if (Files.isDirectory(files)) {
            try (FileWorker worker = FileWorker.start(files, host.get())) {
                worker.stream().removeAll();
                worker.finish();
            }
            Files.delete(files);
        }
        if (Files.isDirectory(incoming)) {
            Files.deleteIfExists(incoming.resolve(RECORD));
            Files.deleteIfExists(incoming.resolve(RECORD + ".new"));
            Files.delete(incoming);
        }
    }

    private Path places(Digest diffId) {
        return directory.resolve(diffId.algorithm().word());
    }

    private Path place(Digest diffId) {
        return places(diffId).resolve(diffId.hex());
    }

    private Path incoming(Digest diffId) {
        return directory.resolve("incoming").resolve(diffId.hex());
    }

    private Path lock(Digest diffId) {
        return directory.resolve("incoming").resolve(diffId.hex() + ".lock");
    }
}
