package io.carafe.sandbox.judge;

import io.carafe.sandbox.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// Reads what a program writes, on a thread of its own, and keeps its beginning. When there is more than
/// that, the program is ended: nobody wants the rest.
final class Tap {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final int limit;
    private final Runnable full;
    private final Thread thread;
    private long seen;

    /// @param full what is done when there is more than the limit, once
    Tap(String name, InputStream stream, int limit, Runnable full) {
        this.limit = limit;
        this.full = full;
        // reading blocks in the kernel: no virtual thread's carrier may
        thread = Thread.ofPlatform().daemon().name(name).start(() -> read(stream));
    }

    private void read(InputStream stream) {
        byte[] buffer = new byte[16 << 10];
        try {
            for (int count; (count = stream.read(buffer)) >= 0; ) {
                boolean fitted = seen <= limit;
                seen += count;
                kept.write(buffer, 0, Math.min(count, limit - kept.size()));
                if (fitted && seen > limit) {
                    full.run();
                }
            }
        } catch (IOException e) {
            // closed under us: the box is being killed, and nobody asks what it wrote
        }
    }

    /// Waits for the end of the stream, which comes with that of the box.
    Output output() throws InterruptedException {
        thread.join();
        return Output.of(kept.toByteArray(), seen > limit);
    }

    /// How many bytes came, kept or not; to be asked after [#output].
    long seen() {
        return seen;
    }
}
