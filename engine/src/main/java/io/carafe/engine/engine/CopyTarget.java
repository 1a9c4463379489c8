package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Where copies go: by the rules of docker-cp(1).
///
/// @param directory that they are made in
/// @param name      in there; empty if the directory itself gets the content of another one
record CopyTarget(Path directory, String name) {
    /// Looks at what is there. What is done about it is safe if that changes meanwhile.
    ///
    /// @param words  as the caller has them, for errors and the slash at their end
    /// @param place  where that is, absolute
    /// @param source whether a directory is copied
    /// @param name   its own; empty if its content is meant
    static CopyTarget of(String words, Path place, boolean source, String name) throws IOException {
        if (Files.isDirectory(place)) {
            return new CopyTarget(place, name);
        }
        boolean slash = words.endsWith("/") || words.endsWith("/.");
        boolean link = Files.isSymbolicLink(place);
        boolean there = Files.exists(place, LinkOption.NOFOLLOW_LINKS);
        if (link && !Files.exists(place)) {
            throw new EngineException.Conflict(
                    words + " is a link that leads nowhere: remove it, or name another place");
        }
        if (there && (source || slash)) {
            throw new EngineException.Conflict(words + " is no directory, so no "
                    + (source ? "directory can be copied to it" : "file can be copied into it"));
        }
        if (slash && !source) {
            throw new EngineException.Conflict("there is no directory " + words + ": mkdir -p makes it");
        }
        Path file = link ? place.toRealPath() : place;
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new EngineException.Conflict("there is no directory " + directory + ": mkdir -p makes it");
        }
        return new CopyTarget(directory, String.valueOf(file.getFileName()));
    }
}
