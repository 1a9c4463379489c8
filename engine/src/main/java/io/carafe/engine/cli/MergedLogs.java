package io.carafe.engine.cli;

import io.carafe.engine.container.Log;
import io.carafe.engine.container.LogLine;
import io.carafe.engine.error.EngineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Several logs as one: what is there in the order of its time, then what comes as it comes. A thread reads
/// each of them, and is ended with this.
final class MergedLogs implements AutoCloseable {
    private static final int AHEAD = 256; // lines of each
    private static final int LONG = 64 << 10; // bytes of a line whose end isn't waited for
    private static final long PATIENCE = 20; // milliseconds

    private final List<Reader> readers = new ArrayList<>();
    private volatile boolean over;

    /// A line in its parts; none of them: all that was there has been read.
    private record Piece(List<LogLine> line) {
        static final Piece CAUGHT_UP = new Piece(List.of());

        boolean isLine() {
            return !line.isEmpty();
        }

        String time() {
            return line.getFirst().time();
        }
    }

    /// Begins to read one.
    ///
    /// @param last   as [Log#read], likewise `follow`
    void read(String name, Log log, long last, BooleanSupplier follow) {
        var reader = new Reader(name, log, last, follow);
        readers.add(reader);
        reader.thread.start();
    }

    /// Prints all of them.
    ///
    /// @param wanted whether somebody still reads
    /// @param to     is told by its number whose line it is
    /// @throws EngineException if one can't be read
    void print(BooleanSupplier wanted, BiConsumer<Integer, List<LogLine>> to) {
        while (true) {
            int first = -1;
            for (int i = 0; i < readers.size(); i++) {
                Piece piece = readers.get(i).old();
                Piece least = first < 0 ? null : readers.get(first).old();
                if (piece != null && (least == null || piece.time().compareTo(least.time()) < 0)) {
                    first = i; // RFC 3339 in UTC and of one length: as texts they are in order
                }
            }
            if (first < 0) {
                break;
            }
            to.accept(first, readers.get(first).take().line());
        }
        boolean runs = true;
        while (runs && wanted.getAsBoolean()) {
            boolean quiet = true;
            runs = false;
            for (int i = 0; i < readers.size(); i++) {
                boolean ended = !readers.get(i).thread.isAlive(); // asked first, so that nothing is missed
                for (Piece piece = readers.get(i).poll();
                        piece != null;
                        piece = readers.get(i).poll()) {
                    to.accept(i, piece.line());
                    quiet = false;
                }
                runs |= !ended;
            }
            if (quiet && runs) {
                pause();
            }
        }
        readers.forEach(Reader::check);
    }

    private static void pause() {
        try {
            Thread.sleep(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException.Conflict("interrupted while logs were read");
        }
    }

    @Override
    public void close() {
        over = true;
        readers.forEach(it -> it.thread.interrupt());
    }

    /// Of one log.
    private final class Reader {
        private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(AHEAD);
        private final List<LogLine> parts = new ArrayList<>();
        private final String name;
        private final Thread thread;
        private int length;
        private boolean told; // the thread's: that all is read that was there
        private boolean caughtUp; // the printer's
        private @Nullable Piece next;
        private volatile @Nullable IOException failure;

        Reader(String name, Log log, long last, BooleanSupplier follow) {
            this.name = name;
            thread = Thread.ofVirtual().name("log of " + name).unstarted(() -> run(log, last, follow));
        }

        private void run(Log log, long last, BooleanSupplier follow) {
            try {
                log.read(last, () -> goesOn(follow), this::add);
            } catch (IOException e) {
                failure = over ? null : e; // or it was interrupted, for nobody reads any more
            }
            finish();
            if (!told) {
                put(Piece.CAUGHT_UP);
            }
        }

        private boolean goesOn(BooleanSupplier follow) {
            boolean more = !over && follow.getAsBoolean();
            if (more && !told) {
                told = true;
                put(Piece.CAUGHT_UP);
            }
            return more;
        }

        private void add(LogLine part) {
            parts.add(part);
            length += part.bytes().length;
            if (part.whole() || length > LONG) {
                finish();
            }
        }

        private void finish() {
            if (!parts.isEmpty()) {
                put(new Piece(List.copyOf(parts)));
            }
            parts.clear();
            length = 0;
        }

        private void put(Piece piece) {
            try {
                while (!over && !pieces.offer(piece, PATIENCE, TimeUnit.MILLISECONDS)) {
                    // the printer is slow
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// The next line that was there at the beginning; null if there is none.
        @Nullable
        Piece old() {
            try {
                while (next == null && !caughtUp) {
                    Piece piece = pieces.take();
                    caughtUp = !piece.isLine();
                    next = caughtUp ? null : piece;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EngineException.Conflict("interrupted while logs were read");
            }
            return next;
        }

        Piece take() {
            Piece piece = next;
            next = null;
            return piece == null ? Piece.CAUGHT_UP : piece;
        }

        @Nullable
        Piece poll() {
            return pieces.poll();
        }

        void check() {
            IOException e = failure;
            if (e != null) {
                throw new EngineException.Failed("read the log of container " + name, e);
            }
        }
    }
}
