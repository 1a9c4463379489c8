package io.carafe.engine.engine;

import io.carafe.engine.image.Platform;
import org.jspecify.annotations.Nullable;

/// Files of an image that are copied out of it, in the words of docker-cp(1).
///
/// @param path       from its root: a file, or a directory with all that is in it
/// @param followLink whether a link at its end is followed
/// @param platform   null for the machine's own
public record ImagePath(
        String image,
        String path,
        boolean followLink,
        @Nullable Platform platform) {
    /// Whether what is in a directory is meant, not the directory itself.
    boolean isContent() {
        return path.endsWith("/.") || last().isEmpty();
    }

    /// Whether a link at the end must be followed, since something behind it is meant.
    boolean leadsOn() {
        return followLink || path.endsWith("/") || path.endsWith("/.");
    }

    /// The name that it is given by: a link that is followed doesn't change that. Empty for the root.
    String last() {
        String last = "";
        for (String part : path.split("/")) {
            last = part.isEmpty() || part.equals(".") ? last : part;
        }
        return last;
    }
}
