package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import java.util.List;

/// What a file has besides its content.
///
/// @param mode    permissions, and of a device or FIFO the type
/// @param uid     unsigned, as `gid`
/// @param seconds since 1970, when it was modified, and nanoseconds on top of them
record Metadata(int mode, int uid, int gid, long seconds, int nanoseconds, List<Attribute> attributes) {
    static final Metadata NONE = new Metadata(0, 0, 0, 0, 0, List.of());

    Metadata {
        attributes = List.copyOf(attributes);
    }

    Metadata withoutAttributes() {
        return attributes.isEmpty() ? this : new Metadata(mode, uid, gid, seconds, nanoseconds, List.of());
    }

    Metadata with(int otherMode) {
        return new Metadata(otherMode, uid, gid, seconds, nanoseconds, attributes);
    }

    Metadata with(List<Attribute> others) {
        return new Metadata(mode, uid, gid, seconds, nanoseconds, others);
    }
}
