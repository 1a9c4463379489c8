package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Container;
import io.carafe.sandbox.plan.Signals;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How containers are asked to end.
///
/// @param signal   null for each one's own
/// @param patience null for each one's own
/// @param why      what asks, for whoever wonders later
record StopWords(@Nullable Integer signal, @Nullable Duration patience, String why) {
    static final Flag SIGNAL =
            Flag.one("s", "signal", "signal", "Signal that asks to end (default the container's own)");
    static final Flag TIME = Flag.one(
            "t", "time", "seconds", "How long it has before it is killed, -1 for ever (default the container's own)");
    static final List<Flag> FLAGS = List.of(SIGNAL, TIME);

    private static final Duration EVER = Duration.ofDays(36500);

    static StopWords of(Arguments arguments, String why) {
        String signal = arguments.last(SIGNAL);
        String time = arguments.last(TIME);
        try {
            return new StopWords(
                    signal == null ? null : Signals.number(signal), time == null ? null : patience(time), why);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }

    private static Duration patience(String word) {
        return word.equals("-1") ? EVER : Duration.ofSeconds(Quantity.whole(word));
    }

    int signal(Container container) {
        return Objects.requireNonNullElse(signal, container.stopSignal());
    }

    Duration patience(Container container) {
        return Objects.requireNonNullElse(patience, container.stopTimeout());
    }
}
