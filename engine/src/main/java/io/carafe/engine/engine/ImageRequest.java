package io.carafe.engine.engine;

import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import org.jspecify.annotations.Nullable;

/// An image that a box shall be made of.
///
/// @param name     as the caller has it
/// @param platform null for this machine's, or what the image is for if it is for one alone
/// @param pull     when to ask its registry
public record ImageRequest(
        String name, Reference reference, @Nullable Platform platform, Pull pull) {
    /// Docker's words.
    public enum Pull {
        ALWAYS,
        MISSING,
        NEVER
    }
}
