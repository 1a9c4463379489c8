package io.carafe.sandbox;

import java.nio.file.Path;
import java.util.List;

/// What a box has as its `/`.
///
/// @param directory   an absolute path of the host
/// @param copyOnWrite what the box writes is kept in memory and gone at the end; the directory isn't changed.
///     Without it the box works in the directory itself
/// @param readOnly    the box can't write to it at all
/// @param lower       directories that show where those above them have nothing, the upper one first
/// @param changes     keeps what the box writes, instead of memory; empty for none
public record Root(Path directory, boolean copyOnWrite, boolean readOnly, List<Path> lower, Path changes) {

    private static final Path NOWHERE = Path.of("");

    /// See the other ways to make one.
    ///
    /// @throws IllegalArgumentException if a directory isn't absolute
    public Root {
        lower = List.copyOf(lower);
        absolute(directory);
        lower.forEach(Root::absolute);
        if (!isEmpty(changes)) {
            absolute(changes);
        }
    }

    /// One of a single directory, which keeps no changes elsewhere.
    public Root(Path directory, boolean copyOnWrite, boolean readOnly) {
        this(directory, copyOnWrite, readOnly, List.of(), NOWHERE);
    }

    boolean keepsChanges() {
        return !isEmpty(changes);
    }

    private static boolean isEmpty(Path path) {
        return path.toString().isEmpty();
    }

    private static void absolute(Path path) {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: " + path);
        }
    }

    /// A copy-on-write view of this machine's own root file system, with all its programs. Other file systems
    /// mounted in it are left out. Mind that the box's user can read there what such a user can read on the host.
    public static Root host() {
        return copyOnWrite(Path.of("/"));
    }

    /// A copy-on-write view of a directory that holds a root file system.
    public static Root copyOnWrite(Path directory) {
        return new Root(directory, true, false);
    }

    /// A copy-on-write view of several directories that lie over each other, as the layers of an image do.
    ///
    /// @param layers the upper one first; at most 500. A whiteout of overlayfs in one hides what is below
    /// @throws IllegalArgumentException if there is none
    public static Root layers(List<Path> layers) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("no layer");
        }
        return new Root(layers.getFirst(), true, false, layers.subList(1, layers.size()), NOWHERE);
    }

    /// A directory in which the box works: what it writes stays.
    public static Root inPlace(Path directory) {
        return new Root(directory, false, false);
    }

    /// The same, but the box can't write to it.
    public Root withoutWriting() {
        return new Root(directory, copyOnWrite, true, lower, changes);
    }

    /// The same, but what the box writes is kept, and is there again in the next box with the same directories.
    /// One box at a time: another one fails to start meanwhile.
    ///
    /// @param directory is there already, on a file system that overlayfs can write to: no NFS, no overlay.
    ///     `upper` in it holds the changes, `work` is overlayfs's own
    /// @throws IllegalArgumentException if the root isn't copy-on-write, or the directory not absolute
    public Root keeping(Path directory) {
        if (!copyOnWrite) {
            throw new IllegalArgumentException("the box works in " + this.directory + " itself: nothing else is kept");
        }
        return new Root(this.directory, true, readOnly, lower, directory);
    }
}
