package io.carafe.sandbox;

import io.carafe.sandbox.linux.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/// Reads what a program writes until its end, on a thread of its own, and keeps its beginning:
/// [RunningBox#collectStdout].
public final class Collector {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CountDownLatch end = new CountDownLatch(1);
    private final int limit;
    private final Runnable full;
    private long seen;
    private boolean broken;

    Collector(InputStream stream, int limit, Runnable full) {
        this.limit = limit;
        this.full = full;
        Waiting.start(() -> collect(stream));
    }

    /// Waits for the end of the stream, which comes with that of the box.
    public Output output() throws InterruptedException {
        end.await();
        synchronized (this) {
            return new Output(kept.toByteArray(), broken || seen > limit);
        }
    }

    /// How many bytes have come, kept or not.
    public synchronized long seen() {
        return seen;
    }

    /// What has been kept by now.
    synchronized byte[] soFar() {
        return kept.toByteArray();
    }

    private void collect(InputStream stream) {
        byte[] buffer = new byte[16 << 10];
        try {
            for (int count; (count = stream.read(buffer)) >= 0; ) {
                if (takes(buffer, count)) {
                    full.run();
                }
            }
        } catch (IOException e) {
            breakOff(); // closed under us: the box is being killed
        } finally {
            end.countDown();
        }
    }

    /// Whether it is more than fits, for the first time.
    private synchronized boolean takes(byte[] buffer, int count) {
        boolean fitted = seen <= limit;
        seen += count;
        kept.write(buffer, 0, Math.min(count, limit - kept.size()));
        return fitted && seen > limit;
    }

    private synchronized void breakOff() {
        broken = true;
    }
}
