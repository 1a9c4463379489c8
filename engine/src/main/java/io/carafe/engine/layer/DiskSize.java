package io.carafe.engine.layer;

import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.planner.FileBox;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How much the files of a directory come to. A box looks, so that it also counts what belongs to other users of the
/// caller's, and no link that is made meanwhile leads it elsewhere.
public final class DiskSize {
    private static final int S_IFDIR = 0040000;
    private static final int S_IFREG = 0100000;

    private final FileWorker worker;
    private final Set<Identity> counted = new HashSet<>();
    private long bytes;

    /// A file with more than one name, by what the kernel knows it by.
    private record Identity(long filesystem, long inode) {}

    private DiskSize(FileWorker worker) {
        this.worker = worker;
    }

    /// Bytes of all regular files in there, with their holes; of one with several names once.
    ///
    /// @throws EngineException.Failed if something can't be read
    public static long of(FilePlace place, Host host) {
        try (FileWorker worker = FileWorker.start(place, host)) {
            try {
                var size = new DiskSize(worker);
                size.count();
                worker.finish();
                return size.bytes;
            } catch (EOFException e) {
                throw worker.failure(e);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("look how large files are", e);
        }
    }

    /// Likewise, of a directory that somebody may be writing to.
    public static long of(Path directory, Host host) {
        var root = new FileBox.Root.View(List.of(directory.toString()), !host.isPrivileged());
        return of(FilePlace.changing(root, false), host);
    }

    private void count() throws IOException {
        worker.stream().respect();
        Deque<FileName> waiting = new ArrayDeque<>();
        waiting.add(FileName.ROOT);
        while (!waiting.isEmpty()) {
            count(waiting.removeLast(), waiting);
        }
    }

    private void count(FileName directory, Deque<FileName> waiting) throws IOException {
        worker.stream().list(directory);
        worker.stream().flush();
        for (FileAnswer file = worker.answers().next();
                isThere(directory, file) && !file.isEnd();
                file = worker.answers().next()) {
            if (file.type() == S_IFDIR) {
                below(directory, file, waiting);
            } else if (file.type() == S_IFREG
                    && (file.links() <= 1 || counted.add(new Identity(file.filesystem(), file.inode())))) {
                bytes += file.length();
            }
        }
    }

    /// What lies deeper than a path can be long isn't counted, nor does it keep the rest from being.
    private static void below(FileName directory, FileAnswer file, Deque<FileName> waiting) {
        FileName name = directory.child(file.name());
        if (name.path().length() <= FileName.PATH_MAX) {
            waiting.addLast(name);
        }
    }

    /// One that has gone since it was listed, or become something else, has no size.
    private static boolean isThere(FileName directory, FileAnswer answer) throws IOException {
        return switch (answer.error()) {
            case 0 -> true;
            case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP -> false;
            default -> throw new IOException(directory + ": " + Errno.words(answer.error()));
        };
    }
}
