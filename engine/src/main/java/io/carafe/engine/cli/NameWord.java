package io.carafe.engine.cli;

import io.carafe.engine.command.UsageError;
import io.carafe.engine.image.Reference;

/// An image's name as people write it.
final class NameWord {
    private NameWord() {}

    /// @throws UsageError if it can't be one
    static Reference of(String word) {
        try {
            return Reference.of(word);
        } catch (IllegalArgumentException e) {
            throw new UsageError("'" + word + "' can't be the name of an image: " + e.getMessage());
        }
    }
}
