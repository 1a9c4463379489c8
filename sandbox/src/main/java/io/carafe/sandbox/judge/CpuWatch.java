package io.carafe.sandbox.judge;

import io.carafe.sandbox.RunningBox;
import java.time.Duration;
import java.util.Optional;

/// Ends a box whose processes have had their processor time. It looks when they could have used it up at
/// the earliest, so a program that ends in time is mostly never looked at.
final class CpuWatch implements AutoCloseable {
    private static final Duration LEAST = Duration.ofMillis(1);

    private final Thread thread;
    private volatile boolean over;

    /// @param budget     that all of its processes have together
    /// @param processors that it can use at a time
    CpuWatch(RunningBox box, Duration budget, int processors) {
        thread = Thread.ofVirtual().name("carafe-cpu").start(() -> watch(box, budget, processors));
    }

    private void watch(RunningBox box, Duration budget, int processors) {
        Duration left = budget;
        try {
            while (left.isPositive()) {
                Duration soonest = left.dividedBy(processors);
                Thread.sleep(soonest.compareTo(LEAST) < 0 ? LEAST : soonest);
                Optional<Duration> used = box.cpu();
                left = used.isEmpty() ? left : budget.minus(used.get());
            }
            over = true;
            box.kill();
        } catch (InterruptedException e) {
            // it has ended
        }
    }

    /// Whether it has ended the box.
    boolean isOver() {
        return over;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
