package io.carafe.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// Reads a stream to its end on a thread of its own, and keeps its beginning.
final class Collector {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread thread;
    private boolean truncated;

    Collector(String name, InputStream stream, int limit) {
        thread = Thread.ofPlatform().daemon().name(name).start(() -> collect(stream, limit));
    }

    /// Waits for the end of the stream, which comes with that of the box.
    Output output() throws InterruptedException {
        thread.join();
        return new Output(kept.toByteArray(), truncated);
    }

    /// What has come by now.
    synchronized byte[] soFar() {
        return kept.toByteArray();
    }

    private void collect(InputStream stream, int limit) {
        byte[] buffer = new byte[16 << 10];
        try {
            for (int count; (count = stream.read(buffer)) >= 0; ) {
                int fits = Math.min(count, limit - kept.size());
                synchronized (this) {
                    kept.write(buffer, 0, fits);
                }
                truncated |= fits < count; // but read on: the program must not stall
            }
        } catch (IOException e) {
            truncated = true; // the stream was closed, the box is being killed
        }
    }
}
