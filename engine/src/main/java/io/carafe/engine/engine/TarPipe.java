package io.carafe.engine.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A tar file that is read while it is written, and lies nowhere.
final class TarPipe {
    private static final int BUFFER = 1 << 20;

    private TarPipe() {}

    /// Makes the tar file.
    interface Writer {
        void write(OutputStream tar) throws IOException;
    }

    /// Takes something out of it.
    interface Reader<T> {
        T read(InputStream tar) throws IOException;
    }

    /// What the reader makes of what the writer writes. What goes wrong first is told, not what comes of it.
    static <T> T through(Writer writer, Reader<T> reader) throws IOException {
        var failure = new AtomicReference<Exception>();
        var in = new PipedInputStream(BUFFER);
        var out = new PipedOutputStream(in);
        Thread writing = Thread.ofPlatform().daemon().name("carafe-tar").start(() -> {
            try (out) {
                write(writer, out, failure);
            } catch (IOException e) {
                failure.compareAndSet(null, e);
            }
        });
        T read;
        try (in) { // whoever still writes hears of its end
            read = read(reader, in, failure);
        }
        join(writing);
        if (failure.get() instanceof IOException e) {
            throw e;
        } else if (failure.get() instanceof RuntimeException e) {
            throw e;
        } else if (read == null) {
            throw new IOException("nothing was read");
        }
        return read;
    }

    /// Each notes its failure before it closes its end, which the other one fails by.
    private static void write(Writer writer, OutputStream out, AtomicReference<Exception> failure) {
        try {
            writer.write(out);
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private static <T> @Nullable T read(Reader<T> reader, InputStream in, AtomicReference<Exception> failure) {
        try {
            return reader.read(in);
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
            return null;
        }
    }

    private static void join(Thread writing) throws IOException {
        try {
            writing.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a tar file was written", e);
        }
    }
}
