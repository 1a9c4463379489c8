package io.carafe.engine.engine;

import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads files of a box before it runs. They are hostile data (docs/attacks.md 11, 12, 22): links lead nowhere but
/// below the box's root, only regular files are opened, and no more than a bounded amount is read.
///
/// Somebody who changes the tree while we walk can still lead us to another file. What we read decides nothing outside
/// that same box: its ids and its home directory.
final class BoxFiles {
    static final int SIZE_MAX = 1 << 20;
    private static final int LINE_MAX = 64 << 10;
    private static final String OPAQUE = "overlay.opaque"; // in `user.`, as in all that Java reads
    private static final int LINKS_MAX = 40; // as the kernel's MAXSYMLINKS

    private final List<Path> layers;

    BoxFiles(Path root) {
        this(List.of(root));
    }

    /// @param layers directories that lie over each other as overlayfs lays them, the upper one first. Its whiteouts
    ///     hide what is below, and so do its opaque directories, if they have the mark that a user namespace's
    ///     overlays know: the other one Java can't read
    BoxFiles(List<Path> layers) {
        this.layers = List.copyOf(layers);
    }

    /// The lines of a small text file; none if it isn't there.
    ///
    /// @throws IOException if it is there but can't be read, or is nothing that we want to read
    List<String> lines(String path) throws IOException {
        Path file;
        try {
            file = resolve(path);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        for (String line : Utf8.decode(read(file, path)).split("\n")) {
            if (line.length() > LINE_MAX) {
                throw new IOException(path + " has a line of more than " + LINE_MAX + " characters");
            }
            lines.add(line);
        }
        return lines;
    }

    /// Where a path of the box is on the host. The last component is no link.
    Path resolve(String path) throws IOException {
        var rest = new ArrayDeque<String>(List.of(path.split("/")));
        var done = new ArrayList<String>();
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                if (!done.isEmpty()) {
                    done.removeLast();
                }
                continue;
            }
            done.add(name);
            Path here = below(done);
            if (!attributes(here).isSymbolicLink()) {
                continue;
            }
            if (++links > LINKS_MAX) {
                throw new IOException("too many links on the way to " + path);
            }
            String target = Files.readSymbolicLink(here).toString();
            done.removeLast();
            if (target.startsWith("/")) {
                done.clear();
            }
            String[] names = target.split("/");
            for (int i = names.length - 1; i >= 0; i--) {
                rest.push(names[i]);
            }
        }
        return below(done);
    }

    /// In the uppermost layer that has it, or hides it.
    private Path below(List<String> names) throws IOException {
        String path = String.join("/", names);
        if (layers.size() == 1) {
            return layers.getFirst().resolve(path);
        }
        for (Path layer : layers) {
            Path here = find(layer, names, path);
            if (here != null) {
                return here;
            }
        }
        throw new NoSuchFileException(path);
    }

    /// Null if a lower layer may have it. There are many layers, and most have nothing of what is looked
    /// for: a directory on the way costs one look.
    private static @Nullable Path find(Path layer, List<String> names, String path) throws IOException {
        Path here = layer;
        for (int i = 0; i < names.size(); i++) {
            here = here.resolve(names.get(i));
            boolean last = i == names.size() - 1;
            if (!last && Files.isDirectory(here, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            if (Files.exists(here, LinkOption.NOFOLLOW_LINKS)) {
                if (last && !isWhiteout(here)) {
                    return here;
                }
                throw new NoSuchFileException(path);
            }
            if (i > 0 && isBelowOpaque(layer, names.subList(0, i))) {
                throw new NoSuchFileException(path);
            }
            return null;
        }
        return Files.isDirectory(layer) ? layer : null;
    }

    /// A character device of number 0:0.
    private static boolean isWhiteout(Path path) throws IOException {
        return attributes(path).isOther()
                && Long.valueOf(0).equals(Files.getAttribute(path, "unix:rdev", LinkOption.NOFOLLOW_LINKS))
                && ((Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000) == 0020000;
    }

    /// Whether one of the directories on the way hides all that lower layers have in it.
    private static boolean isBelowOpaque(Path layer, List<String> names) throws IOException {
        Path here = layer;
        for (String name : names) {
            here = here.resolve(name);
            var marks = Files.getFileAttributeView(here, UserDefinedFileAttributeView.class);
            if (marks != null && marks.list().contains(OPAQUE)) {
                return true;
            }
        }
        return false;
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static byte[] read(Path file, String name) throws IOException {
        var attributes = attributes(file);
        if (!attributes.isRegularFile()) { // opening a FIFO would wait for ever (CVE-2024-9676)
            throw new IOException(name + " is not a regular file");
        }
        if (attributes.size() > SIZE_MAX) {
            throw new IOException(name + " is larger than " + SIZE_MAX + " bytes");
        }
        var options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try (var in = Channels.newInputStream(Files.newByteChannel(file, options))) {
            byte[] bytes = in.readNBytes(SIZE_MAX + 1);
            if (bytes.length > SIZE_MAX) {
                throw new IOException(name + " is larger than " + SIZE_MAX + " bytes");
            }
            return bytes;
        }
    }
}
