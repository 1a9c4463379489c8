package io.carafe.engine.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// A tar file of a few files with plain names, as saved images are: read one after the other, nothing is unpacked.
public final class ArchiveInput {
    private final TarReader tar;

    /// Begins with the first one.
    ///
    /// @param in compressed or not; it isn't closed
    public ArchiveInput(InputStream in) throws IOException {
        tar = new TarReader(Decompressed.of(in).stream());
    }

    /// A file of the archive.
    ///
    /// @param name   without `./` before it
    /// @param target what it is a link to, as it stands there; "" if it is none
    /// @param size   bytes
    /// @param data   of a regular file, until the next one is asked for
    public record Item(String name, String target, long size, InputStream data) {}

    /// The next regular file or link.
    ///
    /// @throws IOException if it is no tar file, or cut
    public Optional<Item> next() throws IOException {
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            switch (entry.kind()) {
                case FILE -> {
                    if (entry.data() != null) {
                        throw new MalformedLayer(entry.path() + " has holes, which no saved image has");
                    }
                    return Optional.of(item(entry));
                }
                case SYMBOLIC_LINK, HARD_LINK -> {
                    return Optional.of(item(entry));
                }
                case DIRECTORY, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {} // nothing is in them
            }
        }
        return Optional.empty();
    }

    private Item item(TarEntry entry) {
        String name = entry.path().toString();
        while (name.startsWith("./")) {
            name = name.substring(2);
        }
        return new Item(name, entry.target().toString(), entry.size(), new Data());
    }

    private final class Data extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return length == 0 ? 0 : tar.read(buffer, offset, length);
        }
    }
}
