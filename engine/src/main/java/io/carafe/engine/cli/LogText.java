package io.carafe.engine.cli;

import io.carafe.engine.command.Replies;
import io.carafe.engine.container.LogLine;
import io.carafe.sandbox.plan.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Prints lines of a log as the container has, each where it was printed to.
final class LogText implements Consumer<LogLine> {
    private static final int CHUNK = 64 << 10;

    private final Replies replies;
    private final boolean timed;
    private final @Nullable Instant since;
    private final @Nullable Instant until;
    private byte[] label = {}; // before each line
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean error; // what waits is for standard error
    private boolean within; // a line has begun
    private boolean over; // past the last that is wanted

    LogText(Replies replies, boolean timed, @Nullable Instant since, @Nullable Instant until) {
        this.replies = replies;
        this.timed = timed;
        this.since = since;
        this.until = until;
    }

    /// Whose line the next is, in the words that are put before it.
    void label(byte[] words) {
        label = words.clone();
    }

    /// Whether somebody still reads it.
    boolean isWanted() {
        flush();
        return !over && replies.isHeard() && (until == null || Instant.now().isBefore(until));
    }

    @Override
    public void accept(LogLine line) {
        if (!isMeant(line)) {
            return;
        }
        if (line.error() != error || waiting.size() > CHUNK) {
            flush();
        }
        error = line.error();
        if (!within) {
            waiting.writeBytes(label);
        }
        if (timed && !within) {
            waiting.writeBytes((line.time() + " ").getBytes(StandardCharsets.US_ASCII));
        }
        waiting.writeBytes(line.bytes());
        within = !line.whole();
        if (line.whole()) {
            waiting.write('\n');
        }
    }

    private boolean isMeant(LogLine line) {
        if ((since == null && until == null) || line.time().isEmpty()) {
            return true;
        }
        try {
            Instant time = Instant.parse(line.time());
            over = over || (until != null && time.isAfter(until));
            return !over && (since == null || !time.isBefore(since));
        } catch (DateTimeException e) {
            return true; // of nobody knows when
        }
    }

    /// Sends what waits.
    void flush() {
        if (waiting.size() == 0) {
            return;
        }
        byte[] bytes = waiting.toByteArray();
        waiting.reset();
        if (error) {
            replies.err(Utf8.decode(bytes));
        } else {
            replies.out(bytes);
        }
    }
}
