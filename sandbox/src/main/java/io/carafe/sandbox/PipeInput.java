package io.carafe.sandbox;

import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// Reads what a box writes.
final class PipeInput extends InputStream {
    private static final int PIPE_SIZE = 64 << 10;

    private final SharedFd fd;

    PipeInput(Fd fd) {
        this.fd = new SharedFd(fd);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        Fd source = fd.enter();
        try {
            int count = Unistd.read(source, buffer, offset, Math.min(length, PIPE_SIZE));
            return count == 0 ? -1 : count;
        } finally {
            fd.leave();
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
