package io.carafe.engine.cli;

import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.BoxListener;

/// Passes on what a box prints that is run from here.
final class Relay implements BoxListener {
    private final String program;
    private final Replies replies;

    Relay(String program, Replies replies) {
        this.program = program;
        this.replies = replies;
    }

    @Override
    public void out(byte[] bytes) {
        replies.out(bytes);
    }

    @Override
    public void err(String text) {
        replies.err(text);
    }

    @Override
    public void say(String sentence) {
        replies.err(program + ": " + sentence + "\n");
    }

    /// A front that is gone is noticed when something is sent to it.
    @Override
    public boolean isThere() {
        replies.err("");
        return replies.isHeard();
    }
}
