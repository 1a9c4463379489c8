package io.carafe.sandbox;

import java.nio.file.Path;

/// What a box has as its `/`.
///
/// @param directory   an absolute path of the host
/// @param copyOnWrite what the box writes is kept in memory and gone at the end; the directory isn't changed.
///     Without it the box works in the directory itself
/// @param readOnly    the box can't write to it at all
public record Root(Path directory, boolean copyOnWrite, boolean readOnly) {

    /// See the other ways to make one.
    ///
    /// @throws IllegalArgumentException if the directory isn't absolute
    public Root {
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: " + directory);
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

    /// A directory in which the box works: what it writes stays.
    public static Root inPlace(Path directory) {
        return new Root(directory, false, false);
    }

    /// The same, but the box can't write to it.
    public Root withoutWriting() {
        return new Root(directory, copyOnWrite, true);
    }
}
