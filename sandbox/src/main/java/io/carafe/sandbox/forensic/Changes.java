package io.carafe.sandbox.forensic;

import io.carafe.sandbox.forensic.Forensics.Bounds;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.linux.Dirent;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysStat;
import io.carafe.sandbox.linux.SysStat.Stat;
import io.carafe.sandbox.linux.SysXattr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The files that a box has written: what it has changed of a copy-on-write root, and everything on the
/// file systems in memory that it can write to, which are its own and begin empty. Each goes into a file of
/// the snapshot that has a number for a name; `files.json` says which is which.
///
/// No link is followed, no other mount entered, and nothing but a regular file opened: what is looked at is
/// held before it is asked what it is.
final class Changes {
    private static final int DEEPEST = 64;
    private static final Set<String> KERNELS = Set.of("/dev", "/dev/shm", "/proc", "/sys");
    private static final int CHUNK = 1 << 20;
    private static final int MARK_MAX = 256;

    private static final int NO_LINKS = Fcntl.RESOLVE_NO_SYMLINKS | Fcntl.RESOLVE_NO_MAGICLINKS;
    private static final int HERE = Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_XDEV | NO_LINKS;
    private static final int IN_BOX = Fcntl.RESOLVE_IN_ROOT | NO_LINKS;

    private final Bundle bundle;
    private final JsonWriter json = new JsonWriter().beginList();
    private long bytesLeft;
    private int filesLeft;
    private int number;
    private boolean cut;
    private String marks = "";

    Changes(Bundle bundle, Bounds bounds) throws IOException {
        this.bundle = bundle;
        this.bytesLeft = bounds.files();
        this.filesLeft = bounds.fileCount();
        bundle.directory("files");
    }

    /// What the box has changed of its root.
    ///
    /// @param upper    the directory that overlayfs keeps that in
    /// @param ownUsers whether a user namespace of its own has mounted it: its marks are a user's then
    void ofRoot(Fd upper, boolean ownUsers) throws IOException {
        marks = (ownUsers ? "user" : "trusted") + ".overlay.";
        walk(upper, "", 0, true);
    }

    /// What is on the file systems in memory.
    ///
    /// @param proc a process of the box, whose mounts are the box's
    void inMemory(ProcFiles proc) throws IOException {
        for (String place : places(proc.text("mountinfo"))) {
            byte[] name = place.getBytes(StandardCharsets.UTF_8);
            try (Fd root = Fcntl.open(proc.path("root"), Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0);
                    Fd top = Fcntl.openat2(root, name, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0, IN_BOX)) {
                walk(top, place.equals("/") ? "" : place, 0, false);
            } catch (ErrnoException e) {
                unreadable(place, e);
            }
        }
    }

    /// Writes down what was found.
    void finish() throws IOException {
        bundle.json("files.json", json.endList());
        if (cut) {
            bundle.note("some of the files that the box has written are left out, or cut off");
        }
    }

    private void unreadable(String path, IOException e) {
        bundle.note("the files at " + path + " can't be read: " + e.getMessage());
    }

    /// The mount points of file systems in memory that can be written to. proc_pid_mountinfo(5)
    static List<String> places(String mountinfo) {
        var places = new ArrayList<String>();
        for (String line : mountinfo.split("\n")) {
            String[] words = line.split(" ");
            int dash = List.of(words).indexOf("-");
            boolean memory = dash > 5 && dash + 1 < words.length && words[dash + 1].equals("tmpfs");
            if (memory && words[3].equals("/") && List.of(words[5].split(",")).contains("rw")) {
                String place = unescaped(words[4]);
                if (!KERNELS.contains(place) || place.equals("/dev/shm")) {
                    places.add(place);
                }
            }
        }
        return places;
    }

    private static String unescaped(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    /// @param upper whether what overlayfs means by its marks is told
    private void walk(Fd directory, String at, int depth, boolean upper) throws IOException {
        List<byte[]> names;
        try (Fd open = Fcntl.openat2(directory, new byte[] {'.'}, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0, HERE)) {
            names = Dirent.names(open, filesLeft + 1);
        } catch (ErrnoException e) {
            unreadable(at + "/", e);
            return;
        }
        for (byte[] name : names) {
            if (filesLeft == 0) {
                cut = true;
                return;
            }
            filesLeft--;
            String path = at + "/" + new String(name, StandardCharsets.UTF_8);
            try (Fd file = Fcntl.openat2(directory, name, Fcntl.O_PATH | Fcntl.O_NOFOLLOW, 0, HERE)) {
                one(directory, name, file, path, upper);
                if (SysStat.stat(file).type() == SysStat.S_IFDIR && depth < DEEPEST) {
                    walk(file, path, depth + 1, upper);
                } else if (SysStat.stat(file).type() == SysStat.S_IFDIR) {
                    cut = true;
                }
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EXDEV) { // another mount, which is looked at as one if it is the box's
                    unreadable(path, e);
                }
            }
        }
    }

    private void one(Fd directory, byte[] name, Fd file, String path, boolean upper) throws IOException {
        Stat stat = SysStat.stat(file);
        boolean regular = stat.type() == SysStat.S_IFREG;
        boolean elsewhere = regular && upper && isMarked(directory, name, "metacopy");
        String content = regular && !elsewhere ? copy(file, path) : "";
        json.beginObject()
                .put("path", path)
                .put("type", elsewhere ? "attributes" : type(stat, upper))
                .put("size", stat.size())
                .put("modified", stat.modified().toString());
        if (!content.isEmpty()) {
            json.put("file", content);
        }
        if (upper && stat.type() == SysStat.S_IFDIR && isMarked(directory, name, "opaque")) {
            json.put("replaces", true);
        }
        json.endObject();
    }

    private static String type(Stat stat, boolean upper) {
        return switch (stat.type()) {
            case SysStat.S_IFREG -> "file";
            case SysStat.S_IFDIR -> "directory";
            case SysStat.S_IFLNK -> "link";
            case SysStat.S_IFCHR -> upper && stat.device() == 0 ? "deleted" : "other"; // a whiteout
            default -> "other";
        };
    }

    /// Whether overlayfs has put such an attribute there. Only with its own marks: the program can put any user's
    /// there if they are the host root's.
    private boolean isMarked(Fd directory, byte[] name, String mark) throws ErrnoException {
        var path = new ByteArrayOutputStream();
        path.writeBytes(("/proc/self/fd/" + directory.number() + "/").getBytes(StandardCharsets.US_ASCII));
        path.writeBytes(name);
        return SysXattr.lgetxattr(path.toByteArray(), marks + mark, MARK_MAX).isPresent();
    }

    /// @return the file of the snapshot that has it
    private String copy(Fd file, String path) throws IOException {
        String copy = "files/" + ++number;
        try (Bundle.Sink sink = bundle.file(copy)) {
            try (FileChannel in =
                    FileChannel.open(Path.of("/proc/self/fd/" + file.number()), StandardOpenOption.READ)) {
                copy(in, sink);
            } catch (IOException e) {
                unreadable(path, e);
            }
        }
        return copy;
    }

    private void copy(FileChannel in, Bundle.Sink sink) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        while (in.read(buffer.clear()) > 0) {
            boolean more = buffer.flip().limit() > bytesLeft;
            if (more) {
                buffer.limit((int) bytesLeft);
                cut = true;
            }
            bytesLeft -= buffer.limit();
            sink.write(buffer);
            if (more) {
                return;
            }
        }
    }
}
