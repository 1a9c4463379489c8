package io.carafe.engine.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A file that a command makes, in place of one that is there, once it is complete. It is for its owner's eyes, as
/// Docker has it.
final class NewFile extends OutputStream {
    private final Path place;
    private final Path beside;
    private final FileChannel file;

    /// Begins it.
    ///
    /// @param path absolute
    /// @throws IOException if something else than a file is there
    NewFile(String path) throws IOException {
        place = Path.of(path);
        if (Files.exists(place) && !Files.isRegularFile(place)) {
            throw new IOException("not a regular file");
        }
        beside = place.resolveSibling(
                "." + place.getFileName() + "." + ProcessHandle.current().pid() + "-" + System.nanoTime());
        file = FileChannel.open(
                beside,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
            file.write(rest);
        }
    }

    /// Gives it its name. Without that nothing is left of it.
    void complete() throws IOException {
        Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.deleteIfExists(beside);
    }
}
