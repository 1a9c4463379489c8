package io.carafe.engine.daemon;

import io.carafe.engine.cli.Replies;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Utf8;
import io.carafe.sandbox.plan.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// The answers to one front, as frames.
final class FrontReplies implements Replies {
    private final OutputStream out;
    private boolean gone;
    private boolean complete;

    FrontReplies(OutputStream out) {
        this.out = out;
    }

    void hello() {
        send(Protocol.frame(Protocol.HELLO), false);
    }

    @Override
    public void out(String text) {
        send(Protocol.frame(Protocol.OUT, bytes(text)), false);
    }

    @Override
    public void err(String text) {
        send(Protocol.frame(Protocol.ERR, bytes(text)), false);
    }

    @Override
    public void plan(Plan plan) {
        send(Protocol.frame(Protocol.PLAN, Wire.encode(plan)), true);
    }

    @Override
    public void exit(int code) {
        send(Protocol.exit(code), true);
    }

    /// The last reply has been given.
    synchronized boolean complete() {
        return complete;
    }

    private synchronized void send(byte[] frame, boolean last) {
        if (complete) {
            throw new IllegalStateException("a reply after the last one");
        }
        complete = last;
        try {
            if (!gone) {
                out.write(frame);
            }
        } catch (IOException frontIsGone) {
            gone = true;
        }
    }

    /// Text comes from anywhere; a lone surrogate in it that stands for no byte is printed as `?`.
    private static byte[] bytes(String text) {
        try {
            return Utf8.encode(text);
        } catch (IllegalArgumentException e) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
