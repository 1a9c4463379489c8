package io.carafe.engine.layer;

import io.carafe.engine.store.Digest;
import java.nio.file.Path;

/// A layer that is unpacked, and whole.
///
/// @param diffId    of its tar file
/// @param directory where it is; a shared flock on it keeps it there
/// @param size      bytes of its files, with their holes
/// @param tarSize   bytes of its tar file, uncompressed
/// @param entries   of its tar file
/// @param leftOut   devices that were left out, since only root can make any
public record Layer(Digest diffId, Path directory, long size, long tarSize, long entries, int leftOut) {
    /// The files: what an overlay takes as a lower directory.
    public Path files() {
        return files(directory);
    }

    /// Likewise of a layer in this directory.
    public static Path files(Path directory) {
        return directory.resolve("diff");
    }
}
