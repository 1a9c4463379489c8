package io.carafe.sandbox.executor;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Poll;
import io.carafe.sandbox.linux.SysSocket;
import io.carafe.sandbox.linux.SysWait;
import io.carafe.sandbox.linux.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A running executor. It lives no longer than this JVM: its control channel ends with it, and the box
/// with that.
public final class Execution {
    private static final byte UPPER = 2; // native/wire.h, CONTROL_UPPER
    private static final int CAUGHT = 0x80000000; // native/wire.h, CONTROL_CAUGHT

    private final int pid;
    private final Fd control;
    private final @Nullable Reports reports;
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Runnable> whenTold = new ArrayList<>();
    private final List<Runnable> whenEnded = new ArrayList<>();
    private volatile @Nullable Report early; // while its groups are on their way out
    private volatile @Nullable Report report;
    private volatile @Nullable IOException lost;

    Execution(int pid, Fd control, @Nullable Reports reports) {
        this.pid = pid;
        this.control = control;
        this.reports = reports;
        Waiting.start(this::watch);
    }

    /// The executor's process id. Its child is the box's first process.
    public int pid() {
        return pid;
    }

    /// Sends a signal to the program. It comes to nothing if the program has ended, or isn't there yet.
    public void signal(int signal) {
        send(signal);
    }

    private void send(int word) {
        synchronized (control) {
            if (ended.getCount() == 0) {
                return;
            }
            try {
                SysSocket.send(
                        control,
                        ByteBuffer.allocate(4)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(word)
                                .array());
            } catch (ErrnoException e) {
                // it is just ending
            }
        }
    }

    /// Kills everything in the box. [#await] tells when it is gone.
    public void kill() {
        synchronized (control) {
            if (ended.getCount() == 0) {
                return;
            }
            try {
                SysSocket.shutdown(control);
            } catch (ErrnoException e) {
                // it is just ending
            }
        }
    }

    /// Waits until the box has ended and everything is undone.
    ///
    /// @throws IOException if the executor itself was killed, so that nobody knows how the box ended
    public Report await() throws IOException, InterruptedException {
        ended.await();
        return ending();
    }

    /// Waits until the box has ended and nothing of it runs any more. Of a box that waited for the rest of
    /// its plan that is told before its groups are removed; else this is [#await].
    ///
    /// @throws IOException as [#await]
    public Report awaitProgram() throws IOException, InterruptedException {
        told.await();
        Report known = early;
        return known == null ? ending() : known;
    }

    /// What is to be done, briefly, when [#awaitProgram] returns; at once if it would.
    public void whenTold(Runnable action) {
        when(told, whenTold, action);
    }

    /// The same when [#await()] returns.
    public void whenEnded(Runnable action) {
        when(ended, whenEnded, action);
    }

    private void when(CountDownLatch latch, List<Runnable> actions, Runnable action) {
        synchronized (control) {
            if (latch.getCount() > 0) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    private void reached(CountDownLatch latch, List<Runnable> actions) {
        synchronized (control) {
            latch.countDown();
        }
        actions.forEach(Runnable::run); // nobody adds to them any more
        actions.clear();
    }

    /// Whether it has ended, and everything is undone.
    public boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /// Whether nothing of the box runs any more.
    public boolean isTold() {
        return told.getCount() == 0;
    }

    /// The same as [#await()] for so long at most.
    ///
    /// @return null if it still runs
    public @Nullable Report await(Duration patience) throws IOException, InterruptedException {
        return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS) ? ending() : null;
    }

    /// Whether the box has ended, and everything is undone. Never true if the executor itself was killed.
    public boolean isOver() {
        return ended.getCount() == 0 && report != null;
    }

    /// Waits without a chance to be interrupted: a thread that was is so again afterwards.
    public void awaitEnd() {
        awaitFully(ended);
    }

    /// The same until nothing of the box runs any more.
    public void awaitProgramEnd() {
        awaitFully(told);
    }

    private static void awaitFully(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Report ending() throws IOException {
        Report known = report;
        if (known == null) {
            throw new IOException("lost the executor", lost);
        }
        return known;
    }

    private void watch() {
        Fd upper = null;
        Fd listener = null;
        try {
            byte[] message;
            if (reports == null) {
                message = SysSocket.recv(control, Report.SIZE_MAX);
            } else {
                SysSocket.Message first = SysSocket.receive(control, Report.SIZE_MAX);
                if (first.fd() != null && first.bytes()[0] == UPPER) {
                    upper = first.fd();
                    first = SysSocket.receive(control, Report.SIZE_MAX);
                }
                listener = first.fd();
                message = listener == null ? first.bytes() : listen(listener, upper, reports);
            }
            if (Report.isEarly(message)) {
                early = Report.decode(message);
                reached(told, whenTold);
                message = SysSocket.recv(control, Report.SIZE_MAX);
            }
            int status = SysWait.waitpid(pid);
            if (message.length == 0) {
                lost = new IOException(
                        "executor %d ended without a report, with wait status %d".formatted(pid, status));
            } else {
                report = Report.decode(message);
            }
        } catch (IOException e) {
            lost = e;
        } catch (IllegalArgumentException e) {
            lost = new IOException("executor " + pid, e);
        } finally {
            if (upper != null) {
                upper.close();
            }
            if (listener != null) {
                listener.close(); // the box is dead, or its keeper holds it until it is
            }
            synchronized (control) {
                control.close();
                ended.countDown();
            }
            reached(told, whenTold);
            reached(ended, whenEnded);
        }
    }

    /// Waits for the report, and for the box's first forbidden call: then it is [#kill]ed, whatever
    /// comes of the rest.
    private byte[] listen(Fd listener, @Nullable Fd upper, Reports reports) throws IOException {
        boolean listening = true;
        while (listening) {
            List<Short> events = Poll.poll(List.of(control, listener), -1);
            if ((events.get(1) & Poll.POLLIN) != 0) {
                try {
                    send(CAUGHT | Math.clamp(reports.time().toMillis(), 0, Integer.MAX_VALUE));
                    reports.heard().accept(listener, upper);
                } finally {
                    kill();
                }
            }
            listening = events.getFirst() == 0 && events.get(1) == 0;
        }
        return SysSocket.recv(control, Report.SIZE_MAX);
    }
}
