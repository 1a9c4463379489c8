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
    private final List<Lease> leases = new ArrayList<>();

    /// @param runtime root's, in which the locks are
    OwnIds(Path runtime) {
        this.runtime = runtime;
    }

    /// A range, and who has it.
    static final class Lease {
        private final long first;
        private boolean taken;
        private @Nullable Execution holder;

        private Lease(long first) {
            this.first = first;
        }

        /// The range as the ids from 0 on.
        IdMapping mapping() {
            return new IdMapping(0, (int) first, SIZE);
        }

        /// For this box from now on.
        synchronized void hold(Execution execution) {
            holder = execution;
        }

        /// Unless a box has come of it.
        synchronized void giveBack() {
            if (holder == null) {
                taken = false;
            }
        }

        /// Not if the executor was lost: of such a box nobody here knows when it is gone.
        private synchronized boolean take() {
            if (taken && (holder == null || !holder.isOver())) {
                return false;
            }
            taken = true;
            holder = null;
            return true;
        }
    }

    static Lease lease() throws IOException {
        return OF_THIS_JVM.take();
    }

    /// @throws IOException if no block is left, or the locks can't be made
    synchronized Lease take() throws IOException {
        for (Lease lease : leases) {
            if (lease.take()) {
                return lease;
            }
        }
        int next = leases.size();
        long first = block();
        for (int i = 0; i < BLOCK; i++) {
            leases.add(new Lease(first + (long) i * SIZE));
        }
        Lease lease = leases.get(next);
        lease.take();
        return lease;
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
        return leases.stream().anyMatch(lease -> lease.first == first);
    }
}
