package io.carafe.engine.engine;

import io.carafe.engine.container.HealthCheck;
import io.carafe.engine.image.ImageConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A health check, of what the caller says and what the image says.
final class HealthTerms {
    private static final Duration USUAL = Duration.ofSeconds(30); // Docker's, for interval and timeout
    private static final int RETRIES = 3;

    private HealthTerms() {}

    /// Puts one together.
    ///
    /// @return null if there is none
    static @Nullable HealthCheck of(Terms.Health asked, ImageConfig.@Nullable Health image) {
        List<String> command = asked.command() != null ? asked.command() : command(image);
        if (asked.none() || command.isEmpty()) {
            return null;
        }
        return new HealthCheck(
                command,
                time(asked.interval(), image == null ? 0 : image.interval(), USUAL),
                time(asked.timeout(), image == null ? 0 : image.timeout(), USUAL),
                time(asked.startPeriod(), image == null ? 0 : image.startPeriod(), Duration.ZERO),
                retries(asked.retries(), image),
                asked.action());
    }

    private static List<String> command(ImageConfig.@Nullable Health image) {
        if (image == null || image.test().isEmpty()) {
            return List.of();
        }
        List<String> rest = image.test().subList(1, image.test().size());
        return switch (image.test().getFirst()) {
            case "CMD" -> rest;
            case "CMD-SHELL" -> shell(String.join(" ", rest));
            default -> List.of(); // NONE
        };
    }

    /// What a shell is to run.
    static List<String> shell(String command) {
        return List.of("/bin/sh", "-c", command);
    }

    private static Duration time(@Nullable Duration asked, long image, Duration usual) {
        return Objects.requireNonNullElse(asked, image == 0 ? usual : Duration.ofNanos(image));
    }

    private static int retries(@Nullable Integer asked, ImageConfig.@Nullable Health image) {
        int said = image == null ? 0 : (int) image.retries();
        return Objects.requireNonNullElse(asked, said == 0 ? RETRIES : said);
    }
}
