package io.carafe.sandbox.forensic;

import io.carafe.sandbox.forensic.Forensics.Bounds;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysSyscall;
import io.carafe.sandbox.linux.SysSyscall.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The files that a box has written: everything on the file systems in memory that it can write to,
/// which are its own and begin empty. Each goes into a file of the snapshot that has a number for a
/// name; `files.json` says which is which. No link is followed, and nothing but a regular file is
/// opened.
final class Changes {
    private static final int DEEPEST = 64;
    private static final Set<String> KERNELS = Set.of("/dev", "/dev/shm", "/proc", "/sys");
    private static final int CHUNK = 1 << 20;

    private static final int AT_FDCWD = -100;
    private static final int DIRECTORY = Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_CLOEXEC;
    private static final long RESOLVE = 0x10 | 0x4 | 0x2; // IN_ROOT, NO_SYMLINKS, NO_MAGICLINKS

    /// `struct open_how`
    private static final byte[] HOW = ByteBuffer.allocate(24)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(DIRECTORY)
            .putLong(0)
            .putLong(RESOLVE)
            .array();

    private final Set<String> mounts = new HashSet<>();
    private final Bundle bundle;
    private final JsonWriter json = new JsonWriter().beginList();
    private long bytesLeft;
    private int filesLeft;
    private int number;
    private boolean cut;

    Changes(Bundle bundle, Bounds bounds) {
        this.bundle = bundle;
        this.bytesLeft = bounds.files();
        this.filesLeft = bounds.fileCount();
    }

    /// @param proc a process of the box, whose mounts are the box's
    void write(ProcFiles proc) throws IOException {
        bundle.directory("files");
        String mountinfo = proc.text("mountinfo");
        mountinfo.lines().map(Changes::point).forEach(mounts::add);
        for (String place : places(mountinfo)) {
            try (Fd root = SysSyscall.descriptor(
                            Call.OPENAT, AT_FDCWD, proc.path("root").toString(), DIRECTORY, 0);
                    Fd top = SysSyscall.descriptor(Call.OPENAT2, root.number(), place, HOW, HOW.length);
                    DirectoryStream<Path> entries =
                            Files.newDirectoryStream(Path.of("/proc/self/fd/" + top.number()))) {
                if (entries instanceof SecureDirectoryStream<Path> secure) {
                    walk(secure, place.equals("/") ? "" : place, 0);
                }
            } catch (IOException e) {
                bundle.note("the files at " + place + " can't be read: " + e.getMessage());
            }
        }
        bundle.json("files.json", json.endList());
        if (cut) {
            bundle.note("some of the files that the box has written are left out, or cut off");
        }
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

    private static String point(String line) {
        String[] words = line.split(" ");
        return words.length < 5 ? "" : unescaped(words[4]);
    }

    private static String unescaped(String path) {
        return path.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private void walk(SecureDirectoryStream<Path> directory, String at, int depth) throws IOException {
        try {
            for (Path entry : directory) {
                Path name = entry.getFileName();
                if (filesLeft-- <= 0) {
                    cut = true;
                    return;
                }
                one(directory, name, at + "/" + name, depth);
            }
        } catch (DirectoryIteratorException e) {
            bundle.note(at + " can't be read: " + e.getMessage());
        }
    }

    private void one(SecureDirectoryStream<Path> directory, Path name, String path, int depth) throws IOException {
        try {
            BasicFileAttributes attributes = directory
                    .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            json.beginObject()
                    .put("path", path)
                    .put("type", type(attributes))
                    .put("size", attributes.size())
                    .put("modified", attributes.lastModifiedTime().toString());
            if (attributes.isRegularFile()) {
                json.put("file", copy(directory, name));
            }
            json.endObject();
            if (attributes.isDirectory() && depth < DEEPEST && !mounts.contains(path)) {
                try (SecureDirectoryStream<Path> below =
                        directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    walk(below, path, depth + 1);
                }
            }
        } catch (IOException e) {
            bundle.note(path + " can't be read: " + e.getMessage());
        }
    }

    private static String type(BasicFileAttributes attributes) {
        return attributes.isRegularFile()
                ? "file"
                : attributes.isDirectory() ? "directory" : attributes.isSymbolicLink() ? "link" : "other";
    }

    private String copy(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        String file = "files/" + ++number;
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        try (Bundle.Sink sink = bundle.file(file);
                SeekableByteChannel in =
                        directory.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (in.read(buffer.clear()) > 0) {
                if (buffer.flip().limit() > bytesLeft) {
                    buffer.limit((int) bytesLeft);
                    cut = true;
                }
                bytesLeft -= buffer.limit();
                sink.write(buffer);
                if (cut) {
                    break;
                }
            }
        }
        return file;
    }
}
