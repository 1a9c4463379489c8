package io.carafe.engine.cli;

import io.carafe.engine.command.Replies;
import java.time.Duration;
import java.util.function.Supplier;

/// Shows something once, or again and again as long as somebody looks: on a terminal in the same place.
///
/// @param isEndless  until the front is gone
/// @param onTerminal standard output is one
record Again(boolean isEndless, Duration interval, boolean onTerminal, Replies replies) {
    private static final String TOP_LEFT = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final Duration GLANCE = Duration.ofMillis(100); // how soon a front that is gone is noticed

    void show(Supplier<String> text) {
        boolean first = true;
        do {
            String now = text.get();
            if (isEndless && onTerminal) {
                now = (first ? "\u001b[2J" : "") + TOP_LEFT + now.replace("\n", CLEAR_LINE + "\n") + CLEAR_BELOW;
            }
            replies.out(now);
            first = false;
        } while (isEndless && pause());
    }

    /// Waits for the next look.
    ///
    /// @return false if nobody waits for it
    boolean pause() {
        long end = System.nanoTime() + interval.toNanos();
        while (replies.isHeard()) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                return true;
            }
            try {
                Thread.sleep(left.compareTo(GLANCE) < 0 ? left : GLANCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }
}
