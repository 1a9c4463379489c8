// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Boxes that are made in advance: namespaces, mounts, control groups and limits stand, and the first
/// process waits, without any privilege that the program shall not have, for its program. So a program
/// starts in the time that a filter and an execve(2) take. Each box is used once; while its program runs no
/// other is made in its place, and afterwards one is made anew, so that nothing of one program can be met by
/// the next.
///
/// ```java
/// try (Pool pool = Pool.of(Sandbox.builder().command("true").memory(256 << 20).build(), 4)) {
///     Result result = pool.run(Task.of("python3", "-c", "print(6 * 7)"), new byte[0]);
/// }
/// ```
///
/// Several pools of different shapes can stand side by side. All boxes end with [#close], and with this JVM,
/// however that ends. Safe for use by several threads.
public final class Pool implements AutoCloseable {
    private final Supplier<WaitingBox> source;
    private final int boxes;
    private final Semaphore wanted;
    private final BlockingQueue<Place> ready = new LinkedBlockingQueue<>();
    private final Set<WaitingBox> living = ConcurrentHashMap.newKeySet();
    private final Thread maker;

    private Pool(Supplier<WaitingBox> source, int boxes) {
        if (boxes < 1 || boxes > 4096) {
            throw new IllegalArgumentException("boxes: " + boxes + " is not within 1 to 4096");
        }
        this.source = source;
        this.boxes = boxes;
        this.wanted = new Semaphore(boxes);
        // starting a process blocks in the kernel: a thread of its own, and one, so that all of them together never
        // take more than one processor from the programs that run
        this.maker = Thread.ofPlatform().daemon().name("carafe-pool").start(this::make);
    }

    /// A pool of boxes that are all alike.
    ///
    /// @param sandbox what they are, without a workspace; its command is not used, its timeout only for a
    ///     task that has none
    /// @param boxes   how many there are, waiting and running, 1 to 4096. Twice as many as run at a time
    ///     hide that they must be made
    /// @throws InvalidBox if such a box can't be made here
    public static Pool of(Sandbox sandbox, int boxes) {
        sandbox.check();
        return new Pool(sandbox::prepare, boxes);
    }

    /// The same where each box is something of its own, as one with a [Workspace].
    ///
    /// @param source makes a box, whenever one is missing, on the pool's thread. What it throws, whoever
    ///     wants a box is thrown
    public static Pool of(Supplier<WaitingBox> source, int boxes) {
        return new Pool(source, boxes);
    }

    /// The box that has waited longest. Waits for one if all are in use. Whoever has taken it begins it, or
    /// closes it.
    ///
    /// @throws InvalidBox            if no more such boxes can be made
    /// @throws UncheckedIOException  likewise, for want of memory or descriptors
    /// @throws IllegalStateException if the pool is closed
    public WaitingBox take() throws InterruptedException {
        long began = System.nanoTime();
        for (int dead = 0; ; dead++) {
            Place place = ready.take();
            switch (place) {
                case Place.Closed _ -> {
                    ready.add(place); // for the next who waits
                    throw new IllegalStateException("the pool is closed");
                }
                case Place.Failed(var when, var why) -> {
                    wanted.release();
                    if (when - began > 0) { // else that may be over
                        throw why;
                    }
                }
                case Place.Waiting(var box) -> {
                    boolean lost = box.hasEnded() && dead < boxes; // somebody has killed it meanwhile
                    box.whenEnded(wanted::release); // whatever becomes of it
                    if (!lost) {
                        return box;
                    }
                    box.close();
                }
            }
        }
    }

    /// Starts a program in the box that has waited longest.
    ///
    /// @throws InvalidBox            as [#take]
    /// @throws UncheckedIOException  likewise
    /// @throws IllegalStateException likewise
    public RunningBox start(Task task) throws InterruptedException {
        return take().begin(task);
    }

    /// Runs a program to its end, and collects what it writes. What it ran in may still be on its way out
    /// then.
    ///
    /// @param input what it can read from its standard input
    /// @throws StepFailed           as [RunningBox#await]
    /// @throws UncheckedIOException as that, and as [#take]
    /// @throws InterruptedException if this thread is interrupted; the box is killed then
    public Result run(Task task, byte[] input) throws InterruptedException {
        WaitingBox box = take();
        return box.begin(task).collect(input, box.outputLimit());
    }

    /// On the maker's thread.
    private void make() {
        try {
            while (true) {
                wanted.acquire();
                try {
                    WaitingBox box = source.get();
                    living.add(box);
                    box.whenGone(() -> living.remove(box));
                    ready.add(new Place.Waiting(box));
                } catch (RuntimeException e) {
                    failed(e);
                } catch (Error e) { // no thread, no memory
                    failed(new IllegalStateException("make a box", e));
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /// Whoever wants a box is told, and has it tried again.
    private void failed(RuntimeException why) {
        ready.add(new Place.Failed(System.nanoTime(), why));
    }

    /// Kills the boxes that wait and those that run, and waits until nothing of them is left.
    @Override
    public void close() {
        maker.interrupt();
        boolean interrupted = false;
        while (maker.isAlive()) {
            try {
                maker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        living.forEach(WaitingBox::kill);
        for (Place place : ready) {
            if (place instanceof Place.Waiting(var box)) {
                box.close(); // also if it is gone: it has workspaces
            }
        }
        living.forEach(WaitingBox::awaitEnd);
        ready.clear();
        ready.add(new Place.Closed());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private sealed interface Place {
        record Waiting(WaitingBox box) implements Place {}

        record Failed(long when, RuntimeException why) implements Place {}

        record Closed() implements Place {}
    }
}
