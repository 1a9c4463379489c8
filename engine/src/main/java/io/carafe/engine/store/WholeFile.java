package io.carafe.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that its readers see whole, the old one or the new one, whenever its writer is killed and the machine loses
/// its power: written beside, synchronised with the disk, renamed.
public final class WholeFile {
    private WholeFile() {}

    /// Puts a file in place. Only one writer at a time may use the same `beside`.
    ///
    /// @param beside where it is written first, on the same file system; what a killed writer has left there is
    ///     overwritten
    public static void write(Path file, Path beside, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        rename(beside, file);
    }

    /// Gives a file that is complete and synchronised its name, in place of one that had it.
    public static void rename(Path complete, Path file) throws IOException {
        Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE);
        synchronise(file.resolveSibling("."));
    }

    /// Has the disk know the names in a directory.
    public static void synchronise(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
