// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import io.carafe.sandbox.executor.Execution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntFunction;

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
    private final IntFunction<Sandbox> sandboxes;
    private final int boxes;
    private final int outputLimit;
    private final BlockingQueue<Integer> wanted = new LinkedBlockingQueue<>();
    private final BlockingQueue<Place> ready = new LinkedBlockingQueue<>();
    private final Set<Execution> living = ConcurrentHashMap.newKeySet();
    private final Thread maker;

    private Pool(IntFunction<Sandbox> sandboxes, int boxes, int outputLimit) {
        this.sandboxes = sandboxes;
        this.boxes = boxes;
        this.outputLimit = outputLimit;
        for (int place = 0; place < boxes; place++) {
            wanted.add(place);
        }
        // starting a process blocks in the kernel: a thread of its own, and one, so that all of them together never
        // take more than one processor from the programs that run
        this.maker = Thread.ofPlatform().daemon().name("carafe-pool").start(this::make);
    }

    /// A pool of boxes that are all alike.
    ///
    /// @param sandbox what they are; its command is not used, its timeout only for a task that has none
    /// @param boxes   how many there are, waiting and running, 1 to 4096. Twice as many as run at a time
    ///     hide that they must be made
    /// @throws InvalidBox if such a box can't be made here
    public static Pool of(Sandbox sandbox, int boxes) {
        return of(place -> sandbox, boxes);
    }

    /// The same where each place has a sandbox of its own, as with a range of ids of its own.
    ///
    /// @param sandboxes of a place, 0 to boxes - 1, without a workspace. It is asked again for each box;
    ///     what a program's output is cut at is that of the first
    public static Pool of(IntFunction<Sandbox> sandboxes, int boxes) {
        if (boxes < 1 || boxes > 4096) {
            throw new IllegalArgumentException("boxes: " + boxes + " is not within 1 to 4096");
        }
        Sandbox first = sandboxes.apply(0);
        first.check();
        return new Pool(sandboxes, boxes, first.outputLimit());
    }

    /// Starts a program in the box that has waited longest; waits for one if all are in use.
    ///
    /// @throws InvalidBox            if no more such boxes can be made
    /// @throws UncheckedIOException  likewise, for want of memory or descriptors
    /// @throws IllegalStateException if the pool is closed
    public RunningBox start(Task task) throws InterruptedException {
        for (int dead = 0; ; dead++) {
            Place place = ready.take();
            switch (place) {
                case Place.Closed _ -> {
                    ready.add(place); // for the next who waits
                    throw new IllegalStateException("the pool is closed");
                }
                case Place.Failed(var number, var why) -> {
                    wanted.add(number);
                    throw why;
                }
                case Place.Waiting(var number, var box) -> {
                    boolean lost = box.execution().hasEnded() && dead < boxes; // somebody has killed it meanwhile
                    box.execution().whenTold(() -> wanted.add(number)); // whatever becomes of it
                    if (!lost) {
                        return begin(box, task);
                    }
                    box.close();
                }
            }
        }
    }

    /// Runs a program to its end, and collects what it writes. What it ran in may still be on its way out
    /// then.
    ///
    /// @param input what it can read from its standard input
    /// @throws StepFailed           as [RunningBox#await]
    /// @throws UncheckedIOException as that, and as [#start]
    /// @throws InterruptedException if this thread is interrupted; the box is killed then
    public Result run(Task task, byte[] input) throws InterruptedException {
        RunningBox box = start(task);
        return box.collect(input, outputLimit);
    }

    private RunningBox begin(WaitingBox box, Task task) {
        try {
            return box.begin(task);
        } catch (IOException e) {
            box.close();
            throw new UncheckedIOException("tell a box its program", e);
        }
    }

    /// On the maker's thread.
    private void make() {
        try {
            while (true) {
                int number = wanted.take();
                try {
                    WaitingBox box = sandboxes.apply(number).prepare();
                    living.add(box.execution());
                    box.execution().whenEnded(() -> living.remove(box.execution()));
                    ready.add(new Place.Waiting(number, box));
                } catch (RuntimeException e) {
                    ready.add(new Place.Failed(number, e)); // whoever wants a box is told, and has it tried again
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
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
        for (Place place : ready) {
            if (place instanceof Place.Waiting(var _, var box)) {
                box.close();
            }
        }
        living.forEach(Execution::kill);
        living.forEach(Execution::awaitEnd);
        ready.clear();
        ready.add(new Place.Closed());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private sealed interface Place {
        record Waiting(int number, WaitingBox box) implements Place {}

        record Failed(int number, RuntimeException why) implements Place {}

        record Closed() implements Place {}
    }
}
