package io.carafe.engine.volume;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.layer.ByteString;
import io.carafe.engine.layer.Copying;
import io.carafe.engine.layer.DiskSize;
import io.carafe.engine.layer.Emptying;
import io.carafe.engine.layer.Packing;
import io.carafe.engine.layer.TarWriter;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.WholeFile;
import io.carafe.sandbox.host.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// The volumes of a data root: a directory each, with its record, its files, and what says whether it has
/// been used.
///
/// A volume has its name when it is complete, and none any more when its removal begins: names that begin
/// with a dot are of what is half made or half gone. Who makes, names and removes holds the lock of them
/// all; a box that has a volume holds a lock on its directory with others, and whoever wants to take that
/// away needs it alone.
public final class Volumes {
    private static final String LOCK = ".lock";
    private static final String NEW = ".new-";
    private static final String GONE = ".gone-";
    private static final String DRAFT = "draft";
    private static final String FILLING = "filling";
    private static final String FILLED = "filled";
    private static final int TRIES = 100;
    private static final long PAUSE = 5_000_000; // nanoseconds

    private final Path directory;
    private final Supplier<Host> host;
    private final VolumeUsers users;
    private final Clock clock;

    /// @param directory is made when it is needed
    /// @param users     of containers
    public Volumes(Path directory, Supplier<Host> host, VolumeUsers users, Clock clock) {
        this.directory = directory;
        this.host = host;
        this.users = users;
        this.clock = clock;
    }

    /// A volume of that name, which is there.
    ///
    /// @throws EngineException.NotFound if there is none
    public Volume get(VolumeName name) {
        return find(name).orElseThrow(() -> new EngineException.NotFound("volume", name.text()));
    }

    /// A volume of that name.
    public Optional<Volume> find(VolumeName name) {
        Path place = place(name);
        try {
            return Optional.of(VolumeRecord.read(name, place, Files.readString(place.resolve(VolumeRecord.FILE))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EngineException.Failed("read volume " + name, e);
        }
    }

    /// All of them, by name.
    public List<Volume> all() {
        var volumes = new ArrayList<Volume>();
        if (!Files.isDirectory(directory)) {
            return volumes;
        }
        try (var entries = Files.newDirectoryStream(directory, it -> !isHidden(it))) {
            for (Path entry : entries) {
                find(new VolumeName(entry.getFileName().toString())).ifPresent(volumes::add);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("list the volumes in " + directory, e);
        }
        volumes.sort((one, other) -> one.name().compareTo(other.name()));
        return volumes;
    }

    private static boolean isHidden(Path entry) {
        return entry.getFileName().toString().startsWith(".");
    }

    private Path place(VolumeName name) {
        return directory.resolve(name.text());
    }

    /// Makes a volume. One of that name that is there already is as good, unless it was made with other
    /// options.
    ///
    /// @param options of the driver `local`
    /// @throws EngineException.Conflict if there is another one of that name
    /// @throws IllegalArgumentException if there are no such options
    public Volume create(VolumeName name, Map<String, String> labels, Map<String, String> options, boolean anonymous) {
        VolumeOptions known = VolumeOptions.of(options);
        try (FileLock _ = lock()) {
            Optional<Volume> there = find(name);
            if (there.isPresent()) {
                if (!options.isEmpty() && !there.get().options().equals(options)) {
                    throw new EngineException.Conflict("volume " + name + " is there already, with other options");
                }
                return there.get();
            }
            String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
            var volume =
                    new Volume(name, place(name), now, labels, options, known.source(), known.readOnly(), anonymous);
            make(volume);
            return volume;
        } catch (IOException e) {
            throw new EngineException.Failed("make volume " + name, e);
        }
    }

    /// A volume as it would be made, and isn't.
    ///
    /// @throws IllegalArgumentException if there are no such options
    public Volume planned(VolumeName name, Map<String, String> options) {
        VolumeOptions known = VolumeOptions.of(options);
        return new Volume(name, place(name), "", Map.of(), options, known.source(), known.readOnly(), false);
    }

    private void make(Volume volume) throws IOException {
        Path draft = directory.resolve(NEW + volume.name());
        discard(draft); // of one that was killed
        Files.createDirectory(
                draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path files = draft.resolve(Volume.FILES);
        Files.createDirectory(files);
        Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
        WholeFile.write(
                draft.resolve(VolumeRecord.FILE),
                draft.resolve(VolumeRecord.FILE + ".new"),
                VolumeRecord.json(volume).getBytes(StandardCharsets.UTF_8));
        WholeFile.rename(draft, volume.place());
    }

    private FileLock lock() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
        }
        return FileLock.exclusive(directory.resolve(LOCK), () -> true);
    }

    /// Who has a volume: names of containers, and a word if a box has it. None if it can be removed.
    public List<String> users(Volume volume) {
        List<String> containers = users.of(volume.name());
        if (!containers.isEmpty()) {
            return containers;
        }
        try (FileLock ours = FileLock.tryExclusiveOfPresent(volume.place()).orElse(null)) {
            return ours == null ? List.of("a box that runs") : List.of();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new EngineException.Failed("look who has volume " + volume.name(), e);
        }
    }

    /// Has one that nobody has named stay when the container that it was made for ends and is removed
    /// (`--rm`): what does that can't ask who else has it, and looks for this mark. One with a name stays
    /// anyway.
    public void share(VolumeName name) {
        Optional<Volume> volume = find(name);
        if (volume.isPresent() && volume.get().anonymous()) {
            try {
                Files.write(place(name).resolve(Volume.SHARED), new byte[0]);
            } catch (IOException e) {
                throw new EngineException.Failed("mark volume " + name + " as in use", e);
            }
        }
    }

    /// Bytes of its files. A directory of the machine that stands for a volume has none: it stays when that
    /// goes.
    public long size(Volume volume) {
        return volume.source().isEmpty() && Files.isDirectory(volume.files())
                ? DiskSize.of(volume.files(), host.get())
                : 0;
    }

    /// Removes a volume with its files; of one that shows a directory of the machine only the volume.
    ///
    /// @throws EngineException.NotFound if there is none
    /// @throws EngineException.Conflict if somebody has it
    public void remove(VolumeName name) {
        Volume volume = get(name);
        List<String> containers = users.of(name);
        if (!containers.isEmpty()) {
            throw inUse(name, String.join(", ", containers));
        }
        try (FileLock ours = alone(volume).orElse(null)) {
            if (ours == null) {
                throw inUse(name, "a box that runs");
            }
            Path gone = directory.resolve(GONE + name);
            try (FileLock _ = lock()) {
                discard(gone); // of one that was killed
                WholeFile.rename(volume.place(), gone);
            }
            discard(gone); // locked to the end: who has opened it meanwhile must not use it
        } catch (NoSuchFileException e) {
            throw new EngineException.NotFound("volume", name.text());
        } catch (IOException e) {
            throw new EngineException.Failed("remove volume " + name, e);
        }
    }

    /// Somebody who has just ended may still be cleaned up after.
    private static Optional<FileLock> alone(Volume volume) throws IOException {
        Optional<FileLock> ours = FileLock.tryExclusiveOfPresent(volume.place());
        for (int tries = 0; ours.isEmpty() && tries < TRIES; tries++) {
            LockSupport.parkNanos(PAUSE);
            ours = FileLock.tryExclusiveOfPresent(volume.place());
        }
        return ours;
    }

    /// Removes a volume if it is there, and nobody has it.
    public void discard(VolumeName name) {
        try {
            remove(name);
        } catch (EngineException.Conflict | EngineException.NotFound e) {
            return; // somebody has it now, or was quicker
        }
    }

    private static EngineException inUse(VolumeName name, String who) {
        return new EngineException.Conflict("volume " + name + " is in use by " + who);
    }

    /// Removes what was half made or half removed when its maker was killed.
    public void removeRests() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (FileLock _ = lock();
                var entries = Files.newDirectoryStream(directory, "{" + NEW + "," + GONE + "}*")) {
            for (Path entry : entries) {
                removeRest(entry);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("remove what is left of volumes", e);
        }
    }

    private void removeRest(Path entry) throws IOException {
        try (FileLock ours = FileLock.tryExclusiveOfPresent(entry).orElse(null)) {
            if (ours != null) { // else somebody is just removing it
                discard(entry);
            }
        } catch (NoSuchFileException e) {
            if (Files.exists(entry)) { // else somebody has
                throw e;
            }
        }
    }

    /// Its files may be other users', and its names no text: a box removes them.
    private void discard(Path place) throws IOException {
        for (String files : List.of(Volume.FILES, DRAFT)) {
            if (Files.isDirectory(place.resolve(files))) {
                Emptying.of(place.resolve(files), host.get());
                Files.delete(place.resolve(files));
            }
        }
        for (String file : List.of(Volume.SHARED, FILLED, FILLING, VolumeRecord.FILE, VolumeRecord.FILE + ".new")) {
            Files.deleteIfExists(place.resolve(file));
        }
        Files.deleteIfExists(place);
    }

    /// What a new volume begins with.
    public interface Filler {
        /// Puts it into a directory, which gets its owner and mode too.
        ///
        /// @return false if there is nothing to begin with
        boolean fill(Path directory) throws IOException;
    }

    /// Fills a volume that nothing was ever put into. Two that come at once don't do it twice, and one that
    /// is killed has done nothing: the files are made beside, synchronised with the disk, and then take the
    /// empty directory's place.
    ///
    /// @throws EngineException.NotFound if it is removed meanwhile
    public void fill(Volume volume, Filler filler) {
        if (!volume.source().isEmpty() || Files.exists(volume.place().resolve(FILLED))) {
            return;
        }
        try (FileLock _ = FileLock.exclusive(volume.place().resolve(FILLING), () -> true)) {
            if (!Files.exists(volume.place().resolve(FILLED)) && isToFill(volume, filler)) {
                Files.createFile(volume.place().resolve(FILLED));
                WholeFile.synchronise(volume.place());
            }
        } catch (NoSuchFileException e) {
            throw new EngineException.NotFound("volume", volume.name().text());
        } catch (IOException e) {
            throw new EngineException.Failed("fill volume " + volume.name(), e);
        }
    }

    /// Whether it is over with that: a volume with something in it is somebody's.
    private boolean isToFill(Volume volume, Filler filler) throws IOException {
        if (!isEmpty(volume.files())) {
            return true;
        }
        Path draft = volume.place().resolve(DRAFT);
        try (FileLock _ = FileLock.sharedOfPresent(volume.place(), () -> true)) { // nobody removes it meanwhile
            if (Files.isDirectory(draft)) { // of one that was killed
                Emptying.of(draft, host.get());
            } else {
                Files.createDirectory(draft);
            }
            if (!filler.fill(draft)) {
                Files.delete(draft);
                return false;
            }
        }
        try (FileLock ours = FileLock.tryExclusiveOfPresent(volume.place()).orElse(null)) {
            if (ours == null || !isEmpty(volume.files())) { // a box has the empty one, and would lose what it writes
                Emptying.of(draft, host.get());
                Files.delete(draft);
                return ours != null;
            }
            Files.move(draft, volume.files(), StandardCopyOption.ATOMIC_MOVE);
            WholeFile.synchronise(volume.place());
            return true;
        }
    }

    private static boolean isEmpty(Path files) throws IOException {
        try (var entries = Files.newDirectoryStream(files)) {
            return !entries.iterator().hasNext();
        }
    }

    /// Writes its files to a tar file, and closes that.
    public void export(Volume volume, OutputStream out) {
        try (FileLock _ = FileLock.sharedOfPresent(volume.place(), () -> true);
                var tar = new TarWriter(out)) {
            Packing.files(List.of(volume.files()), ByteString.EMPTY, ByteString.EMPTY, Long.MAX_VALUE, tar, host.get());
        } catch (IOException e) {
            throw new EngineException.Failed("export volume " + volume.name(), e);
        }
    }

    /// Adds the files of a tar file to a volume. What is there stays, but for files that these replace.
    ///
    /// @param in compressed or not; it isn't closed
    public void add(Volume volume, InputStream in) {
        if (volume.readOnly()) {
            throw new EngineException.Conflict("volume " + volume.name() + " is read-only");
        }
        try (FileLock _ = FileLock.sharedOfPresent(volume.place(), () -> true)) {
            Copying.whole(volume.files(), in, host.get());
        } catch (IOException e) {
            throw new EngineException.Failed("import into volume " + volume.name(), e);
        }
    }
}
