package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import org.jspecify.annotations.Nullable;

/// What the commands that speak to a registry have in common.
final class RegistryFlags {
    static final Flag TLS_VERIFY = Flag.toggle(
            "",
            "tls-verify",
            "Whether the registry has to prove who it is; false also allows plain HTTP (default true)");
    static final Flag QUIET = Flag.toggle("q", "quiet", "Show no progress");
    static final Flag PLATFORM =
            Flag.one("", "platform", "string", "The platform of an image for several, as linux/arm64");

    private RegistryFlags() {}

    static boolean verify(Arguments arguments) {
        return !Boolean.FALSE.equals(on(arguments, TLS_VERIFY));
    }

    static boolean is(Arguments arguments, Flag flag) {
        return Boolean.TRUE.equals(on(arguments, flag));
    }

    private static @Nullable Boolean on(Arguments arguments, Flag flag) {
        try {
            return arguments.on(flag);
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(flag, String.valueOf(arguments.last(flag)), message(e)));
        }
    }

    static @Nullable Platform platform(Arguments arguments) {
        String text = arguments.last(PLATFORM);
        try {
            return text == null ? null : Platform.of(text);
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(PLATFORM, text, message(e)));
        }
    }

    /// @throws UsageError if it can be no image's name
    static Reference reference(String text) {
        try {
            return Reference.of(text);
        } catch (IllegalArgumentException e) {
            throw new UsageError("invalid reference \"" + text + "\": " + message(e));
        }
    }

    private static String message(IllegalArgumentException e) {
        return String.valueOf(e.getMessage());
    }
}
