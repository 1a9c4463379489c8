package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import java.util.List;

/// What a collection of garbage has come to.
///
/// @param done  false if somebody was just adding: all is left for the next time
/// @param blobs that are gone
/// @param layers that are gone, unpacked ones, by the digest of their files
/// @param bytes that are free now
public record Collected(boolean done, List<Digest> blobs, List<Digest> layers, long bytes) {
    static final Collected NOT_NOW = new Collected(false, List.of(), List.of(), 0);

    public Collected {
        blobs = List.copyOf(blobs);
        layers = List.copyOf(layers);
    }
}
