package io.carafe.engine.store;

import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Keeps who adds to a data root and who cleans it up apart. What is being added is referred to by nothing yet, and
/// would look like rubbish.
public final class Lease implements AutoCloseable {
    private final FileLock lock;

    private Lease(FileLock lock) {
        this.lock = lock;
    }

    /// For who adds: any number at once. It waits for a clean-up to end, which is short. To be held from before the
    /// first look at what is there until all that was added is referred to.
    ///
    /// @param wanted says whether somebody still waits
    public static Lease adding(DataRoot root, BooleanSupplier wanted) throws IOException {
        root.make();
        return new Lease(FileLock.shared(root.lease(), wanted));
    }

    /// For who cleans up; nothing if somebody is just adding, or cleaning.
    public static Optional<Lease> cleaning(DataRoot root) throws IOException {
        root.make();
        return FileLock.tryExclusive(root.lease()).map(Lease::new);
    }

    @Override
    public void close() {
        lock.close();
    }
}
