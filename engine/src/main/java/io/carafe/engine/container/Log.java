package io.carafe.engine.container;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a container has printed, as its monitor keeps it: a file that is written to, and older ones beside it, `.1` the
/// youngest of them.
public final class Log {
    private static final int CHUNK = 64 << 10;
    private static final int FILES_MAX = 1000;
    private static final long PATIENCE = 50; // milliseconds

    private final Path file;

    /// @param file the one that is written to
    public Log(Path file) {
        this.file = file;
    }

    /// Reads it, the oldest line first.
    ///
    /// @param last   so many lines at the end of what is there now; -1 for all
    /// @param follow asked again and again, when all is read: whether more may come
    public void read(long last, BooleanSupplier follow, Consumer<LogLine> to) throws IOException {
        FileChannel channel = open();
        try {
            if (last == 0) {
                skip(channel);
            } else if (last > 0) {
                tail(channel, last, to);
            } else {
                older(to);
                lines(channel, to);
            }
            for (boolean more = true; more; ) {
                more = follow.getAsBoolean(); // asked before the last look, so that nothing is missed
                lines(channel, to);
                if (more) {
                    channel = next(channel, to);
                    pause();
                }
            }
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
    }

    private @Nullable FileChannel open() throws IOException {
        try {
            return FileChannel.open(file);
        } catch (NoSuchFileException e) {
            return null; // nothing was printed yet
        }
    }

    private static void skip(@Nullable FileChannel channel) throws IOException {
        if (channel != null) {
            channel.position(channel.size());
        }
    }

    /// The file that is written to now, if it is another one by now; the one before is read to its end first.
    private @Nullable FileChannel next(@Nullable FileChannel channel, Consumer<LogLine> to) throws IOException {
        if (channel == null) {
            return open();
        }
        long there;
        try {
            there = Files.size(file);
        } catch (NoSuchFileException e) {
            return channel; // between two files
        }
        if (there >= channel.size()) {
            return channel; // it only grows
        }
        lines(channel, to);
        channel.close();
        return open();
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a log was followed");
        }
    }

    private void older(Consumer<LogLine> to) throws IOException {
        int oldest = 0;
        while (oldest < FILES_MAX && Files.exists(beside(oldest + 1))) {
            oldest++;
        }
        for (int i = oldest; i > 0; i--) {
            try (FileChannel channel = FileChannel.open(beside(i))) {
                lines(channel, to);
            } catch (NoSuchFileException e) {
                // it has just become an older one
            }
        }
    }

    private Path beside(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private void tail(@Nullable FileChannel channel, long last, Consumer<LogLine> to) throws IOException {
        Deque<LogLine> kept = new ArrayDeque<>();
        var lines = new long[1];
        Consumer<LogLine> keeping = line -> {
            kept.add(line);
            lines[0] += line.whole() ? 1 : 0;
            while (lines[0] > last || (lines[0] == last && !kept.getLast().whole())) {
                lines[0] -= kept.remove().whole() ? 1 : 0;
            }
        };
        older(keeping);
        lines(channel, keeping);
        kept.forEach(to);
    }

    /// The lines from where a file has been read to, up to the last that is there whole.
    private static void lines(@Nullable FileChannel channel, Consumer<LogLine> to) throws IOException {
        if (channel == null) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        while (true) {
            long from = channel.position();
            buffer.clear();
            int length = channel.read(buffer);
            if (length <= 0) {
                return;
            }
            byte[] bytes = buffer.array();
            int done = 0;
            for (int i = 0; i < length; i++) {
                if (bytes[i] == '\n') {
                    to.accept(LogLine.of(bytes, done, i));
                    done = i + 1;
                }
            }
            channel.position(from + done);
            if (done == 0 && length < buffer.capacity()) {
                return; // the rest of the line is just being written
            }
            if (done == 0) {
                to.accept(LogLine.of(Arrays.copyOf(bytes, length), 0, length)); // longer than any of ours
                channel.position(from + length);
            }
        }
    }
}
