package io.carafe.sandbox.judge;

import io.carafe.sandbox.InvalidBox;
import io.carafe.sandbox.Pool;
import io.carafe.sandbox.RunningBox;
import io.carafe.sandbox.Streams;
import io.carafe.sandbox.Task;
import io.carafe.sandbox.WaitingBox;
import io.carafe.sandbox.Workspace;
import io.carafe.sandbox.forensic.Forensics;
import io.carafe.sandbox.judge.Claims.Claim;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From a job to a box with its program in it. The first job of a shape has its box made when it comes. A
/// second one shows that there are more to come: from then on boxes of that shape are made in advance.
final class Boxes implements AutoCloseable {
    private static final int SHELVES_MAX = 8;
    private static final int SEEN_MAX = 1024;
    private static final long IDLE = 10_000_000_000L; // nanoseconds

    private final Processors processors;
    private final @Nullable Forensics forensics;
    private final int ahead;
    private final Set<Shape> seen = new HashSet<>();
    private final Map<Shape, Shelf> shelves = new LinkedHashMap<>(16, 0.75f, true); // the least recently used first
    private boolean closed;

    /// @param forensics what is done about forbidden calls; null where nobody watches
    /// @param ahead     how many boxes of a shape there are in advance, those that run among them
    Boxes(Processors processors, @Nullable Forensics forensics, int ahead) {
        this.processors = processors;
        this.forensics = forensics;
        this.ahead = ahead;
    }

    /// Starts a job's program in a box that nobody has used before.
    ///
    /// @param streams without the job's own input
    /// @throws InvalidBox           if there can be no such box here
    /// @throws InterruptedException while it waits for a processor, or for a box
    Box start(Job job, Streams streams) throws InterruptedException {
        Claim claim = job.pinned() ? processors.take() : null;
        Shelf shelf = null;
        try {
            Shape shape = Shape.of(job, claim == null ? "" : Integer.toString(claim.number()));
            shelf = job.pinned() ? null : shelf(shape); // on its processor nothing is made while it runs
            WaitingBox waiting = shelf == null ? shape.make(forensics) : shelf.pool.take();
            return new Box(
                    this, begin(job, waiting, streams), waiting.workspaces().getFirst(), claim, shelf);
        } catch (InterruptedException | RuntimeException e) {
            release(claim, shelf);
            throw e;
        }
    }

    private static RunningBox begin(Job job, WaitingBox box, Streams streams) {
        try {
            Workspace workspace = box.workspaces().getFirst();
            for (GivenFile file : job.files()) {
                workspace.put(file.name(), file.mode(), file.content());
            }
            return box.begin(new Task(job.command(), job.environment(), "", Duration.ZERO), streams);
        } catch (IOException e) {
            throw InvalidBox.because(String.valueOf(e.getMessage()));
        } finally {
            box.close(); // unless it has begun
        }
    }

    /// Where boxes of a shape wait, for one more who takes some.
    ///
    /// @return null for a shape that may never come again
    private @Nullable Shelf shelf(Shape shape) {
        Shelf idle = null;
        Shelf shelf;
        synchronized (this) {
            shelf = shelves.get(shape);
            if (shelf == null && isSeenAgain(shape)) {
                idle = shelves.size() < SHELVES_MAX ? null : takeIdle();
                if (shelves.size() < SHELVES_MAX) {
                    shelf = new Shelf(Pool.of(() -> shape.make(forensics), ahead));
                    shelves.put(shape, shelf);
                }
            }
            if (shelf != null) {
                shelf.users++;
            }
        }
        if (idle != null) {
            idle.pool.close();
        }
        return shelf;
    }

    private boolean isSeenAgain(Shape shape) {
        if (seen.size() == SEEN_MAX) {
            seen.clear();
        }
        return !closed && !seen.add(shape);
    }

    /// Takes away one that nobody has used for a while, if there is any: of more shapes in turn than there are
    /// shelves each would only take the other's place.
    private @Nullable Shelf takeIdle() {
        Iterator<Shelf> all = shelves.values().iterator();
        while (all.hasNext()) {
            Shelf shelf = all.next();
            if (shelf.users == 0 && System.nanoTime() - shelf.used > IDLE) {
                all.remove();
                return shelf;
            }
        }
        return null;
    }

    private void release(@Nullable Claim claim, @Nullable Shelf shelf) {
        if (claim != null) {
            claim.close();
        }
        if (shelf != null) {
            synchronized (this) {
                shelf.users--;
                shelf.used = System.nanoTime();
            }
        }
    }

    /// Has all boxes end, and waits until nothing of them is left. Those that are still made afterwards are
    /// made when their job comes.
    @Override
    public void close() {
        List<Shelf> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(shelves.values());
            shelves.clear();
        }
        all.forEach(shelf -> shelf.pool.close());
    }

    /// A pool, and by how many it is used.
    private static final class Shelf {
        private final Pool pool;
        private int users;
        private long used; // System.nanoTime

        private Shelf(Pool pool) {
            this.pool = pool;
        }
    }

    /// One with a program.
    ///
    /// @param workspace where it works: its files can be fetched when it has ended
    record Box(
            Boxes from,
            RunningBox running,
            Workspace workspace,
            @Nullable Claim claim,
            @Nullable Shelf shelf) implements AutoCloseable {

        /// Kills it if it still runs, waits until nothing of it does, and gives back what it had. What it ran in
        /// may still be on its way out then if it was made in advance.
        @Override
        public void close() {
            if (shelf == null) {
                running.close();
            } else {
                running.leave();
            }
            workspace.close();
            from.release(claim, shelf);
        }
    }
}
