package io.carafe.engine.image;

import io.carafe.engine.store.Digest;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/// A content on its way in: it becomes visible by [#commit], when its size and its digest are right, or not at all.
/// What has come stays when this is closed before, or its process is killed: the next one goes on there.
public final class Incoming implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final Descriptor content;
    private final @Nullable FileLock lock; // null if it is whole
    private final @Nullable FileChannel channel;
    private final Path part;
    private final Path blob;
    private final MessageDigest computation;
    private long position;
    private boolean wrong;

    private Incoming(Descriptor content, @Nullable FileLock lock, @Nullable FileChannel channel, Path part, Path blob) {
        this.content = content;
        this.lock = lock;
        this.channel = channel;
        this.part = part;
        this.blob = blob;
        computation = content.digest().algorithm().computation();
    }

    static Incoming whole(Descriptor content, Path blob) {
        return new Incoming(content, null, null, blob, blob);
    }

    /// @param lock of `part`; closed with this
    static Incoming of(Descriptor content, FileLock lock, Path part, Path blob) throws IOException {
        try {
            var incoming = new Incoming(content, lock, lock.channel(), part, blob);
            incoming.resume();
            return incoming;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    /// Takes what is there for a beginning. Whether it is one shows at the end.
    private void resume() throws IOException {
        FileChannel file = open();
        if (file.size() > content.size()) {
            file.truncate(0);
        }
        var buffer = ByteBuffer.allocate((int) Math.min(BUFFER, file.size()));
        while (position < file.size() && file.read(buffer.clear()) > 0) {
            computation.update(buffer.flip());
            position += buffer.limit();
        }
    }

    /// Whether it is there already: nothing is to be done then.
    public boolean isWhole() {
        return channel == null;
    }

    /// Whether [#commit] has found another digest, and thrown it away.
    public boolean isWrong() {
        return wrong;
    }

    /// How many bytes of it are there, from its beginning on.
    public long position() {
        return position;
    }

    /// What is there already, from its beginning on: the first [#position] bytes.
    public InputStream begun() throws IOException {
        open();
        return Files.newInputStream(part, LinkOption.NOFOLLOW_LINKS);
    }

    /// Forgets what is there.
    public void restart() throws IOException {
        open().truncate(0);
        computation.reset();
        position = 0;
    }

    /// Adds the next bytes.
    ///
    /// @throws IOException if these are more than there should be
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > content.size() - position) {
            throw new IOException("blob " + content.digest() + " is larger than the " + content.size()
                    + " bytes that it is said to have");
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
            open().write(rest);
        }
        computation.update(bytes, offset, length);
        position += length;
    }

    /// Makes it visible. What is wrong is thrown away, since nothing that is added could make it right.
    ///
    /// @return where it is now
    /// @throws IOException if its size or its digest is another one
    public Path commit() throws IOException {
        FileChannel file = open();
        if (position != content.size()) {
            throw new IOException(
                    "blob " + content.digest() + " ends after " + position + " of " + content.size() + " bytes");
        }
        Digest digest = Digest.of(content.digest().algorithm(), computation);
        if (!digest.equals(content.digest())) {
            wrong = true;
            Files.deleteIfExists(part);
            throw new IOException("blob " + content.digest() + " is not what it is called: its content has " + digest);
        }
        file.force(true);
        Files.createDirectories(blob.resolveSibling("."));
        WholeFile.rename(part, blob);
        return blob;
    }

    private FileChannel open() {
        if (channel == null) {
            throw new IllegalStateException("blob " + content.digest() + " is whole");
        }
        return channel;
    }

    @Override
    public void close() throws IOException {
        if (channel == null || lock == null || !channel.isOpen()) {
            return;
        }
        try (FileLock held = lock;
                FileChannel file = channel) {
            if (file.size() == 0 && content.size() > 0 && held.isOf(part)) {
                Files.deleteIfExists(part); // nothing to go on from
            }
        }
    }
}
