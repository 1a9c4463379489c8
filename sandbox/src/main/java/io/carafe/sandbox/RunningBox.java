package io.carafe.sandbox;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.linux.Waiting;
import io.carafe.sandbox.plan.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A box with a program in it. Everything in it dies with this object's [#close], and with this JVM, however
/// that ends. Safe for use by several threads.
///
/// Whoever doesn't read [#stdout] and [#stderr] stalls the program when a pipe is full, after 64 KiB. A read
/// or write blocks a platform thread, and pins the carrier of a virtual one.
public final class RunningBox implements AutoCloseable {
    private final Plan plan;
    private final Execution execution;
    private final @Nullable Forbidden forbidden;
    private final OutputStream stdin;
    private final InputStream stdout;
    private final InputStream stderr;
    private final CpuClock clock;

    RunningBox(
            Plan plan,
            Execution execution,
            CpuClock clock,
            @Nullable Forbidden forbidden,
            OutputStream stdin,
            InputStream stdout,
            InputStream stderr) {
        this.plan = plan;
        this.execution = execution;
        this.forbidden = forbidden;
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
        this.clock = clock;
    }

    /// What is written here, the program reads. Not buffered. Closing it is the end of the program's input.
    public OutputStream stdin() {
        return stdin;
    }

    /// What the program writes to its standard output, until no process in the box can write there any more.
    public InputStream stdout() {
        return stdout;
    }

    /// The same for its standard error. Empty if that goes to [#stdout].
    public InputStream stderr() {
        return stderr;
    }

    /// The processor time of all its processes so far, user and system.
    ///
    /// @return empty while it is being made, when it has ended, and for a box without control groups
    public Optional<Duration> cpu() {
        return clock.read();
    }

    /// Reads [#stdout] to its end, while the program goes on.
    ///
    /// @param limit bytes that are kept; what comes after them is read and dropped
    /// @param full  what is done when more than that has come, once
    public Collector collectStdout(int limit, Runnable full) {
        return collect("stdout", stdout, limit, full);
    }

    /// Reads [#stderr] to its end, while the program goes on.
    ///
    /// @param limit as [#collectStdout] has it, and so `full`
    public Collector collectStderr(int limit, Runnable full) {
        return collect("stderr", stderr, limit, full);
    }

    private Collector collect(String name, InputStream stream, int limit, Runnable full) {
        var collector = new Collector(stream, limit, full);
        if (forbidden != null) {
            forbidden.collects(name, collector);
        }
        return collector;
    }

    /// Sends a signal to the program; 15 is `SIGTERM`. It comes to nothing if the program has ended or isn't
    /// there yet. The box's first process ignores every signal that it has no handler for, but 9
    /// (pid_namespaces(7)): let it be an init ([SandboxBuilder#init]) if the program hasn't.
    ///
    /// @param number 1 to 64
    public void signal(int number) {
        if (number < 1 || number > 64) {
            throw new IllegalArgumentException("no signal: " + number);
        }
        execution.signal(number);
    }

    /// Kills every process in the box, and returns at once. [#await] tells when they are gone.
    public void kill() {
        execution.kill();
    }

    /// Waits until the box has ended and nothing of it is left.
    ///
    /// @throws StepFailed           if the box couldn't be made, or its program couldn't be executed
    /// @throws UncheckedIOException if the executor was killed by somebody else: the box is gone then too,
    ///     but nobody knows how it ended
    public Result await() throws InterruptedException {
        try {
            return result(execution.await());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until the program has ended and nothing in the box runs any more. Of a box of a [Pool] that is
    /// known before what it was made of is gone; of any other this is [#await()].
    ///
    /// @throws StepFailed           as [#await()]
    /// @throws UncheckedIOException likewise
    public Result awaitProgram() throws InterruptedException {
        try {
            return result(execution.awaitProgram());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The same as [#await()], for so long at most.
    ///
    /// @return empty if the box still runs
    public Optional<Result> await(Duration patience) throws InterruptedException {
        try {
            return Optional.ofNullable(execution.await(patience)).map(this::result);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Kills the box if it still runs, waits until nothing of it is left, and closes the streams. Never
    /// throws: who wants to know how it ended calls [#await] before.
    @Override
    public void close() {
        execution.kill();
        execution.awaitEnd();
        closeStreams();
    }

    /// The same, but returns when nothing in the box runs any more. What it was made of may still be on its way
    /// out then, if it is a box of a [Pool].
    public void leave() {
        execution.kill();
        execution.awaitProgramEnd();
        closeStreams();
    }

    /// To the end of its program, and with what that writes; closes the streams. If the thread is
    /// interrupted the box is killed.
    Result collect(byte[] input, int limit) throws InterruptedException {
        boolean collected = false;
        try {
            Collector out = collectStdout(limit, () -> {});
            Collector err = collectStderr(limit, () -> {});
            feed(input);
            Result result = awaitProgram().with(out.output(), err.output());
            collected = true;
            return result;
        } finally {
            if (!collected) {
                execution.kill();
            }
            closeStreams();
        }
    }

    /// On a thread of its own unless it fits into the pipe: the program may write before it reads.
    private void feed(byte[] input) {
        Runnable write = () -> {
            try (stdin) {
                stdin.write(input);
            } catch (IOException e) {
                // it has ended without reading all of it
            }
        };
        if (input.length <= 4096) {
            write.run();
        } else {
            Waiting.start(write);
        }
    }

    private void closeStreams() {
        try {
            stdin.close();
            stdout.close();
            stderr.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // ours don't
        }
    }

    private Result result(Report report) {
        return switch (report.outcome()) {
            case ENDED ->
                Result.of(
                        plan,
                        report,
                        forbidden == null ? null : forbidden.watcher().violation(),
                        forbidden == null ? "" : forbidden.failure());
            case FAILED -> throw new StepFailed(plan, report);
            case REFUSED, DONE -> throw new IllegalStateException(String.join("\n", Words.of(plan, report)));
        };
    }
}
