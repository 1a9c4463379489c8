package io.carafe.sandbox.judge;

import io.carafe.sandbox.Collector;
import io.carafe.sandbox.Fetched;
import io.carafe.sandbox.InvalidBox;
import io.carafe.sandbox.Joint;
import io.carafe.sandbox.Output;
import io.carafe.sandbox.Result;
import io.carafe.sandbox.RunningBox;
import io.carafe.sandbox.StepFailed;
import io.carafe.sandbox.Streams;
import io.carafe.sandbox.forensic.Forensics;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Runs jobs, so many at a time. Safe for use by several threads. Who has more jobs than workers waits.
///
/// When a second job has the limits, policy and root of an earlier one, boxes for more of them are made in
/// advance: two for each worker, for at most eight such shapes. They wait until [#close], or until jobs of
/// other shapes come.
///
/// Needs root and `--enable-native-access=io.carafe.sandbox`.
public final class Judge implements AutoCloseable {
    /// Made when the first judge is, and by root alone.
    static final class Machine {
        static final Processors PROCESSORS = Processors.ofThisMachine();
    }

    private final int workers;
    private final Boxes boxes;
    private final Semaphore free;
    private final int processors = Runtime.getRuntime().availableProcessors();

    private Judge(int workers, @Nullable Forensics forensics) {
        this.workers = workers;
        this.boxes = new Boxes(Machine.PROCESSORS, forensics, 2 * workers); // so that making them is hidden
        this.free = new Semaphore(workers, true);
    }

    /// One with so many workers.
    ///
    /// @param workers jobs at a time, at least 1; more than there are processors make the figures of all of
    ///     them
    /// worse
    public static Judge of(int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers: " + workers + " is below 1");
        }
        return new Judge(workers, null);
    }

    /// The same, which has forbidden calls watched: each is written down, the box stands still, a snapshot is
    /// taken if that is asked for, and all of it is ended. [Verdict#violation] says which call it was.
    public static Judge of(int workers, Forensics forensics) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers: " + workers + " is below 1");
        }
        return new Judge(workers, forensics);
    }

    /// How many jobs it runs at a time.
    public int workers() {
        return workers;
    }

    /// Runs a job, once.
    ///
    /// @throws InvalidBox           if this machine can't box it so; nothing has happened then
    /// @throws InterruptedException if this thread is interrupted; it is killed then, and nothing of it is left
    public Verdict run(Job job) throws InterruptedException {
        free.acquire();
        try {
            return job.compile().isEmpty() ? once(job) : compileAndRun(job);
        } finally {
            free.release();
        }
    }

    private Verdict once(Job job) throws InterruptedException {
        try (Boxes.Box box = boxes.start(job, Streams.pipes().input(job.input()))) {
            return finish(job, box);
        }
    }

    private Verdict compileAndRun(Job job) throws InterruptedException {
        Verdict compiled = once(job.compiling());
        List<String> notes =
                compiled.notes().stream().map(note -> "compile: " + note).toList();
        if (compiled.status() == Status.INTERNAL_ERROR) {
            return compiled;
        }
        if (!compiled.isOk()) {
            return compiled.with(Status.COMPILE_ERROR, "compile: " + compiled.message(), List.of());
        }
        try {
            Verdict verdict = once(job.running(compiled.files()));
            return verdict.with(verdict.status(), verdict.message(), notes);
        } catch (IllegalArgumentException e) {
            return compiled.with(Status.COMPILE_ERROR, "compile: " + e.getMessage(), List.of());
        }
    }

    /// Runs two jobs that talk: what one writes to its standard output, the other reads, and the other way
    /// round. Each has its own limits, but for that on its output, which nobody counts. When one has ended,
    /// the other reads the end of its input, and dies by `SIGPIPE` when it writes; neither waits longer
    /// than its own time. They count as one worker, have no other input, and nothing is compiled for them.
    ///
    /// @throws InvalidBox           as [#run]
    /// @throws InterruptedException likewise
    public Pair run(Job solution, Job checker) throws InterruptedException {
        free.acquire();
        try (Two boxes = start(solution, checker)) {
            var second = new FutureTask<>(() -> finish(checker, boxes.second()));
            Thread thread = Thread.ofVirtual().name("carafe-checker").start(second);
            try {
                return new Pair(finish(solution, boxes.first()), second.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("judge the checker", e);
            } finally {
                boxes.second().running().kill(); // nothing, unless we were interrupted
                joined(thread);
            }
        } finally {
            free.release();
        }
    }

    /// When both have their ends the pipes are closed here, or neither would see the other one's end.
    private Two start(Job solution, Job checker) throws InterruptedException {
        try (Joint there = Joint.open();
                Joint back = Joint.open()) {
            Boxes.Box first = boxes.start(solution, Streams.pipes().input(back).output(there));
            try {
                return new Two(
                        first, boxes.start(checker, Streams.pipes().input(there).output(back)));
            } catch (InterruptedException | RuntimeException e) {
                first.close();
                throw e;
            }
        }
    }

    private record Two(Boxes.Box first, Boxes.Box second) implements AutoCloseable {
        @Override
        public void close() {
            first.running().kill();
            second.close();
            first.close();
        }
    }

    /// Begins to run jobs as they come, with all workers. See [Batch].
    ///
    /// @param jobs asked for the next one when a worker is about to be free, on the thread that asks the batch
    public Batch batch(Iterator<Job> jobs, Batch.Order order) {
        return new Batch(this, jobs, order);
    }

    /// A program that has written more than is kept is ended: nobody wants the rest.
    private Verdict finish(Job job, Boxes.Box box) throws InterruptedException {
        RunningBox running = box.running();
        Limits limits = job.limits();
        Duration budget = limits.cpu().plus(limits.extra());
        try (var watch = new CpuWatch(running, budget, job.pinned() ? 1 : processors)) {
            Collector out = running.collectStdout(limits.output(), running::kill);
            Collector err = running.collectStderr(limits.output(), running::kill);
            Result result = running.awaitProgram();
            Output stdout = out.output();
            Output stderr = err.output();
            Fetched fetched = box.workspace().fetch(job.wanted(), limits.disk(), limits.files());
            return Verdicts.of(limits, result, watch.isOver(), stdout, stderr, out.seen() + err.seen(), fetched);
        } catch (StepFailed e) {
            return Verdicts.of(e);
        } catch (UncheckedIOException e) {
            return Verdict.internalError(String.valueOf(e.getMessage()));
        }
    }

    /// Whatever happens to this thread meanwhile: it has what is about to be closed.
    private static void joined(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until every run has ended, and nothing of any box is left. To end runs early, interrupt who waits for
    /// them.
    @Override
    public void close() {
        free.acquireUninterruptibly(workers);
        boxes.close();
        free.release(workers);
    }
}
