package io.carafe.engine.layer;

import io.carafe.engine.store.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A layer's tar file while it arrives: one thread decompresses it, another hashes what comes out, and whoever reads
/// this parses it at the same time.
final class LayerInput extends InputStream {
    private static final int PIECE = 256 << 10;
    private static final int PIECES = 12; // 3 MiB on their way

    /// Some of the tar file, which two have to read; then it is used again.
    private static final class Piece {
        private final byte[] bytes = new byte[PIECE];
        private final AtomicInteger readers = new AtomicInteger();
        private int length; // 0 is the end
    }

    private final BlockingQueue<Piece> empty = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Piece> toRead = new ArrayBlockingQueue<>(PIECES + 1);
    private final BlockingQueue<Piece> toHash = new ArrayBlockingQueue<>(PIECES + 1);
    private final Counter compressed;
    private final Bounds bounds;
    private final Digest.Algorithm algorithm;
    private final MessageDigest hash;
    private final Thread decompressing;
    private final Thread hashing;
    private volatile @Nullable IOException failure;
    private @Nullable Piece piece;
    private int at;
    private boolean ended;
    private long size;

    /// @param blob is read by another thread until this is closed; it isn't closed itself
    LayerInput(InputStream blob, Digest.Algorithm algorithm, Bounds bounds) {
        this.compressed = new Counter(blob);
        this.bounds = bounds;
        this.algorithm = algorithm;
        this.hash = algorithm.computation();
        for (int i = 0; i < PIECES; i++) {
            empty.add(new Piece());
        }
        decompressing = Thread.ofPlatform().daemon().name("carafe-decompress").start(this::decompress);
        hashing = Thread.ofPlatform().daemon().name("carafe-hash").start(this::hash);
    }

    /// Counts what comes in.
    private static final class Counter extends InputStream {
        private final InputStream in;
        private long count;

        Counter(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            count += one < 0 ? 0 : 1;
            return one;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            count += Math.max(read, 0);
            return read;
        }
    }

    private void decompress() {
        Piece last = new Piece();
        try (InputStream plain = open()) { // a decompressor has memory that no collector knows; the blob stays open
            long sum = 0;
            while (true) {
                Piece next = empty.take();
                next.length = plain.readNBytes(next.bytes, 0, PIECE);
                if (next.length == 0) {
                    break;
                }
                sum += next.length;
                bounds.checkSize(sum);
                bounds.checkRatio(compressed.count, sum);
                next.readers.set(2);
                toRead.put(next);
                toHash.put(next);
            }
        } catch (InterruptedException e) {
            return; // it is closed: nobody waits for the end
        } catch (IOException e) {
            failure = e;
        } catch (Throwable t) { // also one that says that a library can't be loaded: somebody waits for the end
            failure = new IOException("decompressing it failed: " + t, t);
        }
        last.length = 0;
        toRead.add(last); // there is room for it
        toHash.add(last);
    }

    private InputStream open() throws IOException {
        byte[] magic = new byte[Compression.MAGIC];
        int length = compressed.readNBytes(magic, 0, magic.length);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic, 0, length), compressed);
        return Compression.of(magic, length).open(whole);
    }

    private void hash() {
        try {
            for (Piece next = toHash.take(); next.length > 0; next = toHash.take()) {
                hash.update(next.bytes, 0, next.length);
                release(next);
            }
        } catch (InterruptedException e) {
            // it is closed
        }
    }

    private void release(Piece read) {
        if (read.readers.decrementAndGet() == 0) {
            empty.add(read);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Piece current = piece();
        if (current == null || length == 0) {
            return current == null ? -1 : 0;
        }
        int count = Math.min(length, current.length - at);
        System.arraycopy(current.bytes, at, buffer, offset, count);
        at += count;
        size += count;
        return count;
    }

    private @Nullable Piece piece() throws IOException {
        Piece current = piece;
        if (ended || (current != null && at < current.length)) {
            return ended ? null : current;
        }
        if (current != null) {
            release(current);
        }
        try {
            current = toRead.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a layer was unpacked");
        }
        piece = current;
        at = 0;
        if (current.length > 0) {
            return current;
        }
        ended = true;
        piece = null;
        if (failure != null) {
            throw failure;
        }
        return null;
    }

    /// Reads the rest, which says nothing more, and tells what all of it was.
    Digest digest() throws IOException {
        for (Piece rest = piece(); rest != null; rest = piece()) {
            size += rest.length - at;
            at = rest.length;
        }
        try {
            hashing.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a layer was unpacked");
        }
        return Digest.of(algorithm, hash);
    }

    /// Bytes of the tar file that were read so far.
    long size() {
        return size;
    }

    /// Ends both threads; a read of the blob that is under way may keep one of them for a while.
    @Override
    public void close() {
        decompressing.interrupt();
        hashing.interrupt();
    }
}
