package io.carafe.engine.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Does several things at the same time, a few at once. When one fails, or nobody wants them any more, the others are
/// stopped; it returns when all have ended.
final class Together {
    private static final long LOOK = 100; // milliseconds

    private Together() {}

    /// Something that may fail.
    interface Task {
        void run() throws IOException;
    }

    /// @param most   at once
    /// @param wanted whether somebody still waits for it
    /// @throws IOException the first failure; those that came of other causes are suppressed
    static void run(List<Task> tasks, int most, String name, BooleanSupplier wanted) throws IOException {
        // platform threads: they wait in the kernel, and would take their carriers with them
        ExecutorService threads = Executors.newFixedThreadPool(
                most, Thread.ofPlatform().daemon().name(name, 1).factory());
        try {
            CompletionService<Void> done = new ExecutorCompletionService<>(threads);
            for (Task task : tasks) {
                done.submit(() -> {
                    task.run();
                    return null;
                });
            }
            await(tasks.size(), done, wanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("it was stopped");
        } finally {
            stop(threads);
        }
    }

    private static void await(int count, CompletionService<Void> done, BooleanSupplier wanted)
            throws IOException, InterruptedException {
        for (int ended = 0; ended < count; ) {
            Future<Void> one = done.poll(LOOK, TimeUnit.MILLISECONDS);
            if (one == null && !wanted.getAsBoolean()) {
                throw new InterruptedIOException("nobody waits for it any more");
            }
            if (one != null) {
                ended++;
                take(one);
            }
        }
    }

    private static void take(Future<Void> one) throws IOException, InterruptedException {
        try {
            one.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private static void stop(ExecutorService threads) {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(LOOK, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
