package io.carafe.sandbox.forensic;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.LinuxSeccomp;
import io.carafe.sandbox.linux.LinuxSeccomp.Notification;
import io.carafe.sandbox.linux.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is done at a forbidden call, in this order: the box is told to stand still, which takes no
/// time; the call is written down; when the box stands, a snapshot is taken; and whoever has called
/// this ends the box. The call itself waits all the while, and never returns: three processes hold the
/// listener (`docs/decisions/0025`), and none of them ever answers.
@SuppressWarnings("exports") // the door alone has a listener
public final class Watcher implements BiConsumer<Fd, @Nullable Fd> {
    /// Where it has come to, for tests that end a process just there.
    enum Stage {
        HEARD,
        AUDITED,
        FROZEN,
        TRACED,
        KEPT
    }

    private static final int TRIES = 10;
    private static final int A_MOMENT = 20; // milliseconds

    private final Forensics forensics;
    private final CaughtBox box;
    private final Consumer<Stage> observer;
    private volatile @Nullable Violation violation;
    private volatile @Nullable IOException failure;

    public Watcher(Forensics forensics, CaughtBox box) {
        this(forensics, box, stage -> {});
    }

    Watcher(Forensics forensics, CaughtBox box, Consumer<Stage> observer) {
        this.forensics = forensics;
        this.box = box;
        this.observer = observer;
    }

    /// For which the box is needed when it has made one.
    public Duration time() {
        return forensics.bounds().time();
    }

    /// The call that was heard of; null if none was.
    public @Nullable Violation violation() {
        return violation;
    }

    /// Why it isn't in the log, or the snapshot isn't whole; null if nothing failed.
    public @Nullable IOException failure() {
        return failure;
    }

    /// To be called once, when something is to be read from the listener. The box is to be killed when
    /// it returns.
    @Override
    public void accept(Fd listener, @Nullable Fd upper) {
        Caught caught = Caught.NOTHING;
        try {
            Notification heard = receive(listener);
            caught = Caught.of(heard, listener);
            Violation first = caught.violation(box.run());
            violation = first;
            observer.accept(Stage.HEARD);
            handle(first, caught, upper);
        } catch (IOException | UncheckedIOException e) {
            failure = e instanceof IOException io ? io : new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            caught.close();
        }
    }

    /// A signal may take the thread from its call just before we look: it comes back, or has ended.
    private static @Nullable Notification receive(Fd listener) throws ErrnoException {
        for (int i = 0; i < TRIES; i++) {
            try {
                if ((Poll.poll(List.of(listener), A_MOMENT).getFirst() & Poll.POLLIN) != 0) {
                    return LinuxSeccomp.receive(listener);
                }
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
        return null;
    }

    private void handle(Violation heard, Caught caught, @Nullable Fd upper) throws IOException, InterruptedException {
        String namespace = caught.namespace();
        Freezer freezer = Freezer.of(box.group(), box.unified(), () -> Processes.inNamespace(namespace));
        freezer.request();
        Violation told = heard;
        Path place = null;
        if (forensics.bundles().isPresent()) {
            place = forensics.bundles().get().resolve(name(heard));
            told = heard.with(place);
            violation = told;
        }
        try {
            new AuditLog(forensics.log()).append(told);
        } catch (IOException e) {
            failure = e; // and yet: frozen, kept, ended
        }
        observer.accept(Stage.AUDITED);
        if (place == null) {
            return;
        }
        String freeze = freezer.await(forensics.bounds().patience());
        observer.accept(Stage.FROZEN);
        keep(told, place, freeze, namespace, upper);
    }

    /// On a thread of its own: what it traces is killed by its end ([Tracer]).
    private void keep(Violation told, Path place, String freeze, String namespace, @Nullable Fd upper)
            throws InterruptedException {
        Thread thread = Thread.ofPlatform().daemon().name("carafe-snapshot").start(() -> {
            try (Bundle bundle = Bundle.make(place)) {
                List<Integer> pids = box.group().isEmpty()
                        ? Processes.inNamespace(namespace)
                        : Processes.inGroup(Path.of(box.group()));
                boolean arm = told.architecture().equals("aarch64");
                new Snapshot(bundle, forensics.bounds(), arm).take(told, box, upper, pids, this::thaw);
                bundle.seal(told, freeze);
                observer.accept(Stage.KEPT);
            } catch (IOException | RuntimeException e) {
                failure = new IOException("snapshot of " + box.run(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.join();
    }

    /// Every thread is to stop before its next instruction: in v1's freezer it couldn't.
    private void thaw() {
        observer.accept(Stage.TRACED);
        if (box.group().isEmpty() || box.unified()) {
            return;
        }
        try {
            Files.writeString(Path.of(box.group(), "freezer.state"), "THAWED", StandardOpenOption.WRITE);
        } catch (IOException e) {
            // the box is being killed
        }
    }

    private static String name(Violation heard) {
        String time = Instant.ofEpochMilli(heard.time().toEpochMilli())
                .toString()
                .replace(":", "")
                .replace("-", "");
        String run = heard.run().replaceAll("[^A-Za-z0-9_.-]", "_");
        return time + "-" + run + "-"
                + Integer.toHexString(ThreadLocalRandom.current().nextInt());
    }
}
