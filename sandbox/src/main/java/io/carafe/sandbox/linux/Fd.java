package io.carafe.sandbox.linux;

import java.util.concurrent.atomic.AtomicBoolean;

/// An open file descriptor and the duty to close it. Closing twice is harmless. Closing one while another thread
/// uses it is not, since the number may be a stranger's a moment later: the owner has to see to that.
public final class Fd implements AutoCloseable {
    /// Descriptors 0, 1 and 2 of this process; they are never closed.
    public static final Fd STDIN = new Fd(0, true);

    public static final Fd STDOUT = new Fd(1, true);
    public static final Fd STDERR = new Fd(2, true);

    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final boolean borrowed;

    /// Takes over a descriptor.
    Fd(int number) {
        this(number, false);
    }

    private Fd(int number, boolean borrowed) {
        this.number = number;
        this.borrowed = borrowed;
    }

    /// Its number.
    ///
    /// @throws IllegalStateException if it is closed: the number may be someone else's by now
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException(this + " is closed");
        }
        return number;
    }

    @Override
    public void close() {
        if (!borrowed && closed.compareAndSet(false, true)) {
            Unistd.close(number);
        }
    }

    @Override
    public String toString() {
        return "fd " + number;
    }
}
