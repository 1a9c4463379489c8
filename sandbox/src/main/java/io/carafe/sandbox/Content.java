package io.carafe.sandbox;

import static io.carafe.sandbox.linux.Fcntl.F_ADD_SEALS;
import static io.carafe.sandbox.linux.Fcntl.F_SEAL_GROW;
import static io.carafe.sandbox.linux.Fcntl.F_SEAL_SEAL;
import static io.carafe.sandbox.linux.Fcntl.F_SEAL_SHRINK;
import static io.carafe.sandbox.linux.Fcntl.F_SEAL_WRITE;

import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysMman;
import io.carafe.sandbox.linux.Unistd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Bytes for a box: what its program reads, or a file of it. Good for any number of boxes, also at the same
/// time.
public final class Content {
    private static final int PIECE = 256 << 10;
    private static final int SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

    private final byte[] bytes;
    private final Path file;

    private Content(byte[] bytes, Path file) {
        this.bytes = bytes;
        this.file = file;
    }

    /// These bytes.
    public static Content of(byte[] bytes) {
        return new Content(bytes.clone(), Path.of(""));
    }

    /// A text, as UTF-8.
    public static Content of(String text) {
        return new Content(text.getBytes(StandardCharsets.UTF_8), Path.of(""));
    }

    /// What is in a file of the host when a box gets it. The box never sees the file itself.
    ///
    /// @param file followed where it is a link: the caller's own word, and no stranger's
    public static Content of(Path file) {
        return new Content(new byte[0], file.toAbsolutePath());
    }

    /// What a program wrote, for the next one.
    public static Content of(Output output) {
        return new Content(output.bytes(), Path.of(""));
    }

    private InputStream open() throws IOException {
        return file.toString().isEmpty() ? new ByteArrayInputStream(bytes) : Files.newInputStream(file);
    }

    /// Writes all of it.
    void writeTo(Fd target) throws IOException {
        try (InputStream in = open()) {
            byte[] piece = new byte[Math.clamp(file.toString().isEmpty() ? bytes.length : PIECE, 1, PIECE)];
            for (int count; (count = in.read(piece)) > 0; ) {
                for (int done = 0; done < count; ) {
                    done += Unistd.write(target, piece, done, count - done);
                }
            }
        }
    }

    /// In memory that nobody can write to, to be read from its beginning. A program can't tell it from a
    /// file that its input was redirected from, and stalls nobody who would have to feed it.
    Fd sealed() throws IOException {
        try (Fd memory = SysMman.memfd_create("input", SysMman.MFD_CLOEXEC | SysMman.MFD_ALLOW_SEALING)) {
            writeTo(memory);
            Fcntl.fcntl(memory, F_ADD_SEALS, SEALS);
            Path again = Path.of("/proc/self/fd/" + memory.number());
            return Fcntl.above(Fcntl.open(again, Fcntl.O_RDONLY, 0), Executor.LEAST);
        }
    }
}
