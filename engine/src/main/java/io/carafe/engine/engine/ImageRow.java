package io.carafe.engine.engine;

import io.carafe.engine.image.Reference;
import io.carafe.engine.store.Digest;
import org.jspecify.annotations.Nullable;

/// A line of `carafe images`.
///
/// @param name    null if another image has taken it
/// @param digest  what registries call it
/// @param id      the digest of its configuration; of what is no image that of itself
/// @param created RFC 3339, unchecked; "" if the image doesn't say
/// @param size    bytes of its files
public record ImageRow(@Nullable Reference name, Digest digest, Digest id, String created, long size) {
    private static final String NONE = "<none>";

    /// As Docker has it: the name without tag or digest.
    public String repository() {
        if (name == null) {
            return NONE;
        }
        String whole = name.familiar();
        int end = name.tag().isEmpty() ? whole.indexOf('@') : whole.lastIndexOf(":" + name.tag());
        return whole.substring(0, end);
    }

    public String tag() {
        return name == null || name.tag().isEmpty() ? NONE : name.tag();
    }
}
