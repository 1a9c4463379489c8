package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.layer.ByteString;
import io.carafe.engine.layer.FileLookup;
import io.carafe.engine.layer.FileLookup.Found;
import io.carafe.engine.layer.FilePlace;
import io.carafe.sandbox.host.Host;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/// Where in a container copies go: by the rules of docker-cp(1), as [CopyTarget] has them for the host.
///
/// @param directory that they are made in, without links
/// @param name      in there; empty if the directory itself gets the content of another one
record ContainerTarget(ByteString directory, String name) {
    /// Looks at what is there. What is done about it is safe if that changes meanwhile.
    ///
    /// @param path      from the container's root
    /// @param container its name, for errors
    /// @param source    whether a directory is copied
    /// @param name      its own; empty if its content is meant
    static ContainerTarget of(FilePlace place, String path, String container, boolean source, String name, Host host)
            throws IOException {
        boolean slash = path.endsWith("/") || path.endsWith("/.");
        Found found;
        try {
            found = FileLookup.find(place, ByteString.of(path), true, host);
        } catch (NoSuchFileException e) {
            if (slash && !source) {
                throw new EngineException.Conflict("there is no directory " + path + " in container " + container);
            }
            return under(place, path, container, host);
        }
        if (found.directory()) {
            return new ContainerTarget(found.path(), name);
        }
        if (source || slash) {
            throw new EngineException.Conflict(path + " is no directory in container " + container + ", so no "
                    + (source ? "directory can be copied to it" : "file can be copied into it"));
        }
        return new ContainerTarget(found.parent(), found.name().toString());
    }

    /// What isn't there gets the name that was given, in a directory that is.
    private static ContainerTarget under(FilePlace place, String path, String container, Host host) throws IOException {
        String last = new ImagePath(container, path, false, null).last();
        String rest = path.substring(0, path.lastIndexOf(last));
        if (last.isEmpty() || last.equals("..")) {
            throw new EngineException.Conflict("there is no " + path + " in container " + container);
        }
        try {
            Found parent = FileLookup.find(place, ByteString.of(rest), true, host);
            if (!parent.directory()) {
                throw new EngineException.Conflict(rest + " is no directory in container " + container);
            }
            return new ContainerTarget(parent.path(), last);
        } catch (NoSuchFileException e) {
            throw new EngineException.Conflict("there is no directory " + rest + " in container " + container
                    + "; carafe exec " + container + " mkdir -p " + rest + " makes it");
        }
    }

    /// A directory that is there.
    static ByteString directory(FilePlace place, String path, String container, Host host) throws IOException {
        try {
            Found found = FileLookup.find(place, ByteString.of(path), true, host);
            if (found.directory()) {
                return found.path();
            }
        } catch (NoSuchFileException e) {
            // as below
        }
        throw new EngineException.Conflict(
                path + " is no directory in container " + container + ": the files of a tar file need one");
    }
}
