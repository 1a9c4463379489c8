package io.carafe.engine.daemon;

import io.carafe.engine.cli.Cli;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/// One front, from its request to the last reply.
final class Conversation {
    private final SocketChannel channel;
    private final Cli cli;
    private final String log;
    private final long began = System.nanoTime();
    private volatile boolean asked;

    /// @param log where the user finds the stack trace of an internal error; empty if that is his own terminal
    Conversation(SocketChannel channel, Cli cli, String log) {
        this.channel = channel;
        this.cli = cli;
        this.log = log;
    }

    void run() {
        var replies = new FrontReplies(channel);
        try (channel) {
            replies.hello();
            Request request = Protocol.read(channel);
            asked = true;
            try {
                answer(request, replies);
            } catch (Throwable failure) { // the thread's top frame: this front must hear of it, no other may
                internalError(failure, replies);
            }
        } catch (MalformedRequest e) {
            System.err.println("carafe: malformed request: " + e.getMessage());
        } catch (IOException frontIsGone) {
            // it was killed, or it took us for dead: nobody is left to tell
        }
    }

    private void answer(Request request, FrontReplies replies) {
        switch (request) {
            case Request.Command(var invocation) -> cli.run(invocation, replies);
            case Request.Ended(var terminal, var name, var report, var plan) ->
                cli.ended(name, terminal, report, plan, replies);
        }
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

    /// Ends a front that connected and then never asked.
    void endIfSilentFor(long nanos) {
        if (!asked && System.nanoTime() - began > nanos) {
            try {
                channel.close();
            } catch (IOException e) {
                // closed is closed
            }
        }
    }
}
