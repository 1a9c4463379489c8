package io.carafe.engine.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// Where the engine's data is: images and their unpacked layers.
///
/// @param directory absolute
public record DataRoot(Path directory) {
    private static final String VARIABLE = "CARAFE_DATA_ROOT";

    public DataRoot {
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("the data root " + directory + " is not an absolute path");
        }
    }

    /// The one that a caller means who says nothing: `$CARAFE_DATA_ROOT`; else root's is `/var/lib/carafe`,
    /// and another user's `$XDG_DATA_HOME/carafe` or `~/.local/share/carafe` (XDG Base Directory
    /// Specification: a value that is no absolute path is ignored).
    ///
    /// @param environment the caller's
    /// @param uid         the caller's
    /// @throws IllegalArgumentException if it can't be told
    public static DataRoot of(Map<String, String> environment, int uid) {
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isEmpty()) {
            if (!named.startsWith("/")) {
                throw new IllegalArgumentException(VARIABLE + "=" + named + " is not an absolute path");
            }
            return new DataRoot(Path.of(named));
        }
        if (uid == 0) {
            return new DataRoot(Path.of("/var/lib/carafe"));
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        if (data.startsWith("/")) {
            return new DataRoot(Path.of(data, "carafe"));
        }
        String home = environment.getOrDefault("HOME", "");
        if (!home.startsWith("/")) {
            throw new IllegalArgumentException("there is no HOME to keep images in; set it, or " + VARIABLE);
        }
        return new DataRoot(Path.of(home, ".local/share/carafe"));
    }

    /// An OCI image layout.
    public Path images() {
        return directory.resolve("images");
    }

    /// Unpacked layers.
    public Path layers() {
        return directory.resolve("layers");
    }

    /// Where an unpacked layer is, or would be. A flock on it keeps it there.
    ///
    /// @param diffId the digest of its files, uncompressed
    public Path layer(Digest diffId) {
        return layers().resolve(diffId.algorithm().word()).resolve(diffId.hex());
    }

    /// Where images are mounted: each in a directory of its own, called by the digits of its id.
    public Path mounts() {
        return directory.resolve("mounts");
    }

    /// What is kept of containers: a directory each, and their names.
    public Path containers() {
        return directory.resolve("containers");
    }

    /// What is kept of pods: a directory each, and their names.
    public Path pods() {
        return directory.resolve("pods");
    }

    /// Volumes: each in a directory of its name.
    public Path volumes() {
        return directory.resolve("volumes");
    }

    /// Secrets, sealed.
    public Path secrets() {
        return directory.resolve("secrets");
    }

    /// What has happened.
    public Path events() {
        return directory.resolve("events.json");
    }

    /// The networks of boxes: a record of each.
    public Path networks() {
        return directory.resolve("networks");
    }

    /// What a [Lease] locks.
    Path lease() {
        return directory.resolve("lease");
    }

    /// Makes it if it isn't there. Nobody else may look into it: programs in layers have the set-user-id bit.
    public void make() throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Files.createDirectories(directory.getParent());
        var ownersOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try {
            Files.createDirectory(directory, ownersOnly);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }
}
