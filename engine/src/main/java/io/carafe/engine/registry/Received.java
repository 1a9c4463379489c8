package io.carafe.engine.registry;

import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Incoming;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A blob that is kept while it arrives, and can be read at the same time, from its first byte on, also when the first
/// ones came long ago. Another thread fetches, writes and hashes; so whoever unpacks what is read here doesn't wait for
/// it.
///
/// Its end is read only after the blob has been checked and has become visible: what is wrong with it is an exception
/// before.
public final class Received extends InputStream {
    private static final int PIECE = 128 << 10;
    private static final int PIECES = 16; // 2 MiB on their way

    private final Incoming incoming;
    private final Sources sources;
    private final Descriptor blob;
    private final LongConsumer progress;
    private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(PIECES + 1);
    private final BlockingQueue<Piece> empty = new ArrayBlockingQueue<>(PIECES);
    private final Thread fetching;
    private volatile @Nullable IOException failure;
    private @Nullable Piece piece;
    private int at;
    private boolean ended;

    /// Some bytes; none of them is the end.
    private static final class Piece {
        private final byte[] bytes = new byte[PIECE];
        private int length;
    }

    /// Begins to fetch what is missing.
    ///
    /// @param incoming not whole; whoever has it closes it, after this
    /// @param progress is told how many bytes are there, by another thread
    public Received(Descriptor blob, Incoming incoming, Sources sources, LongConsumer progress) {
        this.blob = blob;
        this.incoming = incoming;
        this.sources = sources;
        this.progress = progress;
        for (int i = 0; i < PIECES; i++) {
            empty.add(new Piece());
        }
        fetching = Thread.ofPlatform().daemon().name("carafe-fetch").start(this::fetch);
    }

    private void fetch() {
        try {
            long begun = incoming.position();
            try (InputStream known = incoming.begun()) {
                pass(known, begun, false);
            }
            try (InputStream arriving = sources.blob(blob, begun)) {
                pass(arriving, blob.size() - begun, true);
            }
            incoming.commit();
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new IOException("fetch blob " + blob.digest() + ": " + e, e);
        } catch (InterruptedException e) {
            failure = Http.interrupted(e);
        }
        full.add(new Piece()); // there is room for it
    }

    private void pass(InputStream from, long length, boolean isNew) throws IOException, InterruptedException {
        for (long rest = length; rest > 0; ) {
            Piece next = empty.take();
            next.length = from.readNBytes(next.bytes, 0, (int) Math.min(PIECE, rest));
            if (next.length == 0) {
                throw new IOException("blob " + blob.digest() + " ends " + rest + " bytes too early");
            }
            rest -= next.length;
            if (isNew) {
                incoming.write(next.bytes, 0, next.length);
            }
            progress.accept(blob.size() - rest);
            full.put(next);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Piece current = current();
        if (current == null || length == 0) {
            return current == null ? -1 : 0;
        }
        int got = Math.min(length, current.length - at);
        System.arraycopy(current.bytes, at, bytes, offset, got);
        at += got;
        return got;
    }

    private @Nullable Piece current() throws IOException {
        Piece current = piece;
        if (!ended && (current == null || at == current.length)) {
            if (current != null) {
                empty.add(current);
            }
            try {
                current = full.take();
            } catch (InterruptedException e) {
                throw Http.interrupted(e);
            }
            piece = current;
            at = 0;
            ended = current.length == 0;
        }
        if (ended && failure != null) {
            throw failure;
        }
        return ended ? null : current;
    }

    /// Waits until the blob is there and right, whether or not anybody has read it.
    ///
    /// @throws IOException if it can't be had
    public void finish() throws IOException {
        for (Piece rest = current(); rest != null; rest = current()) {
            at = rest.length;
        }
    }

    /// Gives up what is not finished. What has come stays for the next time.
    @Override
    public void close() throws IOException {
        fetching.interrupt();
        try {
            fetching.join();
        } catch (InterruptedException e) {
            throw Http.interrupted(e);
        }
    }
}
