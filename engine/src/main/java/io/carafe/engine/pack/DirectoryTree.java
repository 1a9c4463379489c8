package io.carafe.engine.pack;

import io.carafe.sandbox.plan.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The tree below a directory; the machine's own is below `/`.
///
/// A name is bytes, which [Path] keeps but neither shows nor takes as a string: for those that aren't UTF-8 we go the
/// way over its URI, where each byte has a spelling.
final class DirectoryTree implements Tree {
    private static final char REPLACEMENT = '\ufffd';

    private final Path root;

    DirectoryTree(Path root) {
        this.root = root;
    }

    /// Where a path of the tree is on this machine.
    Path path(String path) {
        return root.equals(root.getRoot()) ? of(path) : of(root + path);
    }

    @Override
    public Optional<Node> node(String path) throws IOException {
        Path file = path(path);
        Map<String, Object> stat;
        try {
            stat = Files.readAttributes(file, "unix:mode,uid,gid,size", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
        int mode = (int) number(stat, "mode");
        Kind kind = switch (mode & 0170000) { // S_IFMT, inode(7)
            case 0100000 -> Kind.FILE;
            case 0040000 -> Kind.DIRECTORY;
            case 0120000 -> Kind.LINK;
            default -> Kind.OTHER;
        };
        int uid = (int) number(stat, "uid");
        int gid = (int) number(stat, "gid");
        return Optional.of(new Node(kind, mode & 07777, uid, gid, number(stat, "size"), file));
    }

    private static long number(Map<String, Object> stat, String name) {
        return ((Number) Objects.requireNonNull(stat.get(name), name)).longValue();
    }

    @Override
    public String target(String link) throws IOException {
        return string(Files.readSymbolicLink(path(link)));
    }

    @Override
    public List<String> names(String directory) throws IOException {
        var names = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(path(directory))) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.indexOf(REPLACEMENT) >= 0) {
                    String full = string(file);
                    name = full.substring(full.lastIndexOf('/') + 1);
                }
                names.add(name);
            }
        }
        names.sort(BYTES);
        return names;
    }

    @Override
    public Content open(String file) throws IOException {
        // a FIFO would hold us until somebody writes
        Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        if (node(file).filter(it -> it.kind() == Kind.FILE).isEmpty()) {
            throw new IOException(file + " is not a regular file");
        }
        return new Content(Files.newByteChannel(path(file), options));
    }

    /// The order of names that no locale changes.
    static final Comparator<String> BYTES =
            (one, other) -> java.util.Arrays.compareUnsigned(Utf8.encode(one), Utf8.encode(other));

    private static Path of(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) >= '\udc80'
                    && path.charAt(i) <= '\udcff'
                    && !Character.isHighSurrogate(path.charAt(i - 1))) {
                return ofBytes(Utf8.encode(path));
            }
        }
        return Path.of(path);
    }

    private static Path ofBytes(byte[] path) {
        var uri = new StringBuilder("file://");
        for (byte b : path) {
            if (b == '/') {
                uri.append('/');
            } else {
                uri.append('%').append("%02x".formatted(b & 0xff));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    /// A path as [Utf8] has it.
    static String string(Path path) {
        String shown = path.toString();
        if (shown.indexOf(REPLACEMENT) < 0) {
            return shown;
        }
        Path name = path.isAbsolute() ? path : Path.of("/").resolve(path); // a URI is absolute
        String raw = name.toUri().getRawPath();
        var bytes = new ByteArrayOutputStream();
        byte[] spelled = raw.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < spelled.length; i++) {
            if (spelled[i] == '%') {
                bytes.write(Integer.parseInt(raw.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(spelled[i]);
            }
        }
        String all = Utf8.decode(bytes.toByteArray());
        String plain = all.length() > 1 && all.endsWith("/") ? all.substring(0, all.length() - 1) : all; // a directory
        return path.isAbsolute() ? plain : plain.substring(1);
    }
}
