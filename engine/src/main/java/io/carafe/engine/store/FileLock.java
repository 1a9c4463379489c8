package io.carafe.engine.store;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A `flock(2)` on a file or a directory. The kernel takes it back when its holder ends, however that is. Unlike the
/// locks of [FileChannel], which are the process's and go with any descriptor of the file, it belongs to this object:
/// so it also keeps two threads apart.
///
/// Who waits asks again and again: a thread that the kernel holds could not be told that nobody wants the lock any
/// more, and a virtual one would take its carrier with it.
public final class FileLock implements AutoCloseable {
    private static final int OWNERS_ONLY = 0600;
    private static final long PATIENCE_MIN = 1; // milliseconds
    private static final long PATIENCE_MAX = 50;

    private final Fd fd;

    private FileLock(Fd fd) {
        this.fd = fd;
    }

    /// Waits until nobody holds it alone.
    ///
    /// @param file is made if it isn't there
    /// @param wanted says whether somebody still waits
    /// @throws InterruptedIOException if nobody does
    public static FileLock shared(Path file, BooleanSupplier wanted) throws IOException {
        return await(file, opened(file), SysFile.LOCK_SH, wanted);
    }

    /// Waits until nobody else holds it.
    ///
    /// @param file is made if it isn't there
    /// @param wanted says whether somebody still waits
    /// @throws InterruptedIOException if nobody does
    public static FileLock exclusive(Path file, BooleanSupplier wanted) throws IOException {
        return await(file, opened(file), SysFile.LOCK_EX, wanted);
    }

    /// Waits until nobody holds a file or directory alone that is there.
    ///
    /// @param wanted says whether somebody still waits
    /// @throws NoSuchFileException if it isn't there, or not any more
    public static FileLock sharedOfPresent(Path file, BooleanSupplier wanted) throws IOException {
        FileLock lock = await(file, present(file), SysFile.LOCK_SH, wanted);
        if (!lock.isOf(file)) {
            lock.close();
            throw new NoSuchFileException(file.toString());
        }
        return lock;
    }

    /// Takes a file for oneself, unless somebody holds it. It is made if it isn't there.
    public static Optional<FileLock> tryExclusive(Path file) throws IOException {
        return taken(opened(file));
    }

    /// Takes a file or a directory that is there for oneself, unless somebody holds it.
    ///
    /// @throws NoSuchFileException if it isn't there
    public static Optional<FileLock> tryExclusiveOfPresent(Path file) throws IOException {
        return taken(present(file));
    }

    private static Fd present(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(file.toString());
        }
        return Fcntl.open(file, Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW, 0);
    }

    private static Optional<FileLock> taken(Fd fd) throws ErrnoException {
        try {
            if (SysFile.flock(fd, SysFile.LOCK_EX)) {
                return Optional.of(new FileLock(fd));
            }
        } catch (ErrnoException e) {
            fd.close();
            throw e;
        }
        fd.close();
        return Optional.empty();
    }

    private static Fd opened(Path file) throws IOException {
        return Fcntl.open(file, Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_NOFOLLOW, OWNERS_ONLY);
    }

    private static FileLock await(Path file, Fd fd, int operation, BooleanSupplier wanted) throws IOException {
        try {
            long patience = PATIENCE_MIN;
            while (!SysFile.flock(fd, operation)) {
                if (!wanted.getAsBoolean()) {
                    throw new InterruptedIOException("nobody waits for the lock of " + file + " any more");
                }
                Thread.sleep(patience);
                patience = Math.min(2 * patience, PATIENCE_MAX);
            }
            return new FileLock(fd);
        } catch (IOException e) {
            fd.close();
            throw e;
        } catch (InterruptedException e) {
            fd.close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for the lock of " + file);
        }
    }

    /// Whether that path still names what is locked: somebody may have renamed or removed it while we waited.
    public boolean isOf(Path file) throws IOException {
        try {
            return Files.isSameFile(self(), file);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// Opens the very file that is locked, whatever its name is by now, to read and write it.
    public FileChannel channel() throws IOException {
        return FileChannel.open(self(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private Path self() {
        return Path.of("/proc/self/fd/" + fd.number());
    }

    @Override
    public void close() {
        fd.close();
    }
}
