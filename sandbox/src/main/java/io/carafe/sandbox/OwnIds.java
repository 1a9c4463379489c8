package io.carafe.sandbox;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.host.RuntimeDirectory;
import io.carafe.sandbox.spec.Spec.IdMapping;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Ranges of ids on the host that one box has alone, for as long as it runs: what the kernel counts by user, or allows
/// among processes of one user, joins it with no other box.
///
/// They lie above 2147483648, where no system gives out ids. A JVM takes a block of ranges at a time, by a
/// lock on a file that ends with it, and then hands these out again and again.
final class OwnIds {
    /// Ids in a range: as many as a system has by custom.
    static final int SIZE = 1 << 16;

    private static final long FIRST = 1L << 31;
    private static final int BLOCK = 64; // ranges
    private static final int BLOCKS =
            448; // of 512: the rest is the engine's, but for the last, which has 4294967295: no id

    private static final OwnIds OF_THIS_JVM = new OwnIds(RuntimeDirectory.of(0, Map.of()));

    private final Path runtime;
    private final List<FileLock> locks = new ArrayList<>(); // held until the JVM ends
    private final List<Range> ranges = new ArrayList<>();

    /// @param runtime root's, in which the locks are
    OwnIds(Path runtime) {
        this.runtime = runtime;
    }

    /// That somebody has a range, once: who has it next has another lease of it.
    static final class Lease {
        private final Range range;
        private volatile @Nullable Execution holder;

        private Lease(Range range) {
            this.range = range;
        }

        /// The range as the ids from 0 on.
        IdMapping mapping() {
            return new IdMapping(0, (int) range.first, SIZE);
        }

        /// For this box from now on.
        void hold(Execution execution) {
            holder = execution;
        }

        /// Unless a box has come of it.
        void giveBack() {
            if (holder == null) {
                range.free(this);
            }
        }

        /// Not if the executor was lost: of such a box nobody here knows when it is gone.
        private boolean isOver() {
            Execution execution = holder;
            return execution != null && execution.isOver();
        }
    }

    private static final class Range {
        private final long first;
        private @Nullable Lease lease;

        private Range(long first) {
            this.first = first;
        }

        /// @return null if somebody has it
        private synchronized @Nullable Lease take() {
            if (lease != null && !lease.isOver()) {
                return null;
            }
            lease = new Lease(this);
            return lease;
        }

        @SuppressWarnings("ReferenceEquality") // this one, and no other of the same range
        private synchronized void free(Lease ended) {
            if (lease == ended) {
                lease = null;
            }
        }
    }

    static Lease lease() throws IOException {
        return OF_THIS_JVM.take();
    }

    /// @throws IOException if no block is left, or the locks can't be made
    synchronized Lease take() throws IOException {
        for (Range range : ranges) {
            Lease lease = range.take();
            if (lease != null) {
                return lease;
            }
        }
        long first = block();
        for (int i = 0; i < BLOCK; i++) {
            ranges.add(new Range(first + (long) i * SIZE));
        }
        return take();
    }

    /// @return its first id
    private long block() throws IOException {
        RuntimeDirectory.make(runtime, 0);
        Path directory = Files.createDirectories(runtime.resolve("ids"));
        for (int i = 0; i < BLOCKS; i++) {
            if (has(i)) {
                continue;
            }
            FileChannel file = FileChannel.open(
                    directory.resolve(Integer.toString(i)), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = file.tryLock();
            if (lock != null) {
                locks.add(lock);
                return FIRST + (long) i * BLOCK * SIZE;
            }
            file.close();
        }
        throw new IOException("other programs have all the ranges of ids that boxes can have of their own");
    }

    /// Locks are a process's: a second one by this JVM would be no lock, and closing its file would end the first.
    private boolean has(int block) {
        long first = FIRST + (long) block * BLOCK * SIZE;
        return ranges.stream().anyMatch(range -> range.first == first);
    }
}
