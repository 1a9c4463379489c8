package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import java.util.Set;

/// What the images that are kept lead to, whether it is here or not.
///
/// @param layers unpacked ones, by the digest of their files
public record Needed(Set<Digest> blobs, Set<Digest> layers) {
    public Needed {
        blobs = Set.copyOf(blobs);
        layers = Set.copyOf(layers);
    }
}
