package io.carafe.sandbox.linux;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/// Threads for calls that block in the kernel: platform threads, since no carrier of virtual ones may stand still for
/// them. One that has done its work waits a minute for other: to make a new one takes longer than many a program runs.
public final class Waiting {
    private static final Executor THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("carafe-waiting-", 0).factory());

    private Waiting() {}

    /// Does this on one of them.
    public static void start(Runnable work) {
        THREADS.execute(work);
    }
}
