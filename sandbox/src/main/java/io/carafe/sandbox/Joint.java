package io.carafe.sandbox;

import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import java.io.IOException;
import java.io.UncheckedIOException;

/// A pipe from one box to another. Both get their end when they are started with it; then it is closed
/// here, or neither would ever see the other one's end.
public final class Joint implements AutoCloseable {
    private final Fd read;
    private final Fd write;

    private Joint(Fd read, Fd write) {
        this.read = read;
        this.write = write;
    }

    /// A new one.
    ///
    /// @throws UncheckedIOException for want of descriptors
    public static Joint open() {
        try {
            Unistd.Pipe pipe = Ends.pipe();
            return new Joint(pipe.read(), pipe.write());
        } catch (IOException e) {
            throw new UncheckedIOException("make a pipe", e);
        }
    }

    Fd read() {
        return read;
    }

    Fd write() {
        return write;
    }

    /// Lets go of both ends. What boxes have of it they keep.
    @Override
    public void close() {
        read.close();
        write.close();
    }
}
