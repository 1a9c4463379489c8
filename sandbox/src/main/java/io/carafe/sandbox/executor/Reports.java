package io.carafe.sandbox.executor;

import io.carafe.sandbox.linux.Fd;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Who hears of a box's forbidden calls ([io.carafe.sandbox.plan.Step.LoadReportingSeccomp]).
///
/// @param time  for which the box is kept then, instead of what is left of its own time; it is killed when that
///     is over, even if nothing here can see to it any more
/// @param heard is called once, when a forbidden call waits at the listener, with that and with the upper
///     directory of the box's root, null if it has none. The box is killed when it returns, and the call
///     never does
public record Reports(Duration time, BiConsumer<Fd, @Nullable Fd> heard) {}
