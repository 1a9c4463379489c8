package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import io.carafe.engine.layer.TarEntry.Extent;
import io.carafe.engine.layer.TarEntry.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a tar file, of which nothing is believed: the formats of POSIX (ustar, PAX), GNU and star, with long names,
/// extended attributes and holes. Where the formats leave a choice, it is the one of Go's `archive/tar`, by which
/// everybody else reads layers: two readers that don't agree let a file pass that one of them has checked.
final class TarReader {
    /// Of the header blocks of one entry: names, attributes, a list of holes.
    private static final int EXTRA_MAX = 1 << 20;

    static final long SIZE_MAX = 1L << 60; // so that sums don't overflow

    private static final long ID_MAX = 0xfffffffeL; // 0xffffffff is no id: chown(2)

    private final InputStream in;
    private final byte[] block = new byte[TarHeader.BLOCK];
    private long left; // of the entry's data
    private int padding; // behind it

    /// @param in is read in pieces of any size, and not closed
    TarReader(InputStream in) {
        this.in = in;
    }

    /// The next entry. What wasn't read of the last one is skipped.
    ///
    /// @return null at the end
    /// @throws MalformedLayer if it is no tar file, or cut
    @Nullable
    TarEntry next() throws IOException {
        var pax = new PaxRecords();
        ByteString longPath = null;
        ByteString longTarget = null;
        long extra = 0;
        while (true) {
            TarHeader header = header();
            if (header == null) {
                return null;
            }
            char type = header.type();
            if (type != 'x' && type != 'X' && type != 'g' && type != 'L' && type != 'K') {
                return entry(header, pax, longPath, longTarget);
            }
            long size = header.size();
            extra += size;
            if (size < 0 || extra > EXTRA_MAX) {
                throw new MalformedLayer("the headers of one entry are larger than 1 MiB");
            }
            begin(size);
            byte[] bytes = rest();
            switch (type) {
                case 'x', 'X' -> pax.add(bytes);
                case 'L' -> longPath = cut(bytes);
                case 'K' -> longTarget = cut(bytes);
                case 'g' -> {} // for all entries behind it: a comment of git's, most often; nobody else applies it
                default -> throw new AssertionError(type);
            }
        }
    }

    /// Reads from the data of the entry, without its holes.
    ///
    /// @return how many bytes, -1 at their end
    int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.read(buffer, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new MalformedLayer("it is cut: " + left + " bytes of a file are missing");
        }
        left -= count;
        return count;
    }

    private void begin(long size) {
        left = size;
        padding = (int) (-size & (TarHeader.BLOCK - 1));
    }

    private @Nullable TarHeader header() throws IOException {
        skip(left);
        in.readNBytes(block, 0, padding); // of the last file it may be missing: umoci's insert ends so, and Go takes it
        begin(0);
        if (!readBlock()) {
            return null; // without the two empty blocks: Go and GNU tar take it
        }
        if (!TarHeader.isZero(block)) {
            return new TarHeader(block.clone());
        }
        if (readBlock() && !TarHeader.isZero(block)) {
            throw new MalformedLayer("something stands behind an empty block, where the end should be");
        }
        return null;
    }

    private boolean readBlock() throws IOException {
        int count = in.readNBytes(block, 0, block.length);
        if (count != 0 && count != block.length) {
            throw new MalformedLayer("it is cut in a header");
        }
        return count != 0;
    }

    private void skip(long length) throws IOException {
        byte[] waste = length == 0 ? block : new byte[(int) Math.min(length, 64 << 10)];
        for (long rest = length; rest > 0; ) {
            int count = in.read(waste, 0, (int) Math.min(rest, waste.length));
            if (count < 0) {
                throw new MalformedLayer("it is cut: " + rest + " bytes are missing");
            }
            rest -= count;
        }
    }

    private byte[] rest() throws IOException {
        byte[] bytes = new byte[(int) left];
        for (int at = 0; at < bytes.length; ) {
            at += read(bytes, at, bytes.length - at);
        }
        return bytes;
    }

    private static ByteString cut(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return ByteString.of(bytes, 0, end);
    }

    private TarEntry entry(
            TarHeader header, PaxRecords pax, @Nullable ByteString longPath, @Nullable ByteString longTarget)
            throws IOException {
        ByteString path = or(pax.bytes("GNU.sparse.name"), or(pax.bytes("path"), or(longPath, header.path())));
        ByteString target = or(pax.bytes("linkpath"), or(longTarget, header.target()));
        Kind kind = kind(header.type(), path);
        long stored = kind == Kind.FILE ? pax.number("size", header.size()) : 0;
        if (stored < 0 || stored > SIZE_MAX) {
            throw new MalformedLayer(path + (stored < 0 ? " has a size below zero" : " is larger than any file"));
        }
        begin(stored);
        long size = stored;
        List<Extent> holes = null;
        if (kind == Kind.FILE) {
            var sparse = new SparseFile(this, pax, path);
            if (header.type() == 'S') {
                holes = sparse.old(block());
                size = header.realSize();
            } else if (sparse.isIt()) {
                holes = sparse.pax();
                size = sparse.size();
            }
            if (holes != null) {
                sparse.check(holes, size, left);
            }
        }
        PaxRecords.Time time = pax.modified();
        boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
        return new TarEntry(
                kind,
                path,
                kind == Kind.SYMBOLIC_LINK || kind == Kind.HARD_LINK ? target : ByteString.EMPTY,
                size,
                header.mode(),
                id(pax.number("uid", header.uid()), path),
                id(pax.number("gid", header.gid()), path),
                time == null ? header.modified() : time.seconds(),
                time == null ? 0 : time.nanoseconds(),
                device ? number(header.major(), 0xfff, path) : 0,
                device ? number(header.minor(), 0xfffff, path) : 0,
                attributes(pax, path),
                holes);
    }

    private static ByteString or(@Nullable ByteString one, ByteString other) {
        return one == null ? other : one;
    }

    private byte[] block() {
        return block;
    }

    /// A further block of header, which is none of the data.
    byte[] nextBlock() throws IOException {
        if (!readBlock()) {
            throw new MalformedLayer("it is cut in a header");
        }
        return block;
    }

    /// A block of the data itself.
    byte[] dataBlock() throws IOException {
        if (left < TarHeader.BLOCK) {
            throw new MalformedLayer("the list of a file's holes is cut");
        }
        left -= TarHeader.BLOCK;
        return nextBlock();
    }

    private static Kind kind(char type, ByteString path) throws MalformedLayer {
        return switch (type) {
            case '0', 0, '7' ->
                type != '7' && !path.isEmpty() && path.at(path.length() - 1) == '/' ? Kind.DIRECTORY : Kind.FILE;
            case 'S' -> Kind.FILE;
            case '1' -> Kind.HARD_LINK;
            case '2' -> Kind.SYMBOLIC_LINK;
            case '3' -> Kind.CHARACTER_DEVICE;
            case '4' -> Kind.BLOCK_DEVICE;
            case '5' -> Kind.DIRECTORY;
            case '6' -> Kind.FIFO;
            default ->
                throw new MalformedLayer(
                        path + " is of a type that no layer has: " + ByteString.of(new byte[] {(byte) type}));
        };
    }

    private static int id(long id, ByteString path) throws MalformedLayer {
        return number(id, ID_MAX, path);
    }

    private static int number(long number, long most, ByteString path) throws MalformedLayer {
        if (number < 0 || number > most) {
            throw new MalformedLayer(path + " has an owner or device number that Linux hasn't: " + number);
        }
        return (int) number;
    }

    private static List<Attribute> attributes(PaxRecords pax, ByteString path) throws MalformedLayer {
        List<Attribute> attributes = pax.attributes();
        for (Attribute attribute : attributes) {
            if (attribute.name().length() > 255 || attribute.value().length() > 64 << 10) { // <linux/limits.h>
                throw new MalformedLayer(path + " has a larger attribute than the kernel takes");
            }
        }
        return attributes;
    }
}
