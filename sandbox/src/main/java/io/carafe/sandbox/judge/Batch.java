package io.carafe.sandbox.judge;

import io.carafe.sandbox.InvalidBox;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A stream of jobs over a judge's workers. No more jobs are taken than the workers have use for: who
/// doesn't ask for verdicts holds the stream up. A job that can't be run at all comes back as an internal
/// error.
///
/// ```java
/// try (Batch batch = judge.batch(jobs, Batch.Order.AS_THEY_END)) {
///     batch.forEach(judged -> …);
/// }
/// ```
///
/// For one thread.
public final class Batch implements AutoCloseable {
    /// In which order verdicts come.
    public enum Order {
        /// As the jobs did. One that takes long holds up those behind it.
        AS_GIVEN,
        /// The first that ends comes first.
        AS_THEY_END
    }

    private final Judge judge;
    private final Iterator<Job> jobs;
    private final Order order;
    private final int most;
    private final Deque<Run> runs = new ArrayDeque<>(); // in the order of their jobs
    private final BlockingQueue<Run> ended = new LinkedBlockingQueue<>();
    private long number;

    Batch(Judge judge, Iterator<Job> jobs, Order order) {
        this.judge = judge;
        this.jobs = jobs;
        this.order = order;
        this.most = 2 * judge.workers(); // one that waits for each, so that no worker waits for us
    }

    /// The next verdict.
    ///
    /// @return empty when there is no more
    /// @throws InterruptedException if this thread is interrupted; [#close] ends what still runs
    public Optional<Judged> next() throws InterruptedException {
        while (runs.size() < most && jobs.hasNext()) {
            runs.add(new Run(number++, jobs.next()));
        }
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        Run next = order == Order.AS_GIVEN ? runs.peekFirst() : ended.take();
        next.thread.join();
        runs.remove(next);
        return Optional.of(next.judged());
    }

    /// Passes on every verdict that is still to come.
    ///
    /// @throws InterruptedException as [#next]
    public void forEach(Consumer<Judged> listener) throws InterruptedException {
        Optional<Judged> next = next();
        while (next.isPresent()) {
            listener.accept(next.get());
            next = next();
        }
    }

    /// Kills what still runs, and waits until nothing of it is left. Jobs that were not begun never are.
    @Override
    public void close() {
        runs.forEach(run -> run.thread.interrupt());
        boolean interrupted = false;
        for (Run run : runs) {
            while (run.thread.isAlive()) {
                try {
                    run.thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        runs.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// One job, on a thread of its own.
    private final class Run {
        private final long number;
        private final Job job;
        private final Thread thread;
        private volatile @Nullable Verdict verdict;

        Run(long number, Job job) {
            this.number = number;
            this.job = job;
            this.thread = Thread.ofVirtual().name("carafe-job-" + number).start(this::run);
        }

        private void run() {
            try {
                verdict = judge.run(job);
            } catch (InterruptedException e) {
                return; // and nobody asks for it
            } catch (InvalidBox e) {
                verdict = Verdict.internalError(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                verdict = Verdict.internalError(e.toString());
            } finally {
                ended.add(this);
            }
        }

        Judged judged() {
            Verdict known = verdict;
            return new Judged(number, job, known == null ? Verdict.internalError("cancelled") : known);
        }
    }
}
