package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Digest.Algorithm;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.BooleanSupplier;

/// Writes a content to a file, and finds out on the way what it is called.
final class Unnamed {
    private static final int BUFFER = 1 << 20;

    private Unnamed() {}

    static Digest copy(InputStream content, long size, FileChannel file, BooleanSupplier wanted) throws IOException {
        var computation = Algorithm.SHA256.computation();
        byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(size, 1))];
        long left = size;
        while (left > 0) {
            int count = content.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
            if (count == 0) {
                throw new EOFException("it ends " + left + " bytes too early");
            }
            if (!wanted.getAsBoolean()) {
                throw new InterruptedIOException("nobody waits for it any more");
            }
            computation.update(buffer, 0, count);
            ByteBuffer rest = ByteBuffer.wrap(buffer, 0, count);
            while (rest.hasRemaining()) {
                file.write(rest);
            }
            left -= count;
        }
        return Digest.of(Algorithm.SHA256, computation);
    }
}
