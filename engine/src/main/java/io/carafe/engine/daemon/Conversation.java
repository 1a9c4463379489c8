package io.carafe.engine.daemon;

import io.carafe.engine.command.Cli;
import io.carafe.engine.command.FrontGone;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One front, from its request to the last reply.
final class Conversation {
    private static final long MOMENT = 50; // milliseconds

    private final InputStream in;
    private final OutputStream out;
    private final Cli cli;
    private final String log;
    private final @Nullable BooleanSupplier there;
    private final long began = System.nanoTime();
    private volatile boolean asked;

    /// @param log where the user finds the stack trace of an internal error; empty if that is his own
    ///     terminal, for a private JVM
    /// @param there as [FrontReplies] has it
    Conversation(InputStream in, OutputStream out, Cli cli, String log, @Nullable BooleanSupplier there) {
        this.there = there;
        this.in = in;
        this.out = out;
        this.cli = cli;
        this.log = log;
    }

    /// Of a private JVM: a front that has gone is noticed as soon as it is told something.
    Conversation(InputStream in, OutputStream out, Cli cli) {
        this(in, out, cli, "", null);
    }

    void run() {
        var replies = new FrontReplies(in, out, log.isEmpty() ? 0 : MOMENT, there);
        replies.hello();
        try {
            Request request = Protocol.read(in);
            asked = true;
            answer(request, replies);
        } catch (MalformedRequest e) {
            System.err.println("carafe: malformed request: " + e.getMessage());
        } catch (FrontGone | IOException frontIsGone) {
            // it was killed, or it took us for dead: nobody is left to tell
        } catch (Throwable failure) { // the thread's top frame: this front must hear of it, no other may
            internalError(failure, replies);
        }
    }

    private void answer(Request request, FrontReplies replies) {
        request.put(cli, replies);
        if (!replies.complete()) {
            throw new IllegalStateException("the command gave no last reply");
        }
    }

    private void internalError(Throwable failure, FrontReplies replies) {
        failure.printStackTrace();
        if (!replies.complete()) {
            replies.err("carafe: internal error: " + failure + (log.isEmpty() ? "" : " (more in " + log + ")") + "\n");
            replies.exit(125);
        }
    }

    /// It was a front, and not another daemon that looks whether we are alive.
    boolean hasAsked() {
        return asked;
    }

    /// The front connected that long ago and has not put its question yet.
    boolean isSilentFor(long nanos) {
        return !asked && System.nanoTime() - began > nanos;
    }
}
