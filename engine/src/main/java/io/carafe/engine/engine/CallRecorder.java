package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.LinuxSeccomp;
import io.carafe.sandbox.linux.LinuxSeccomp.Notification;
import io.carafe.sandbox.linux.Poll;
import io.carafe.sandbox.linux.SysUn;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.Recording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answers for a box whose every call is asked about (seccomp_unotify(2)), and takes each down. All of its threads and
/// children have the same filter, so none gets past. Of memory nothing is read: the program could change it.
public final class CallRecorder implements AutoCloseable {
    private static final int LOOK = 100; // ms, between looks whether it was all in vain

    private final Path directory;
    private final Fd listening;
    private final Recording recording;
    private final Thread thread;
    private volatile boolean over;
    private volatile @Nullable IOException failure;

    private CallRecorder(Path directory, Fd listening, Policy base) {
        this.directory = directory;
        this.listening = listening;
        this.recording = new Recording(base);
        this.thread = Thread.ofPlatform().daemon().name("carafe-record").unstarted(this::serve);
    }

    /// Begins to listen.
    ///
    /// @param base the policy of the box but for its calls
    public static CallRecorder begin(Policy base) {
        try {
            Path directory = Files.createTempDirectory("carafe-record-"); // ours alone
            Fd listening = SysUn.listen(directory.resolve("socket"));
            var recorder = new CallRecorder(directory, listening, base);
            recorder.thread.start();
            return recorder;
        } catch (IOException e) {
            throw new EngineException.Failed("listen for the calls of a box", e);
        }
    }

    /// Where the box's filter is to be handed over, [io.carafe.sandbox.spec.Seccomp#listenerPath].
    public String socket() {
        return directory.resolve("socket").toString();
    }

    /// What there was, once the box is gone.
    public Recording end() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        IOException failed = failure;
        if (failed != null) {
            throw new EngineException.Failed("record the calls of a box", failed);
        }
        return recording;
    }

    private void serve() {
        try {
            Fd listener = listener();
            if (listener != null) {
                try (listener) {
                    answer(listener);
                }
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private @Nullable Fd listener() throws IOException {
        while (Poll.poll(List.of(listening), LOOK).getFirst() == 0) {
            if (over) {
                return null; // the box has failed before
            }
        }
        try (Fd connection = SysUn.accept(listening)) {
            Fd listener = SysUn.descriptor(connection);
            if (listener != null) {
                SysUn.descriptor(connection); // the end: whoever hangs up before it lets no box begin
            }
            return listener;
        }
    }

    private void answer(Fd listener) throws ErrnoException {
        while ((Poll.poll(List.of(listener), -1).getFirst() & Poll.POLLIN) != 0) {
            Notification call;
            try {
                call = LinuxSeccomp.receive(listener);
            } catch (ErrnoException e) {
                continue; // who called is gone
            }
            int errno = recording.add(call.architecture(), call.number(), call.arguments());
            LinuxSeccomp.answer(listener, call.id(), errno);
        }
    }

    @Override
    public void close() {
        end();
        listening.close();
        try {
            Files.deleteIfExists(directory.resolve("socket"));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + directory, e);
        }
    }
}
