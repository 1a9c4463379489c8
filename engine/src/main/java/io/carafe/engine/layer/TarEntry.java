package io.carafe.engine.layer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a tar file says of one file.
///
/// @param path        as it stands there; nothing has looked at it
/// @param target      of a link, likewise; else empty
/// @param size        of a regular file, 0 of others; with holes
/// @param mode        permissions with set-user-id, set-group-id and sticky bit
/// @param uid         unsigned, as `gid`
/// @param seconds     since 1970, when it was modified, and nanoseconds on top of them
/// @param major       of a device; 0 of others
/// @param attributes  extended attributes, by their names
/// @param data        where the bytes that are stored belong; null if it has no holes
public record TarEntry(
        Kind kind,
        ByteString path,
        ByteString target,
        long size,
        int mode,
        int uid,
        int gid,
        long seconds,
        int nanoseconds,
        int major,
        int minor,
        List<Attribute> attributes,
        @Nullable List<Extent> data) {
    public TarEntry {
        attributes = List.copyOf(attributes);
        data = data == null ? null : List.copyOf(data);
    }

    /// What it is.
    public enum Kind {
        FILE,
        DIRECTORY,
        SYMBOLIC_LINK,
        HARD_LINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        FIFO
    }

    /// An extended attribute (xattr(7)).
    public record Attribute(ByteString name, ByteString value) {}

    /// A stretch of a file that isn't a hole.
    public record Extent(long offset, long length) {}

    /// How many bytes of it are stored.
    long stored() {
        if (data == null) {
            return size;
        }
        long sum = 0;
        for (Extent extent : data) {
            sum += extent.length();
        }
        return sum;
    }
}
