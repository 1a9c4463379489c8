package io.carafe.engine.pack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The files that something is packed from. Paths are absolute, without `.`, `..`, needless slashes, or links before
/// their last name; strings are [io.carafe.sandbox.plan.Utf8]. [Walk] makes such paths of others.
interface Tree {
    /// What is there, a link not followed; empty if nothing is.
    Optional<Node> node(String path) throws IOException;

    /// What a link says.
    String target(String link) throws IOException;

    /// The names in a directory, sorted by their bytes.
    List<String> names(String directory) throws IOException;

    Content open(String file) throws IOException;

    /// A file of the tree.
    ///
    /// @param mode   `st_mode` without the type
    /// @param size   of a file, in bytes
    /// @param source where it can be read
    record Node(Kind kind, int mode, int uid, int gid, long size, Path source) {
        boolean isExecutable() {
            return kind == Kind.FILE && (mode & 0111) != 0;
        }
    }

    enum Kind {
        FILE,
        DIRECTORY,
        LINK,
        /// A device, FIFO or socket.
        OTHER
    }
}
