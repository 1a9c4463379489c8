package io.carafe.engine.event;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where events are put down: a file with a line for each, and beside it the one that was full before. A line is one
/// `write(2)` to its end, so that writers, monitors without a JVM among them, need no lock.
public final class Journal {
    private static final long SIZE_MAX = 4 << 20;
    private static final int LINE_MAX = 256 << 10; // a container's labels are in its lines
    private static final int CHUNK = 64 << 10;
    private static final long PATIENCE = 50; // milliseconds between two looks
    private static final Set<OpenOption> APPEND = Set.of(
            StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.APPEND); // O_APPEND, and one write
    private static final FileAttribute<?> OWNERS_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Path full;
    private final long most;

    /// @param file absolute
    public Journal(Path file) {
        this(file, SIZE_MAX);
    }

    Journal(Path file, long most) {
        this.file = file;
        this.most = most;
        full = file.resolveSibling(file.getFileName() + ".1");
    }

    /// What is written to.
    public Path file() {
        return file;
    }

    /// Puts one down.
    public void add(Event event) throws IOException {
        turn();
        byte[] line = (event.line() + "\n").getBytes(StandardCharsets.UTF_8);
        if (line.length > LINE_MAX) {
            return; // nobody's labels are that long but to fill the disk
        }
        try (FileChannel channel = FileChannel.open(file, APPEND, OWNERS_ONLY)) {
            channel.write(ByteBuffer.wrap(line)); // what is cut short, readers pass over
        }
    }

    /// Puts a full file beside. Two who do so at once lose what is in the older file, and nothing of the newer.
    private void turn() throws IOException {
        try {
            if (Files.size(file) > most) {
                Files.move(file, full, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (NoSuchFileException e) {
            // nothing was put down yet, or somebody else has just done so
        }
    }

    /// Reads it, the oldest first.
    ///
    /// @param follow asked again and again, when all is read: whether more may come
    public void read(BooleanSupplier follow, Consumer<Event> to) throws IOException {
        try (var older = new Reader(open(full))) {
            older.lines(to);
        }
        var reader = new Reader(open(file));
        try {
            for (boolean more = true; more; ) {
                more = follow.getAsBoolean(); // asked before the last look, so that nothing is missed
                reader.lines(to);
                if (more) {
                    if (!reader.isOf(file)) {
                        reader.lines(to); // what was put down until it was full
                        reader.close();
                        reader = new Reader(open(file));
                    }
                    pause();
                }
            }
        } finally {
            reader.close();
        }
    }

    private static @Nullable FileChannel open(Path path) throws IOException {
        try {
            return FileChannel.open(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while events were followed");
        }
    }

    /// Of one file, from its beginning to wherever it ends at the moment.
    private static final class Reader implements AutoCloseable {
        private final @Nullable FileChannel channel;
        private byte[] buffer = new byte[CHUNK];
        private int filled;
        private boolean skips;

        Reader(@Nullable FileChannel channel) {
            this.channel = channel;
        }

        /// Whether that is still the file of this name; it only grows.
        boolean isOf(Path path) throws IOException {
            try {
                return channel != null && Files.size(path) >= channel.size();
            } catch (NoSuchFileException e) {
                return channel == null;
            }
        }

        void lines(Consumer<Event> to) throws IOException {
            if (channel == null) {
                return;
            }
            while (true) {
                int length = channel.read(ByteBuffer.wrap(buffer, filled, buffer.length - filled));
                if (length <= 0) {
                    return;
                }
                filled += length;
                take(to);
                if (filled == buffer.length) {
                    grow();
                }
            }
        }

        private void take(Consumer<Event> to) {
            int done = 0;
            for (int i = 0; i < filled; i++) {
                if (buffer[i] == '\n') {
                    Optional<Event> event = skips
                            ? Optional.empty()
                            : Event.of(new String(buffer, done, i - done, StandardCharsets.UTF_8));
                    event.ifPresent(to);
                    skips = false;
                    done = i + 1;
                }
            }
            System.arraycopy(buffer, done, buffer, 0, filled - done);
            filled -= done;
        }

        /// A line that is longer than any of ours is nobody's.
        private void grow() {
            if (filled >= LINE_MAX) {
                skips = true;
                filled = 0;
            } else {
                buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            }
        }

        @Override
        public void close() throws IOException {
            if (channel != null) {
                channel.close();
            }
        }
    }
}
