package io.carafe.sandbox;

import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What could be copied out of a [Workspace].
///
/// @param files in the order in which they were asked for; those of a directory in no order
/// @param notes what was asked for, or found in a directory, and not copied: `a/link: a symbolic link, not
///     followed`
public record Fetched(List<FetchedFile> files, List<String> notes) {
    static final Fetched NOTHING = new Fetched(List.of(), List.of());

    public Fetched {
        files = List.copyOf(files);
        notes = List.copyOf(notes);
    }

    /// Writes files below a directory of the host, by the names that they had. What is there by the same
    /// name is written over, but no link is followed: whatever the names are, nothing is written elsewhere.
    ///
    /// @param directory is there already
    /// @throws IOException if one can't be written; those before it are there
    public static void write(List<FetchedFile> files, Path directory) throws IOException {
        try (Fd root = Fcntl.open(directory, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
            var placing = new Placing(root, Fcntl.O_CREAT | Fcntl.O_TRUNC, false, 0, 0);
            for (FetchedFile file : files) {
                placing.put(file.name(), file.mode(), Content.of(file.content()));
            }
        }
    }
}
