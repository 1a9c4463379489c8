package io.carafe.sandbox;

import io.carafe.sandbox.linux.Fd;
import java.io.IOException;

/// A descriptor that one thread may close while others are in a call on it: the last of them really does.
/// Otherwise its number could be a stranger's before they come to use it.
final class SharedFd implements AutoCloseable {
    private final Fd fd;
    private int users;
    private boolean closed;

    SharedFd(Fd fd) {
        this.fd = fd;
    }

    /// Begins a use, which [#leave] ends.
    synchronized Fd enter() throws IOException {
        if (closed) {
            throw new IOException("the stream is closed");
        }
        users++;
        return fd;
    }

    synchronized void leave() {
        users--;
        if (closed && users == 0) {
            fd.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (users == 0) {
            fd.close();
        }
    }
}
