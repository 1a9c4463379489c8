package io.carafe.engine.repro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/// A copy of files for a box to work on, with their modes, owners and times, which tools like make(1) go by.
public final class TreeCopy {
    private TreeCopy() {}

    /// Copies a directory or a file to where nothing is. Links are copied, and followed nowhere.
    ///
    /// @throws IOException if something in it can't be read, or is neither directory, file nor link
    public static void of(Path from, Path to) throws IOException {
        var attributes = Files.readAttributes(from, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isOther()) {
            throw new IOException(from + " is a device, a FIFO or a socket: there is no copy of that to work on");
        }
        Files.copy(from, to, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        if (!attributes.isDirectory()) {
            return;
        }
        try (var entries = Files.newDirectoryStream(from)) {
            for (Path entry : entries) {
                of(entry, to.resolve(entry.getFileName()));
            }
        }
        FileTime modified = attributes.lastModifiedTime(); // what was made in it has changed that
        Files.getFileAttributeView(to, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(modified, null, null);
    }
}
