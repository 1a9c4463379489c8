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
import java.util.ArrayList;
import java.util.List;

/// A box whose root is one directory, and that does with its files what it is told ([FileStream]).
final class FileWorker implements AutoCloseable {
    private static final int LEAST = 5; // above the descriptors that the executor gets
    private static final int PIPE_SIZE = 1 << 20;

    private static final String OWNERS = ": its owner is nobody in this user's boxes; sudo usermod"
            + " --add-subuids 100000-165535 --add-subgids 100000-165535 and the user's name gives them more ids";

    private final Plan plan;
    private final Host host;
    private final Execution execution;
    private final Fd requests;
    private final FileStream stream;
    private final Fd results;
    private final FileAnswers answers;

    private FileWorker(Plan plan, Host host, Execution execution, Fd requests, Fd results) {
        this.plan = plan;
        this.host = host;
        this.execution = execution;
        this.requests = requests;
        this.stream = new FileStream(requests, host.isPrivileged());
        this.results = results;
        this.answers = new FileAnswers(results);
    }

    /// For work in a directory.
    ///
    /// @throws IOException if there can be no such box; nothing has happened then
    static FileWorker start(Path directory, Host host) throws IOException {
        return start(new FileBox.Root.Work(directory.toString()), host);
    }

    /// For what is copied into a directory of the caller's.
    ///
    /// @param keepsOwners whether files may belong to others, and be devices: root's alone
    /// @throws IOException likewise
    static FileWorker copy(Path directory, boolean keepsOwners, Host host) throws IOException {
        return start(new FileBox.Root.Destination(directory.toString(), keepsOwners), host);
    }

    /// For files that may be anywhere.
    ///
    /// @throws IOException likewise
    static FileWorker start(FilePlace place, Host host) throws IOException {
        Plan plan;
        try {
            plan = FileBox.plan(place.root(), host).with(place.before(), place.after());
        } catch (InvalidSpec e) {
            throw new IOException(e.getMessage(), e);
        }
        FileWorker worker = start(plan, host);
        if (place.mounts()) {
            worker.stream().cross();
        }
        return worker;
    }

    private static FileWorker start(FileBox.Root root, Host host) throws IOException {
        return start(new FilePlace(root, List.of(), List.of(), false, false), host);
    }

    private static FileWorker start(Plan plan, Host host) throws IOException {
        var ours = new ArrayList<Fd>(); // to be closed if the start fails
        var theirs = new ArrayList<Fd>(); // and in any case
        try {
            Unistd.Pipe in = Unistd.pipe();
            theirs.add(Fcntl.above(in.read(), LEAST));
            ours.add(Fcntl.above(in.write(), LEAST));
            Unistd.Pipe out = Unistd.pipe();
            theirs.add(Fcntl.above(out.write(), LEAST));
            ours.add(Fcntl.above(out.read(), LEAST));
            theirs.add(Fcntl.above(Fcntl.open(Path.of("/dev/null"), Fcntl.O_RDWR, 0), LEAST));
            enlarge(ours.getFirst());
            enlarge(ours.getLast());
            Execution execution = Executor.start(plan, host.kernel(), theirs.get(0), theirs.get(1), theirs.get(2));
            var worker = new FileWorker(plan, host, execution, ours.getFirst(), ours.getLast());
            ours.clear();
            return worker;
        } finally {
            theirs.forEach(Fd::close);
            ours.forEach(Fd::close);
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

    /// Where it answers.
    FileAnswers answers() {
        return answers;
    }

    /// Waits until all has been done.
    ///
    /// @throws IOException if something could not be done; what was asked for before it has been
    void finish() throws IOException {
        try {
            stream.finish();
        } catch (ErrnoException e) {
            throw failure(e);
        }
        requests.close();
        Report report = await();
        if (report.outcome() != Report.Outcome.ENDED || report.status() != 0) {
            throw new IOException(words(report));
        }
    }

    /// Why the box doesn't listen any more.
    ///
    /// @param closed what writing to it, or reading from it, came to
    IOException failure(IOException closed) throws IOException {
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
            String owners = report.error() == Errno.EINVAL && !host.isPrivileged() ? OWNERS : "";
            return report.kernel() + ": " + Errno.words(report.error()) + owners;
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
        results.close();
    }
}
