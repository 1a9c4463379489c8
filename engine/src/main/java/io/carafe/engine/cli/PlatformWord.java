package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.image.Platform;
import org.jspecify.annotations.Nullable;

/// A platform as people write it.
final class PlatformWord {
    private PlatformWord() {}

    /// @throws UsageError if it is none
    static @Nullable Platform of(@Nullable String word, Flag flag) {
        try {
            return word == null ? null : Platform.of(word);
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(flag, word, String.valueOf(e.getMessage())));
        }
    }
}
