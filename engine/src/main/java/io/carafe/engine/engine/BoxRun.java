package io.carafe.engine.engine;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

/// A box that is run from here, and not by the front in its own place: something is to be done when it has ended. Its
/// standard input is empty.
final class BoxRun {
    private static final int LEAST = 5; // above the descriptors that the executor gets
    private static final int CHUNK = 64 << 10;
    private static final Duration MOMENT = Duration.ofMillis(500);

    private BoxRun() {}

    /// Runs it to its end.
    ///
    /// @param together all that is printed goes where errors go
    /// @throws IOException if the executor itself couldn't be started, or was killed
    static Report of(Plan plan, Kernel kernel, BoxListener listener, boolean together) throws IOException {
        Unistd.Pipe out = Unistd.pipe();
        Unistd.Pipe err = Unistd.pipe();
        Execution execution;
        try (Fd theirOut = Fcntl.above(out.write(), LEAST);
                Fd theirErr = Fcntl.above(err.write(), LEAST);
                Fd nothing = Fcntl.above(Fcntl.open(Path.of("/dev/null"), Fcntl.O_RDWR, 0), LEAST)) {
            execution = Executor.start(plan, kernel, nothing, theirOut, theirErr);
        } catch (IOException e) {
            out.read().close();
            err.read().close();
            throw e;
        }
        Object turn = new Object();
        Consumer<byte[]> error = bytes -> listener.err(Utf8.decode(bytes));
        Thread one = reader("out", out.read(), turn, together ? error : listener::out);
        Thread other = reader("err", err.read(), turn, error);
        try {
            Report report;
            while ((report = execution.await(MOMENT)) == null) {
                synchronized (turn) {
                    if (!listener.isThere()) {
                        execution.kill();
                    }
                }
            }
            one.join();
            other.join();
            return report;
        } catch (InterruptedException e) {
            execution.kill();
            execution.awaitEnd();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a box ran");
        }
    }

    /// A read that waits keeps its thread: it needs one of its own.
    private static Thread reader(String name, Fd from, Object turn, Consumer<byte[]> to) {
        return Thread.ofPlatform().daemon().name("carafe-" + name).start(() -> {
            byte[] bytes = new byte[CHUNK];
            try (from) {
                for (int length; (length = Unistd.read(from, bytes, 0, bytes.length)) > 0; ) {
                    synchronized (turn) {
                        to.accept(Arrays.copyOf(bytes, length));
                    }
                }
            } catch (IOException e) {
                to.accept(("carafe: read what the program prints: " + e.getMessage() + "\n")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        });
    }
}
