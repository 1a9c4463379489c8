package io.carafe.engine.image;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.Digest;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Content by its digest, in the directory of an OCI image layout (image-layout.md). What is in `blobs/` is whole and
/// was checked; what is on its way lies in `incoming/`.
///
/// Whoever adds holds a [io.carafe.engine.store.Lease], or what he adds may be taken for rubbish.
public final class Blobs {
    private final Path layout;

    /// Those of a layout.
    ///
    /// @param layout the directory of the image layout; it needn't be there yet
    public Blobs(Path layout) {
        this.layout = layout;
    }

    /// The file that has a content.
    public Optional<Path> find(Digest digest) {
        Path file = path(digest);
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(file) : Optional.empty();
    }

    /// A small content, checked against its digest again.
    ///
    /// @param most bytes
    /// @throws NoSuchFileException if it isn't there
    /// @throws IOException if it can't be read, is larger, or isn't what its digest says
    public byte[] bytes(Digest digest, int most) throws IOException {
        byte[] bytes;
        try (InputStream in = read(digest)) {
            bytes = in.readNBytes(most + 1);
        }
        if (bytes.length > most) {
            throw new IOException("blob " + digest + " is larger than " + most + " bytes");
        }
        var computation = digest.algorithm().computation();
        computation.update(bytes);
        if (!Digest.of(digest.algorithm(), computation).equals(digest)) {
            throw new IOException("blob " + digest + " is damaged; remove " + path(digest) + " and pull it again");
        }
        return bytes;
    }

    /// A content as it is on the disk. It was checked when it came.
    ///
    /// @throws NoSuchFileException if it isn't there
    public InputStream read(Digest digest) throws IOException {
        return Files.newInputStream(path(digest), LinkOption.NOFOLLOW_LINKS);
    }

    /// Bytes; of what isn't there 0.
    public long size(Digest digest) {
        try {
            return Files.size(path(digest));
        } catch (IOException e) {
            return 0;
        }
    }

    /// Keeps a content that we have made ourselves.
    ///
    /// @return what it is called now
    public Digest add(byte[] content) throws IOException {
        Digest digest = Digest.ofContent(content);
        try (Incoming incoming = incoming(new Descriptor("", digest, content.length), () -> true)) {
            if (!incoming.isWhole()) {
                incoming.restart(); // cheaper than to look what a killed one has left
                incoming.write(content, 0, content.length);
                incoming.commit();
            }
        }
        return digest;
    }

    /// Keeps a content of which nobody has said what it is called.
    ///
    /// @param size   bytes, all of which are read
    /// @param wanted says whether somebody still waits
    public Descriptor keep(InputStream content, long size, BooleanSupplier wanted) throws IOException {
        Path part = unnamed();
        try (FileLock lock = FileLock.exclusive(part, wanted)) {
            try (FileChannel file = lock.channel()) {
                Digest digest = Unnamed.copy(content, size, file, wanted);
                name(part, digest);
                return new Descriptor("", digest, size);
            } finally {
                Files.deleteIfExists(part);
            }
        }
    }

    /// The way in for a layer that is being made.
    ///
    /// @param wanted says whether somebody still waits
    public NewLayer layer(LayerCompression compression, BooleanSupplier wanted) throws IOException {
        Path part = unnamed();
        return new NewLayer(this, compression, part, FileLock.exclusive(part, wanted));
    }

    /// Makes a blob of a part whose digest is known now.
    void name(Path part, Digest digest) throws IOException {
        if (find(digest).isEmpty()) {
            try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            Files.createDirectories(path(digest).resolveSibling("."));
            WholeFile.rename(part, path(digest));
        }
    }

    private Path unnamed() throws IOException {
        return Files.createDirectories(incoming()).resolve("unnamed-" + serial() + ".part");
    }

    /// A number that no other one has who adds at the same time, in this process or another one.
    private static String serial() {
        return ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + "-"
                + Thread.currentThread().threadId();
    }

    /// The way in for a content. Only one process or thread has it at a time; who comes second waits, and finds it
    /// whole then, or goes on where the first was killed.
    ///
    /// @param content its digest and its size
    /// @param wanted  says whether somebody still waits
    /// @throws java.io.InterruptedIOException if nobody does
    public Incoming incoming(Descriptor content, BooleanSupplier wanted) throws IOException {
        Path part = Files.createDirectories(incoming()).resolve(name(content.digest()));
        while (find(content.digest()).isEmpty()) {
            FileLock lock = FileLock.exclusive(part, wanted);
            if (lock.isOf(part)) {
                return Incoming.of(content, lock, part, path(content.digest()));
            }
            lock.close(); // whoever had it has finished it, or has given it up
        }
        return Incoming.whole(content, path(content.digest()));
    }

    /// All that is there.
    ///
    /// @throws EngineException.Failed if the directory can't be read
    public List<Digest> all() {
        try {
            return listed();
        } catch (IOException e) {
            throw new EngineException.Failed("list the blobs in " + layout, e);
        }
    }

    /// Bytes of each that is on its way.
    ///
    /// @throws EngineException.Failed if the directory can't be read
    public List<Long> parts() {
        var sizes = new ArrayList<Long>();
        try {
            for (String name : Listing.names(incoming())) {
                sizes.add(Files.size(incoming().resolve(name)));
            }
        } catch (NoSuchFileException e) {
            return sizes; // it has just become whole
        } catch (IOException e) {
            throw new EngineException.Failed("list what is on its way to " + layout, e);
        }
        return sizes;
    }

    private List<Digest> listed() throws IOException {
        var digests = new ArrayList<Digest>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Path directory = layout.resolve("blobs").resolve(algorithm.word());
            for (String name : Listing.names(directory)) {
                Digest.parse(algorithm.word() + ":" + name).ifPresent(digests::add);
            }
        }
        return digests;
    }

    /// Removes one.
    ///
    /// @return bytes that are free now
    long remove(Digest digest) throws IOException {
        long size = size(digest);
        return Files.deleteIfExists(path(digest)) ? size : 0;
    }

    /// Removes what is on its way and nobody works on.
    ///
    /// @return bytes that are free now
    long removeParts() throws IOException {
        long free = 0;
        for (String name : Listing.names(incoming())) {
            Path part = incoming().resolve(name);
            Optional<FileLock> idle = FileLock.tryExclusiveOfPresent(part);
            if (idle.isPresent()) {
                try (FileLock lock = idle.get()) {
                    long size = Files.size(part);
                    free += lock.isOf(part) && Files.deleteIfExists(part) ? size : 0;
                }
            }
        }
        return free;
    }

    /// Where a content is, or would be.
    Path path(Digest digest) {
        return layout.resolve("blobs").resolve(digest.algorithm().word()).resolve(digest.hex());
    }

    private Path incoming() {
        return layout.resolve("incoming");
    }

    private static String name(Digest digest) {
        String algorithm = digest.algorithm() == Digest.Algorithm.SHA256
                ? ""
                : digest.algorithm().word() + "-";
        return algorithm + digest.hex() + ".part";
    }
}
