package io.carafe.engine.layer;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.Errno;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Finds a file in an image as its programs would: links on the way lead where they lead in there.
public final class FileLookup {
    private static final int S_IFDIR = 0040000;
    private static final int S_IFLNK = 0120000;
    private static final int LINKS = 40; // as many as the kernel follows: path_resolution(7)

    private static final ByteString SLASH = ByteString.of("/");

    private final FileWorker worker;

    private FileLookup(FileWorker worker) {
        this.worker = worker;
    }

    /// What was found.
    ///
    /// @param path      with no link in it but perhaps itself; empty for the root
    /// @param directory whether it is one
    public record Found(ByteString path, boolean directory) {
        /// The directory that it is in.
        public ByteString parent() {
            return path.substring(0, Math.max(0, path.lastIndexOf((byte) '/')));
        }

        /// Its name there.
        public ByteString name() {
            return path.substring(path.lastIndexOf((byte) '/') + 1);
        }
    }

    /// Finds it.
    ///
    /// @param layers their files, the topmost first
    /// @param path   from the root; `..` goes up from where links have led
    /// @param follow whether a link at its end is followed, too
    /// @throws NoSuchFileException if nothing is there
    public static Found find(List<Path> layers, ByteString path, boolean follow, Host host) throws IOException {
        return find(FilePlace.of(layers), path, follow, host);
    }

    /// Likewise.
    public static Found find(FilePlace place, ByteString path, boolean follow, Host host) throws IOException {
        try (FileWorker worker = FileWorker.start(place, host)) {
            try {
                Found found = new FileLookup(worker).find(path, follow);
                worker.finish();
                return found;
            } catch (EOFException e) {
                throw worker.failure(e);
            }
        }
    }

    private Found find(ByteString path, boolean follow) throws IOException {
        Deque<ByteString> rest = new ArrayDeque<>(parts(path));
        FileName at = FileName.ROOT;
        boolean directory = true;
        for (int links = 0; !rest.isEmpty(); ) {
            ByteString part = rest.removeFirst();
            if (!directory) {
                throw new IOException(at + " is no directory");
            }
            if (part.toString().equals("..")) {
                at = at.parent();
                continue;
            }
            FileName next =
                    FileName.of(at.isRoot() ? part : at.path().with(SLASH).with(part)); // checks its length
            FileAnswer file = look(next, path);
            if (file.type() == S_IFLNK && (follow || !rest.isEmpty())) {
                if (++links > LINKS) {
                    throw new IOException(path + " leads through more than " + LINKS + " links");
                }
                parts(file.target()).reversed().forEach(rest::addFirst);
                at = file.target().startsWith(SLASH) ? FileName.ROOT : at;
            } else {
                at = next;
                directory = file.type() == S_IFDIR;
            }
        }
        return new Found(at.path(), directory);
    }

    private FileAnswer look(FileName name, ByteString path) throws IOException {
        worker.stream().look(name);
        worker.stream().flush();
        FileAnswer answer = worker.answers().next();
        if (answer.error() == Errno.ENOENT) {
            throw new NoSuchFileException(path.toString());
        } else if (answer.error() == Errno.EXDEV) {
            throw new IOException(path + " lies in a file system that the kernel makes up: there are no files to copy");
        } else if (answer.error() != 0) {
            throw new IOException(path + ": " + Errno.words(answer.error()));
        }
        return answer;
    }

    private static List<ByteString> parts(ByteString path) {
        var parts = new ArrayList<ByteString>();
        int from = 0;
        for (int at = 0; at <= path.length(); at++) {
            if (at == path.length() || path.at(at) == '/') {
                ByteString part = path.substring(from, at);
                from = at + 1;
                if (!part.isEmpty() && !part.toString().equals(".")) {
                    parts.add(part);
                }
            }
        }
        return parts;
    }
}
