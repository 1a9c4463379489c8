package io.carafe.sandbox;

import static io.carafe.sandbox.linux.Fcntl.O_DIRECTORY;
import static io.carafe.sandbox.linux.Fcntl.O_NOCTTY;
import static io.carafe.sandbox.linux.Fcntl.O_NOFOLLOW;
import static io.carafe.sandbox.linux.Fcntl.O_NONBLOCK;
import static io.carafe.sandbox.linux.Fcntl.O_RDONLY;

import io.carafe.sandbox.linux.Dirent;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysStat;
import io.carafe.sandbox.linux.SysStat.Stat;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Utf8;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// One copying out of a [Workspace], whose files are a stranger's: everything is opened by one lookup that
/// follows nothing, looked at once it is open, and read to a bound.
final class Fetch {
    private static final int DEPTH_MAX = 64; // each level has a descriptor open
    private static final int NOTES_MAX = 100; // a directory of a million links has no more to say
    private static final int PIECE = 64 << 10;

    private final Fd root;
    private final List<FetchedFile> files = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long bytesLeft;
    private int filesLeft;

    Fetch(Fd root, long bytes, int files) {
        this.root = root;
        this.bytesLeft = bytes;
        this.filesLeft = files;
    }

    Fetched fetched() {
        return new Fetched(files, notes);
    }

    /// Everything there is.
    void all() {
        try (Fd directory = Fcntl.openat2(root, new byte[] {'.'}, O_RDONLY | O_DIRECTORY, 0, Placing.BELOW)) {
            below("", directory, 0);
        } catch (ErrnoException e) {
            note(".", Errno.words(e.errno()));
        }
    }

    /// One file, or one directory with all that is in it.
    void one(String name, List<byte[]> steps) {
        if (steps.size() > DEPTH_MAX) {
            note(name, "deeper than " + DEPTH_MAX + " directories");
            return;
        }
        take(name, root, Utf8.encode(name), 0);
    }

    private void take(String name, Fd directory, byte[] path, int depth) {
        // not blocking, or a FIFO would have us wait for who writes to it
        int flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY;
        try (Fd file = Fcntl.openat2(directory, path, flags, 0, Placing.BELOW)) {
            Stat stat = SysStat.stat(file);
            switch (stat.type()) {
                case SysStat.S_IFREG -> read(name, file, stat);
                case SysStat.S_IFDIR -> below(name + "/", file, depth + 1);
                case SysStat.S_IFIFO -> note(name, "a FIFO");
                default -> note(name, "neither a file nor a directory");
            }
        } catch (ErrnoException e) {
            note(name, why(e.errno()));
        }
    }

    private static String why(int errno) {
        return switch (errno) {
            case Errno.ELOOP -> "a symbolic link, not followed";
            case Errno.ENXIO -> "a socket";
            case Errno.EACCES -> "a device";
            case Errno.EXDEV -> "on another file system, or outside";
            case Errno.EAGAIN -> "names on the way to it change all the time";
            default -> Errno.words(errno);
        };
    }

    private void below(String prefix, Fd directory, int depth) throws ErrnoException {
        if (depth > DEPTH_MAX) {
            note(prefix, "deeper than " + DEPTH_MAX + " directories");
            return;
        }
        List<byte[]> names = Dirent.names(directory, filesLeft + NOTES_MAX);
        for (byte[] name : names) {
            take(prefix + Utf8.decode(name), directory, name, depth);
        }
    }

    private void read(String name, Fd file, Stat stat) throws ErrnoException {
        if (filesLeft == 0) {
            note(name, "one file too many");
            return;
        }
        filesLeft--;
        var kept = new ByteArrayOutputStream((int) Math.clamp(stat.size(), 0, Math.min(bytesLeft, PIECE)));
        byte[] piece = new byte[Math.clamp(stat.size(), 1, PIECE)];
        boolean more = false;
        for (int count; (count = Unistd.read(file, piece, 0, piece.length)) > 0; ) {
            int fits = (int) Math.min(count, bytesLeft);
            kept.write(piece, 0, fits);
            bytesLeft -= fits;
            if (fits < count) {
                more = true;
                break;
            }
        }
        files.add(new FetchedFile(name, stat.mode() & 0777, stat.size(), new Output(kept.toByteArray(), more)));
    }

    private void note(String name, String why) {
        if (notes.size() < NOTES_MAX) {
            notes.add(name + ": " + why);
        }
    }
}
