package io.carafe.engine.daemon;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// The daemon's standard error: a file on a tmpfs, so it has an end. What is wrong once a second is known by then.
final class BoundedLog extends OutputStream {
    static final int MAX = 1 << 20;

    private final OutputStream file;
    private long written;

    BoundedLog(OutputStream file) {
        this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (written > MAX) {
            return;
        }
        written += length;
        if (written > MAX) {
            file.write("carafe: this log is full, the next daemon's is empty again\n".getBytes(StandardCharsets.UTF_8));
        } else {
            file.write(bytes, offset, length);
        }
    }
}
