package io.carafe.sandbox.judge;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Numbers of which nobody else on this machine has the same: each is a locked byte of a file. The kernel
/// takes back what a process had that was killed.
///
/// One for a file in a JVM: the locks are the process's, fcntl(2).
final class Claims {
    private final Path file;
    private final BitSet free = new BitSet();
    private @Nullable FileChannel channel;

    /// @param numbers that there are
    Claims(Path file, BitSet numbers) {
        this.file = file;
        this.free.or(numbers);
    }

    /// Takes one, the lowest that is free.
    ///
    /// @return empty if all are taken
    synchronized Optional<Claim> take() throws IOException {
        for (int number = free.nextSetBit(0); number >= 0; number = free.nextSetBit(number + 1)) {
            FileLock lock = channel().tryLock(number, 1, false);
            if (lock != null) {
                free.clear(number);
                return Optional.of(new Claim(this, number, lock));
            }
        }
        return Optional.empty();
    }

    /// Never closed: to close it would give up all of them.
    private FileChannel channel() throws IOException {
        FileChannel known = channel;
        if (known == null) {
            known = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel = known;
        }
        return known;
    }

    private synchronized void giveBack(Claim claim) {
        try {
            claim.lock.release();
        } catch (IOException e) {
            return; // nobody else may have it then, and so nor may we
        }
        free.set(claim.number);
    }

    /// A number that is somebody's.
    record Claim(Claims of, int number, FileLock lock) implements AutoCloseable {
        @Override
        public void close() {
            of.giveBack(this);
        }
    }
}
