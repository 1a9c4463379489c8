package io.carafe.engine.repro;

import io.carafe.engine.repro.FileState.Kind;
import io.carafe.engine.store.Digest;
import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads what is in a directory. No link is followed, and nothing is opened but regular files. Names may be any bytes.
public final class TreeReader {
    private static final int CHUNK = 1 << 20;
    private static final int DEPTH_MAX = 1000;
    private static final long ENTRIES_MAX = 2_000_000;

    private final SortedMap<String, FileState> files = new TreeMap<>();
    private final byte[] chunk = new byte[CHUNK];
    private final boolean upper;

    private TreeReader(boolean upper) {
        this.upper = upper;
    }

    /// A directory, or a single file.
    ///
    /// @throws IOException if it can't be read; what is said names the file
    public static Tree of(Path root) throws IOException {
        var reader = new TreeReader(false);
        reader.read(root, "/", DEPTH_MAX);
        return new Tree(reader.files);
    }

    /// What a box has written, as overlayfs keeps it: a whiteout is a file that is gone. A directory only counts if
    /// nothing is in it: else it is there for what is in it.
    public static Tree ofUpper(Path root) throws IOException {
        var reader = new TreeReader(true);
        reader.read(root, "/", DEPTH_MAX);
        return new Tree(reader.files);
    }

    /// A file without what is in it.
    public static FileState alone(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return new FileState(Kind.DIRECTORY, mode(path), "");
        }
        return of(path).files().getOrDefault("/", FileState.GONE);
    }

    private void read(Path path, String name, int depth) throws IOException {
        if (depth == 0 || files.size() >= ENTRIES_MAX) {
            throw new IOException(path + ": more than " + DEPTH_MAX + " directories in each other, or more than "
                    + ENTRIES_MAX + " files, aren't written down");
        }
        var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            directory(path, name, depth);
        } else if (attributes.isSymbolicLink()) {
            files.put(name, new FileState(Kind.LINK, 0, text(Files.readSymbolicLink(path))));
        } else if (attributes.isRegularFile()) {
            files.put(name, new FileState(Kind.FILE, mode(path), digest(path).toString()));
        } else {
            files.put(name, upper && isWhiteout(path) ? FileState.GONE : new FileState(Kind.OTHER, mode(path), ""));
        }
    }

    private void directory(Path path, String name, int depth) throws IOException {
        boolean empty = true;
        try (var entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                empty = false;
                Path last = entry.getFileName();
                read(entry, (name.equals("/") ? "" : name) + "/" + text(last), depth - 1);
            }
        }
        if (!upper || (empty && !name.equals("/"))) {
            files.put(name, new FileState(Kind.DIRECTORY, mode(path), ""));
        }
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    private static boolean isWhiteout(Path path) throws IOException {
        return Long.valueOf(0).equals(Files.getAttribute(path, "unix:rdev", LinkOption.NOFOLLOW_LINKS))
                && ((Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000) == 0020000;
    }

    private Digest digest(Path path) throws IOException {
        MessageDigest computation = Digest.Algorithm.SHA256.computation();
        var options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try (InputStream in = Channels.newInputStream(Files.newByteChannel(path, options))) {
            for (int length; (length = in.read(chunk)) > 0; ) {
                computation.update(chunk, 0, length);
            }
        }
        return Digest.of(Digest.Algorithm.SHA256, computation);
    }

    /// A path is bytes, and its text depends on the JVM's locale; its address has the bytes themselves.
    static String text(Path path) {
        String address = path.getFileSystem().getPath("/").resolve(path).toUri().getRawPath();
        boolean directory = address.endsWith("/") && address.length() > 1;
        String raw = directory ? address.substring(0, address.length() - 1) : address;
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) Integer.parseInt(raw, i + 1, i + 3, 16);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        String absolute = Utf8.decode(java.util.Arrays.copyOf(bytes, length));
        return path.isAbsolute() ? absolute : absolute.substring(1);
    }
}
