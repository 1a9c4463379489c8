package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.UsageError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// A moment, as Docker's `--since` and `--until` have it.
final class LogTime {
    private LogTime() {}

    /// @param word null for none
    /// @throws UsageError if it is none
    static @Nullable Instant of(@Nullable String word, Flag flag) {
        if (word == null) {
            return null;
        }
        try {
            if (word.matches("[0-9]{1,12}(\\.[0-9]{1,9})?")) {
                return seconds(word);
            }
            if (word.indexOf('T') < 0 && word.indexOf('-') < 0) {
                return Instant.now().minus(Quantity.duration(word));
            }
            return moment(word);
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(
                    flag, word, "it is a time as 2026-01-02T03:04:05Z, seconds since 1970, or 10m for so long ago"));
        }
    }

    private static Instant seconds(String word) {
        int point = word.indexOf('.');
        String whole = point < 0 ? word : word.substring(0, point);
        String part = point < 0 ? "" : word.substring(point + 1);
        return Instant.ofEpochSecond(Long.parseLong(whole), Long.parseLong((part + "000000000").substring(0, 9)));
    }

    private static Instant moment(String word) {
        if (word.indexOf('T') < 0) {
            return LocalDate.parse(word).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        boolean zoned = word.endsWith("Z") || word.matches(".*[+-][0-9]{2}:[0-9]{2}");
        return zoned
                ? OffsetDateTime.parse(word).toInstant()
                : LocalDateTime.parse(word).toInstant(ZoneOffset.UTC);
    }
}
