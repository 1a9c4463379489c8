package io.carafe.engine.layer;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.FileBox;
import io.carafe.sandbox.spec.InvalidSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;

/// A box whose root is one directory, and that does with its files what it is told ([FileStream]).
final class FileWorker implements AutoCloseable {
    private static final int LEAST = 5; // above the descriptors that the executor gets
    private static final int PIPE_SIZE = 1 << 20;

    private final Plan plan;
    private final Execution execution;
    private final Fd requests;
    private final FileStream stream;

    private FileWorker(Plan plan, Execution execution, Fd requests, FileStream stream) {
        this.plan = plan;
        this.execution = execution;
        this.requests = requests;
        this.stream = stream;
    }

    /// @throws IOException if there can be no such box; nothing has happened then
    static FileWorker start(Path directory, Host host) throws IOException {
        Plan plan;
        try {
            plan = FileBox.plan(directory.toString(), true, host);
        } catch (InvalidSpec e) {
            throw new IOException(e.getMessage(), e);
        }
        Unistd.Pipe in = Unistd.pipe();
        try (Fd theirs = Fcntl.above(in.read(), LEAST);
                Fd nothing = Fcntl.above(Fcntl.open(Path.of("/dev/null"), Fcntl.O_RDWR, 0), LEAST)) {
            Fd ours = Fcntl.above(in.write(), LEAST);
            try {
                enlarge(ours);
                Execution execution = Executor.start(plan, host.kernel(), theirs, nothing, nothing);
                return new FileWorker(plan, execution, ours, new FileStream(ours, host.isPrivileged()));
            } catch (IOException e) {
                ours.close();
                throw e;
            }
        }
    }

    /// The fewer times it is filled and emptied, the better; but a user may have used up what he may have of it.
    private static void enlarge(Fd pipe) throws ErrnoException {
        try {
            Fcntl.fcntl(pipe, Fcntl.F_SETPIPE_SZ, PIPE_SIZE);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EPERM) {
                throw e;
            }
        }
    }

    /// Where it is told what to do. When a write to it fails, [#failure] says why.
    FileStream stream() {
        return stream;
    }

    /// Waits until all has been done.
    ///
    /// @throws IOException if something could not be done; what was asked for before it has been
    void finish() throws IOException {
        stream.finish();
        requests.close();
        Report report = await();
        if (report.outcome() != Report.Outcome.ENDED || report.status() != 0) {
            throw new IOException(words(report));
        }
    }

    /// Why the box doesn't listen any more.
    ///
    /// @param closed what writing to it came to
    IOException failure(ErrnoException closed) throws IOException {
        Report report = await();
        return new IOException(words(report), closed);
    }

    private Report await() throws IOException {
        try {
            return execution.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for files to be written");
        }
    }

    /// `usr/bin/su: ENOSPC (no space left on device)`
    private String words(Report report) {
        if (report.outcome() == Report.Outcome.FAILED && !report.kernel().isEmpty()) {
            return report.kernel() + ": " + Errno.words(report.error());
        }
        return report.outcome() == Report.Outcome.ENDED
                ? "the box that writes the files was killed"
                : String.join("; ", Words.of(plan, report));
    }

    /// Ends the box if it still runs.
    @Override
    public void close() {
        execution.kill();
        execution.awaitEnd();
        requests.close();
    }
}
