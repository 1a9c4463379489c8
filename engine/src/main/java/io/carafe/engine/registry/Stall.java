package io.carafe.engine.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// Ends a body that no longer comes: the time limits of `java.net.http` end with the headers.
///
/// @param most how long nothing may come
record Stall(Duration most) {

    InputStream guard(InputStream body) {
        return new Guarded(body, most.toNanos());
    }

    private static final class Guarded extends FilterInputStream {
        private final long most;
        private volatile long waitingSince; // of System.nanoTime; 0 while nobody reads
        private volatile boolean stalled;
        private volatile boolean closed;

        @SuppressWarnings("this-escape") // the thread only sees fields that are set already
        Guarded(InputStream body, long most) {
            super(body);
            this.most = most;
            Thread.ofVirtual().name("stall").start(this::watch);
        }

        private void watch() {
            while (!closed) {
                try {
                    Thread.sleep(Duration.ofNanos(Math.min(most / 2 + 1, 1_000_000_000L)));
                } catch (InterruptedException e) {
                    return;
                }
                long since = waitingSince;
                if (since != 0 && System.nanoTime() - since > most) {
                    stalled = true;
                    try {
                        in.close(); // whoever reads wakes up
                    } catch (IOException e) {
                        // he wakes up all the same
                    }
                    return;
                }
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            waitingSince = System.nanoTime() | 1;
            try {
                int got = in.read(bytes, offset, length);
                if (stalled) {
                    throw new IOException("nothing came any more");
                }
                return got;
            } catch (IOException e) {
                throw stalled ? new IOException("nothing came any more", e) : e;
            } finally {
                waitingSince = 0;
            }
        }

        @Override
        public void close() throws IOException {
            closed = true;
            super.close();
        }
    }
}
