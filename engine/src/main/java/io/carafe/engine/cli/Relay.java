package io.carafe.engine.cli;

import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.BoxListener;
import io.carafe.sandbox.plan.Utf8;

/// Passes on what a box prints that is run from here.
final class Relay implements BoxListener {
    private final String program;
    private final Replies replies;
    private final boolean aside;

    /// @param aside all of it goes to standard error: standard output is the command's own
    Relay(String program, Replies replies, boolean aside) {
        this.program = program;
        this.replies = replies;
        this.aside = aside;
    }

    @Override
    public void out(byte[] bytes) {
        if (aside) {
            err(bytes);
        } else {
            replies.out(bytes);
        }
    }

    @Override
    public void err(byte[] bytes) {
        replies.err(Utf8.decode(bytes));
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
