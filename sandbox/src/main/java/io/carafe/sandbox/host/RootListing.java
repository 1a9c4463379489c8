package io.carafe.sandbox.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a directory is made of, for those who can't have it as a whole: to an ordinary user the kernel gives no
/// copy of a directory that something is mounted below, since what lies under a mount is not for him to see. So
/// it is put together of the parts that nothing is mounted in.
public final class RootListing {
    /// What carafe calls the parts of a root that it has put together itself: to a box in the box they are its
    /// root.
    public static final String SOURCE = "carafe-root";

    private static final int STICKY_FOR_ALL = 01002; // /tmp: what is in it comes and goes
    private static final int ENTRIES_MAX = 800; // each is up to five steps of the 4096 that a plan may have

    /// What becomes of a part.
    public enum Kind {
        /// A directory that holds other parts, or nothing.
        DIRECTORY,
        /// A directory that nothing is mounted in.
        TREE,
        /// A symbolic link.
        LINK,
        /// A regular file beside mounts.
        FILE
    }

    /// A file or directory of it.
    ///
    /// @param path   below the root, without a slash at its beginning; a parent comes before what is in it
    /// @param mode   permission bits, of directories
    /// @param target of a link
    public record Entry(Kind kind, String path, int mode, String target) {}

    private final Path root;
    private final Map<String, MountInfo> mounts = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();

    private RootListing(Path root, String mountinfo) {
        this.root = root;
        for (MountInfo mount : MountInfo.parse(mountinfo)) {
            mounts.put(mount.point(), mount); // the last one lies on top
        }
    }

    /// The parts of a directory; none if it can be had as a whole.
    ///
    /// @throws IOException if it can't be read, or has too many parts
    public static List<Entry> of(Path root) throws IOException {
        String mountinfo;
        try (var in = Files.newInputStream(Path.of("/proc/self/mountinfo"))) {
            mountinfo = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        return of(root.toRealPath(), mountinfo);
    }

    static List<Entry> of(Path root, String mountinfo) throws IOException {
        var listing = new RootListing(root, mountinfo);
        if (listing.holdsMounts(root)) {
            listing.list(root);
        }
        return listing.entries;
    }

    private boolean holdsMounts(Path directory) {
        String below = directory.toString().equals("/") ? "/" : directory + "/";
        return mounts.keySet().stream().anyMatch(point -> point.startsWith(below) && point.length() > below.length());
    }

    private void list(Path directory) throws IOException {
        var names = new ArrayList<Path>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(names::add);
        }
        names.sort(Comparator.naturalOrder());
        for (Path path : names) {
            if (entries.size() == ENTRIES_MAX) {
                throw new IOException(directory + " has too many files beside what is mounted in it; root can have "
                        + root + " as a whole, or take another directory with --rootfs");
            }
            try {
                add(path);
            } catch (NoSuchFileException e) {
                // it has just gone
            }
        }
    }

    private void add(Path path) throws IOException {
        var attributes = Files.readAttributes(
                path, "unix:mode,isDirectory,isRegularFile,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
        String name = root.relativize(path).toString();
        int mode = attributes.get("mode") instanceof Integer bits ? bits & 07777 : 0;
        if (is(attributes, "isSymbolicLink")) {
            entries.add(
                    new Entry(Kind.LINK, name, 0, Files.readSymbolicLink(path).toString()));
        } else if (is(attributes, "isRegularFile")) {
            entries.add(new Entry(Kind.FILE, name, 0, ""));
        } else if (is(attributes, "isDirectory")) {
            directory(path, name, mode);
        } // no device opens in the box, and a socket or FIFO leads to somebody outside
    }

    private void directory(Path path, String name, int mode) throws IOException {
        MountInfo mount = mounts.get(path.toString());
        boolean other = mount != null && !mount.source().equals(SOURCE);
        boolean ours = Files.isReadable(path) && Files.isExecutable(path);
        boolean shared = (mode & STICKY_FOR_ALL) == STICKY_FOR_ALL && holdsMounts(path);
        if (other || !ours || shared || isEmpty(path)) {
            entries.add(new Entry(Kind.DIRECTORY, name, mode, ""));
        } else if (holdsMounts(path)) {
            entries.add(new Entry(Kind.DIRECTORY, name, mode, ""));
            list(path);
        } else {
            entries.add(new Entry(Kind.TREE, name, mode, ""));
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            return !stream.iterator().hasNext();
        }
    }

    private static boolean is(Map<String, Object> attributes, String what) {
        return Boolean.TRUE.equals(attributes.get(what));
    }
}
