package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.layer.ByteString;
import io.carafe.engine.layer.Copied;
import io.carafe.engine.layer.Copying;
import io.carafe.engine.layer.FileChange;
import io.carafe.engine.layer.FileList;
import io.carafe.engine.layer.FileLookup;
import io.carafe.engine.layer.FileLookup.Found;
import io.carafe.engine.layer.FilePlace;
import io.carafe.engine.layer.Packing;
import io.carafe.engine.layer.TarWriter;
import io.carafe.engine.store.FileLock;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.planner.FileBox.Root;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The files of containers, as these see them. A container that runs may change them while they are copied,
/// and does what it can to lead elsewhere: all that touches them is a box without a program whose root is
/// the container's own.
public final class ContainerFiles {
    private final LivingContainers containers;
    private final ContainerPlaces places;
    private final Supplier<Host> host;

    ContainerFiles(LivingContainers containers, Supplier<Host> host) {
        this.containers = containers;
        this.places = new ContainerPlaces(containers, host);
        this.host = host;
    }

    /// A container's files.
    private final class Opened implements AutoCloseable {
        private final String name;
        private final Condition now;
        private final RunOptions options;
        private final List<FileLock> locks = new ArrayList<>();

        /// The layers that it is made of stay until this is closed.
        Opened(Condition now) throws IOException {
            this.now = now;
            name = now.container().name();
            options = containers.options(now.container());
            Spec.Store store = options.image().kept();
            try {
                for (String layer : store == null ? List.<String>of() : store.held()) {
                    locks.add(FileLock.sharedOfPresent(Path.of(layer), () -> true));
                }
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        FilePlace whole(boolean writes) {
            if (writes && options.readOnly() && !now.status().isLive()) {
                throw new EngineException.Conflict("container " + name + " is read-only; into its volumes files can be"
                        + " copied while it runs: carafe start " + name);
            }
            return places.whole(now, options, writes);
        }

        @Override
        public void close() {
            locks.forEach(FileLock::close);
        }
    }

    /// Writes all that is in its root to a tar file; what is mounted in it isn't.
    public void export(Condition now, OutputStream out) {
        try (var files = new Opened(now)) {
            pack(places.own(now, files.options), ByteString.EMPTY, "", out);
        } catch (IOException e) {
            throw new EngineException.Failed(
                    "export container " + now.container().name(), e);
        }
    }

    private void pack(FilePlace place, ByteString path, String named, OutputStream out) throws IOException {
        try (var tar = new TarWriter(new Unclosed(out))) {
            Packing.files(place, path, ByteString.of(named), tar, host.get());
        }
    }

    /// Writes some of its files to a tar file, with their owners.
    ///
    /// @param from its `image` is the container's name
    public void copy(Condition now, ImagePath from, OutputStream out) {
        try (var files = new Opened(now)) {
            FilePlace place = files.whole(false);
            Found found = found(place, from, "container " + from.image());
            pack(place, found.path(), ImageFiles.name(from, found), out);
        } catch (IOException e) {
            throw new EngineException.Failed("copy from container " + from.image(), e);
        }
    }

    /// Copies some of its files to a place of the caller's.
    ///
    /// @param words       of that place as the caller has them
    /// @param place       the same, absolute
    /// @param keepsOwners whether owners, set-user-id bits, attributes and devices are kept; else all is
    ///     the caller's
    /// @throws EngineException.Conflict if what is there is in the way, or only root could do it
    public Copied copy(Condition now, ImagePath from, String words, Path place, boolean keepsOwners) {
        ImageFiles.checkOwners(keepsOwners, host.get());
        try (var files = new Opened(now)) {
            FilePlace inside = files.whole(false);
            Found found = found(inside, from, "container " + from.image());
            CopyTarget to = CopyTarget.of(words, place, found.directory(), ImageFiles.name(from, found));
            return TarPipe.through(
                    out -> pack(inside, found.path(), to.name(), out),
                    in -> Copying.into(to.directory(), in, keepsOwners, host.get()));
        } catch (IOException e) {
            throw new EngineException.Failed("copy from container " + from.image() + " to " + words, e);
        }
    }

    private Found found(FilePlace place, ImagePath from, String whose) throws IOException {
        try {
            Found found = FileLookup.find(place, ByteString.of(from.path()), from.leadsOn(), host.get());
            if (!found.directory() && (from.path().endsWith("/") || from.isContent())) {
                throw new EngineException.Conflict(from.path() + " is no directory in " + whose);
            }
            return found;
        } catch (NoSuchFileException e) {
            throw new EngineException.Conflict("there is no " + from.path() + " in " + whose);
        }
    }

    /// Files of the caller's.
    ///
    /// @param words     as the caller has them
    /// @param directory is looked up once; what is copied is looked for in there
    /// @param path      in there: what is copied; its `image` isn't used
    public record Source(String words, Path directory, ImagePath path) {}

    /// Copies files of the caller's to a place in it, where they are root's, or their owners' with
    /// `keepsOwners`.
    ///
    /// @param path from the container's root
    public Copied copyInto(Condition now, String path, Source source, boolean keepsOwners) {
        try (var files = new Opened(now)) {
            var from = FilePlace.changing(new Root.Source(source.directory().toString(), keepsOwners), true);
            Found found = sourceFound(from, source);
            FilePlace place = files.whole(true);
            String name = ImageFiles.name(source.path(), found);
            ContainerTarget to = ContainerTarget.of(place, path, files.name, found.directory(), name, host.get());
            return TarPipe.through(
                    out -> pack(from, found.path(), to.name(), out),
                    in -> Copying.into(place, to.directory(), in, keepsOwners, host.get()));
        } catch (IOException e) {
            throw new EngineException.Failed(
                    "copy " + source.words() + " to container "
                            + now.container().name(),
                    e);
        }
    }

    private Found sourceFound(FilePlace from, Source source) throws IOException {
        try {
            ImagePath path = source.path();
            return FileLookup.find(from, ByteString.of(path.path()), path.leadsOn(), host.get());
        } catch (NoSuchFileException e) {
            throw new EngineException.Conflict("there is no " + source.words());
        }
    }

    /// Adds the files of a tar file to a directory in it, with the owners that it says.
    ///
    /// @param path from the container's root
    /// @param tar  compressed or not; it isn't closed
    public Copied copyInto(Condition now, String path, InputStream tar) {
        try (var files = new Opened(now)) {
            FilePlace place = files.whole(true);
            ByteString directory = ContainerTarget.directory(place, path, files.name, host.get());
            return Copying.into(place, directory, tar, true, host.get());
        } catch (IOException e) {
            throw new EngineException.Failed(
                    "copy a tar file to container " + now.container().name(), e);
        }
    }

    /// What it has changed of what it was made of; nothing that is mounted in it.
    public List<FileChange> diff(Condition now) {
        if (!places.hasChanges(now.container())) {
            return List.of();
        }
        try (var files = new Opened(now)) {
            List<Path> layers =
                    files.options.image().layers().stream().map(Path::of).toList();
            FileList below = list(tar -> Packing.names(layers, tar, host.get()));
            FilePlace upper = places.changes(now, files.options, false);
            FileList written = list(tar -> Packing.written(upper, Long.MAX_VALUE, tar, host.get()));
            return below.under(written, Packing.HOLDERS);
        } catch (IOException e) {
            throw new EngineException.Failed(
                    "compare container " + now.container().name(), e);
        }
    }

    /// A way to pack something.
    private interface Pack {
        void pack(TarWriter tar);
    }

    private static FileList list(Pack pack) throws IOException {
        return TarPipe.through(
                out -> {
                    try (var tar = new TarWriter(new Unclosed(out))) {
                        pack.pack(tar);
                    }
                },
                in -> FileList.of(in, false));
    }
}
