package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import io.carafe.engine.store.Digest.Algorithm;
import io.carafe.engine.store.FileLock;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/// A layer that is being made: its tar file is written to this, and becomes a blob when it is complete.
public final class NewLayer extends OutputStream {
    private static final int BUFFER = 256 << 10;

    private final Blobs blobs;
    private final LayerCompression compression;
    private final Path part;
    private final FileLock lock;
    private final MessageDigest files = Algorithm.SHA256.computation();
    private final MessageDigest blob = Algorithm.SHA256.computation();
    private final OutputStream out;
    private boolean open = true;

    /// Begins one. The caller holds a lease.
    ///
    /// @param part  where it is written to
    /// @param lock  of `part`; closed with this
    NewLayer(Blobs blobs, LayerCompression compression, Path part, FileLock lock) throws IOException {
        this.blobs = blobs;
        this.compression = compression;
        this.part = part;
        this.lock = lock;
        var stored = new DigestOutputStream(Channels.newOutputStream(lock.channel()), blob);
        out = new BufferedOutputStream(
                new DigestOutputStream(compression.over(new BufferedOutputStream(stored, BUFFER)), files), BUFFER);
    }

    @Override
    public void write(int one) throws IOException {
        out.write(one);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    /// Ends the tar file, and makes a blob of it.
    public ImageLayer complete() throws IOException {
        open = false;
        out.close();
        Digest digest = Digest.of(Algorithm.SHA256, blob);
        var descriptor = new Descriptor(compression.mediaType(), digest, Files.size(part));
        blobs.name(part, digest);
        return new ImageLayer(Digest.of(Algorithm.SHA256, files), descriptor);
    }

    /// What isn't complete is nothing.
    @Override
    public void close() throws IOException {
        try (FileLock _ = lock) {
            if (open) {
                open = false;
                out.close();
            }
            Files.deleteIfExists(part);
        }
    }
}
