package io.carafe.sandbox;

import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/// Writes what a box reads.
final class PipeOutput extends OutputStream {
    private static final int PIPE_SIZE = 64 << 10;

    private final SharedFd fd;

    PipeOutput(Fd fd) {
        this.fd = new SharedFd(fd);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        Fd target = fd.enter();
        try {
            for (int done = 0; done < length; ) {
                done += Unistd.write(target, buffer, offset + done, Math.min(length - done, PIPE_SIZE));
            }
        } finally {
            fd.leave();
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
