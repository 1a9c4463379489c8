package io.carafe.engine.daemon;

import io.carafe.engine.command.FrontGone;
import io.carafe.engine.command.Replies;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Utf8;
import io.carafe.sandbox.plan.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The answers to one front, as frames. Text waits a moment for more: an answer that is given in one go also
/// leaves in one go, so that a front whose daemon is killed has all of it or has printed nothing and can ask
/// again.
final class FrontReplies implements Replies {
    private static final int WAITING_MAX = 16 << 10;
    private static final int PIECE_MAX = 256 << 10;
    private static final int LINE_MAX = 4096;

    private final InputStream in;
    private final OutputStream out;
    private final long moment;
    private final @Nullable BooleanSupplier there; // no lambda in its place: a cold JVM would have to make it
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private boolean timed;
    private boolean gone;
    private boolean complete;

    /// @param moment milliseconds; 0 for not at all
    FrontReplies(InputStream in, OutputStream out, long moment) {
        this(in, out, moment, null);
    }

    /// @param moment milliseconds; 0 for not at all
    /// @param there  whether the front hasn't hung up, as far as can be told; asked by one thread at a time, and
    ///     never while `in` and `out` are used
    FrontReplies(InputStream in, OutputStream out, long moment, @Nullable BooleanSupplier there) {
        this.in = in;
        this.out = out;
        this.moment = moment;
        this.there = there;
    }

    synchronized void hello() {
        waiting.writeBytes(Protocol.frame(Protocol.HELLO));
        write();
    }

    @Override
    public void out(String text) {
        send(Protocol.frame(Protocol.OUT, bytes(text)), false);
    }

    @Override
    public void out(byte[] bytes) {
        for (int done = 0; done < bytes.length; done += PIECE_MAX) {
            byte[] piece = Arrays.copyOfRange(bytes, done, Math.min(bytes.length, done + PIECE_MAX));
            send(Protocol.frame(Protocol.OUT, piece), false);
        }
    }

    @Override
    public byte[] read(int most) {
        return handedOver(Protocol.reading(most), most);
    }

    @Override
    public String ask(String prompt) {
        return Utf8.decode(handedOver(Protocol.frame(Protocol.ASK, bytes(prompt)), LINE_MAX));
    }

    @Override
    public Report perform(Plan plan) {
        byte[] report = handedOver(Protocol.frame(Protocol.PERFORM, Wire.encode(plan)), Report.SIZE_MAX);
        if (report.length == 0) {
            throw new FrontGone();
        }
        try {
            return Report.decode(report);
        } catch (IllegalArgumentException e) {
            throw new FrontGone(); // no front of ours says such a thing
        }
    }

    /// Alone with the front: it must have nothing else to read while it answers.
    private synchronized byte[] handedOver(byte[] frame, int most) {
        waiting.writeBytes(frame);
        write();
        try {
            return gone ? new byte[0] : Protocol.handedOver(in, most);
        } catch (IOException frontIsGone) {
            gone = true;
            return new byte[0];
        }
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
    public void input() {
        send(Protocol.frame(Protocol.INPUT), true);
    }

    @Override
    public synchronized boolean isHeard() {
        gone = gone || (there != null && !there.getAsBoolean());
        return !gone;
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
        waiting.writeBytes(frame);
        if (last || moment == 0 || waiting.size() > WAITING_MAX) {
            write();
        } else if (!timed) {
            timed = true;
            Thread.ofVirtual().name("moment").start(this::writeInAMoment);
        }
    }

    private void writeInAMoment() {
        try {
            Thread.sleep(moment);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
        synchronized (this) {
            timed = false;
            write();
        }
    }

    private synchronized void write() {
        try {
            if (!gone) {
                waiting.writeTo(out);
            }
        } catch (IOException frontIsGone) {
            gone = true;
        }
        waiting.reset();
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
