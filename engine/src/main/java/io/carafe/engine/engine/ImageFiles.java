package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Entry;
import io.carafe.engine.image.Image;
import io.carafe.engine.image.ImageLayer;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Unpacking;
import io.carafe.engine.layer.ByteString;
import io.carafe.engine.layer.Copied;
import io.carafe.engine.layer.Copying;
import io.carafe.engine.layer.FileChange;
import io.carafe.engine.layer.FileList;
import io.carafe.engine.layer.FileLookup;
import io.carafe.engine.layer.FileLookup.Found;
import io.carafe.engine.layer.Layer;
import io.carafe.engine.layer.Layers;
import io.carafe.engine.layer.Packing;
import io.carafe.engine.layer.TarWriter;
import io.carafe.engine.store.FileLock;
import io.carafe.sandbox.host.Host;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The files of images, as their containers see them.
public final class ImageFiles {
    private final Images images;
    private final Layers layers;
    private final Supplier<Host> host;

    ImageFiles(Images images, Layers layers, Supplier<Host> host) {
        this.images = images;
        this.layers = layers;
        this.host = host;
    }

    /// Unpacked layers, the topmost first, that nobody removes until this is closed.
    private record Held(List<Path> directories, List<FileLock> locks) implements AutoCloseable {
        @Override
        public void close() {
            locks.forEach(FileLock::close);
        }
    }

    private Held held(List<ImageLayer> wanted) throws IOException {
        var held = new Held(new ArrayList<>(), new ArrayList<>());
        try {
            for (ImageLayer layer : wanted.reversed()) {
                Layer unpacked = layers.find(layer.diffId())
                        .orElseThrow(() -> new EngineException.NotFound("layer", String.valueOf(layer.diffId())));
                if (!held.directories.contains(unpacked.files())) { // what lies there twice is all in the upper one
                    held.locks.add(FileLock.sharedOfPresent(unpacked.directory(), () -> true));
                    held.directories.add(unpacked.files());
                }
            }
            return held;
        } catch (IOException | EngineException e) {
            held.close();
            throw e;
        }
    }

    private Image unpacked(String name, @Nullable Platform platform) {
        Entry entry = images.find(name);
        Image image = images.image(entry, platform);
        Unpacking.unpack(image, images.blobs(), layers);
        return image;
    }

    /// Writes them to a tar file.
    ///
    /// @param platform null for the machine's own
    public void export(String name, @Nullable Platform platform, OutputStream out) {
        try {
            export(unpacked(name, platform).layers(), out);
        } catch (IOException e) {
            throw new EngineException.Failed("export " + name, e);
        }
    }

    private void export(List<ImageLayer> some, OutputStream out) throws IOException {
        try (Held held = held(some)) {
            pack(held, ByteString.EMPTY, "", out);
        }
    }

    private void pack(Held held, ByteString path, String named, OutputStream out) throws IOException {
        try (var tar = new TarWriter(new Unclosed(out))) {
            Packing.files(held.directories(), path, ByteString.of(named), Long.MAX_VALUE, tar, host.get());
        }
    }

    /// Writes some of them to a tar file, with their owners.
    public void copy(ImagePath from, OutputStream out) {
        try (Held held = held(unpacked(from.image(), from.platform()).layers())) {
            Found found = found(from, held);
            pack(held, found.path(), name(from, found), out);
        } catch (IOException e) {
            throw new EngineException.Failed("copy from " + from.image(), e);
        }
    }

    /// Copies some of them to a place of the caller's.
    ///
    /// @param words       of that place as the caller has them
    /// @param place       the same, absolute
    /// @param keepsOwners whether owners, set-user-id bits, attributes and devices are kept; else all is
    ///                    the caller's
    /// @throws EngineException.Conflict if what is there is in the way, or only root could do it
    public Copied copy(ImagePath from, String words, Path place, boolean keepsOwners) {
        checkOwners(keepsOwners, host.get());
        try (Held held = held(unpacked(from.image(), from.platform()).layers())) {
            Found found = found(from, held);
            CopyTarget to = CopyTarget.of(words, place, found.directory(), name(from, found));
            return TarPipe.through(
                    out -> pack(held, found.path(), to.name(), out),
                    in -> Copying.into(to.directory(), in, keepsOwners, host.get()));
        } catch (IOException e) {
            throw new EngineException.Failed("copy from " + from.image() + " to " + words, e);
        }
    }

    static void checkOwners(boolean keepsOwners, Host host) {
        if (keepsOwners && !host.isPrivileged()) {
            throw new EngineException.Conflict("only root can give files to their owners (--archive); without it all"
                    + " that is copied belongs to you");
        }
    }

    private Found found(ImagePath from, Held held) throws IOException {
        if (held.directories().isEmpty()) {
            throw new EngineException.Conflict(from.image() + " has no files");
        }
        try {
            Found found = FileLookup.find(held.directories(), ByteString.of(from.path()), from.leadsOn(), host.get());
            if (!found.directory() && (from.path().endsWith("/") || from.isContent())) {
                throw new EngineException.Conflict(from.path() + " is no directory in " + from.image());
            }
            return found;
        } catch (NoSuchFileException e) {
            throw new EngineException.Conflict("there is no " + from.path() + " in " + from.image());
        }
    }

    /// Empty if it is the content that is meant.
    static String name(ImagePath from, Found found) {
        boolean up = from.last().equals("..");
        String real = found.path().toString();
        return from.isContent() ? "" : up ? real.substring(real.lastIndexOf('/') + 1) : from.last();
    }

    /// What an image's topmost layer has changed of what it stands on.
    public List<FileChange> diff(String name) {
        try {
            List<ImageLayer> all = unpacked(name, null).layers();
            if (all.isEmpty()) {
                return List.of();
            }
            try (Held top = held(all.subList(all.size() - 1, all.size()))) {
                return below(all.subList(0, all.size() - 1))
                        .under(packed(Packing::changes, top.directories().getFirst()));
            }
        } catch (IOException e) {
            throw new EngineException.Failed("compare " + name, e);
        }
    }

    /// What makes one image of another one: files with another content, owner, mode or kind, not with
    /// another time.
    public List<FileChange> diff(String before, String after) {
        try {
            return list(unpacked(before, null).layers())
                    .to(list(unpacked(after, null).layers()));
        } catch (IOException e) {
            throw new EngineException.Failed("compare " + before + " with " + after, e);
        }
    }

    /// What a box of an image has changed.
    ///
    /// @param directory that `run --upper` has kept
    public List<FileChange> diff(String from, Path directory) {
        Path upper = directory.resolve("upper");
        if (!Files.isDirectory(upper)) {
            throw new EngineException.Conflict(directory + " has no directory upper: it is not what run --upper keeps");
        }
        try {
            return below(unpacked(from, null).layers()).under(packed(Packing::written, upper), Packing.HOLDERS);
        } catch (IOException e) {
            throw new EngineException.Failed("compare " + directory + " with " + from, e);
        }
    }

    private FileList below(List<ImageLayer> some) throws IOException {
        if (some.isEmpty()) {
            return FileList.NONE;
        }
        return TarPipe.through(
                out -> {
                    try (Held held = held(some);
                            var tar = new TarWriter(new Unclosed(out))) {
                        Packing.names(held.directories(), tar, host.get());
                    }
                },
                in -> FileList.of(in, false));
    }

    private FileList list(List<ImageLayer> some) throws IOException {
        return TarPipe.through(out -> export(some, out), in -> FileList.of(in, true));
    }

    /// A way to pack a directory.
    private interface Pack {
        void pack(Path directory, long latest, TarWriter tar, Host host);
    }

    private FileList packed(Pack pack, Path directory) throws IOException {
        return TarPipe.through(
                out -> {
                    try (var tar = new TarWriter(new Unclosed(out))) {
                        pack.pack(directory, Long.MAX_VALUE, tar, host.get());
                    }
                },
                in -> FileList.of(in, false));
    }
}
