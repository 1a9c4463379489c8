package io.carafe.engine.image;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.DataRoot;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.FileLock;
import io.carafe.sandbox.host.MountPoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The images whose files are mounted on the host. Each has a directory of its own, called by its id, which says what
/// is mounted there; whether it is mounted, the kernel says. A machine that went down, or somebody who was killed,
/// leaves the directory alone.
public final class Mounts {
    private static final String FILES = "merged";

    private final Path directory;

    Mounts(DataRoot root) {
        directory = root.mounts();
    }

    /// A directory of an image.
    ///
    /// @param id    of the image
    /// @param place the directory, absolute
    /// @param times how many mounts lie there on each other; 0 if it was left behind
    public record Mount(Digest id, Path place, int times) {
        /// Where the files are.
        public Path files() {
            return place.resolve(FILES);
        }

        /// Whether the files are there.
        public boolean isMounted() {
            return times > 0;
        }
    }

    /// All that have a directory, in the order of their ids.
    public List<Mount> all() {
        try {
            List<String> names = Listing.names(directory);
            List<String> points = names.isEmpty() ? List.of() : MountPoints.now();
            var mounts = new ArrayList<Mount>();
            for (String name : names) {
                Optional<Digest> id = id(name);
                if (id.isPresent()) {
                    mounts.add(mount(id.get(), points));
                }
            }
            return mounts;
        } catch (IOException e) {
            throw new EngineException.Failed("look at what is mounted in " + directory, e);
        }
    }

    /// The one of an image, which needn't be there.
    public Mount of(Digest id) {
        for (Mount mount : all()) {
            if (mount.id.equals(id)) {
                return mount;
            }
        }
        return new Mount(id, directory.resolve(id.hex()), 0);
    }

    private Mount mount(Digest id, List<String> points) throws IOException {
        String files = directory.toRealPath().resolve(id.hex()).resolve(FILES).toString(); // as the kernel has it
        return new Mount(id, directory.resolve(id.hex()), Collections.frequency(points, files));
    }

    private static Optional<Digest> id(String name) {
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Optional<Digest> id = Digest.parse(algorithm.word() + ":" + name);
            if (id.isPresent()) {
                return id;
            }
        }
        return Optional.empty();
    }

    /// Removes the directories that were left behind, unless somebody is just at work on them.
    void removeRemains() throws IOException {
        for (Mount mount : all()) {
            try (FileLock ours = mount.isMounted()
                    ? null
                    : FileLock.tryExclusiveOfPresent(mount.place).orElse(null)) {
                if (ours != null && !of(mount.id).isMounted()) {
                    Files.deleteIfExists(mount.files());
                    Files.deleteIfExists(mount.place);
                }
            } catch (NoSuchFileException e) {
                // somebody else has removed it
            }
        }
    }
}
