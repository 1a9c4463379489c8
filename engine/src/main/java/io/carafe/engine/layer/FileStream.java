package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Tells a box what to do with files: the requests of `native/files.h`, gathered to large writes.
final class FileStream {
    private static final int REQUEST_MAX = 512 << 10;
    private static final int HEADER = 56;

    /// Data in one request. A file of no more is made, written and closed by one.
    static final int DATA_MAX = 256 << 10;

    /// Extended attributes of one file, as they are sent: more than any file system keeps.
    private static final int ATTRIBUTES_MAX = 128 << 10;

    // what a request does: enum file_kind
    private static final short MAKE_DIRECTORY = 1;
    private static final short MAKE_FILE = 2;
    private static final short WRITE = 3;
    private static final short CLOSE = 4;
    private static final short MAKE_SYMLINK = 5;
    private static final short MAKE_LINK = 6;
    private static final short MAKE_NODE = 7;
    private static final short HIDE = 8;
    private static final short MAKE_OPAQUE = 9;
    private static final short SET_TIMES = 10;
    private static final short REMOVE = 11;
    private static final short LOOK = 12;
    private static final short LIST = 13;
    private static final short READ = 14;
    private static final short SYNC = 15;
    private static final short END = 16;
    private static final short RESPECT = 17;
    private static final short CROSS = 18;

    private final Fd pipe;
    private final int opaque;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(REQUEST_MAX).order(ByteOrder.LITTLE_ENDIAN);

    /// @param pipe    the box's standard input; not closed
    /// @param trusted whether the box may set `trusted.overlay.opaque` too, which root's overlays look for
    FileStream(Fd pipe, boolean trusted) {
        this.pipe = pipe;
        this.opaque = trusted ? 3 : 1;
    }

    void makeDirectory(FileName name, Metadata metadata) throws IOException {
        begin(MAKE_DIRECTORY, name, ByteString.EMPTY, metadata, 0, opaque);
        end();
    }

    /// With all of its data.
    void makeFile(FileName name, Metadata metadata, byte[] data, int length) throws IOException {
        begin(MAKE_FILE, name, ByteString.EMPTY, metadata, length, length);
        buffer.put(data, 0, length);
        end();
    }

    /// Of this size; [#write] and [#close] follow.
    void openFile(FileName name, Metadata metadata, long size) throws IOException {
        begin(MAKE_FILE, name, ByteString.EMPTY, metadata.withoutAttributes(), 0, size);
        end();
    }

    void write(byte[] data, int length, long offset) throws IOException {
        begin(WRITE, FileName.ROOT, ByteString.EMPTY, Metadata.NONE, length, offset);
        buffer.put(data, 0, length);
        end();
    }

    void close(FileName name, Metadata metadata) throws IOException {
        begin(CLOSE, name, ByteString.EMPTY, metadata, 0, 0);
        end();
    }

    void makeSymbolicLink(FileName name, Metadata metadata, ByteString target) throws IOException {
        begin(MAKE_SYMLINK, name, target, metadata, 0, 0);
        end();
    }

    void makeLink(FileName name, FileName target) throws IOException {
        begin(MAKE_LINK, name, target.path(), Metadata.NONE, 0, 0);
        end();
    }

    /// @param metadata its mode has the type, `S_IFCHR` …
    void makeNode(FileName name, Metadata metadata, int major, int minor) throws IOException {
        begin(MAKE_NODE, name, ByteString.EMPTY, metadata, 0, ((long) major << 32) | minor);
        end();
    }

    void hide(FileName name) throws IOException {
        begin(HIDE, name, ByteString.EMPTY, Metadata.NONE, 0, opaque);
        end();
    }

    void makeOpaque(FileName name) throws IOException {
        begin(MAKE_OPAQUE, name, ByteString.EMPTY, Metadata.NONE, 0, opaque);
        end();
    }

    void setTimes(FileName name, Metadata metadata) throws IOException {
        begin(SET_TIMES, name, ByteString.EMPTY, metadata, 0, 0);
        end();
    }

    /// Everything below the root.
    void removeAll() throws IOException {
        begin(REMOVE, FileName.ROOT, ByteString.EMPTY, Metadata.NONE, 0, 0);
        end();
    }

    /// Asks what is there: one [FileAnswer].
    void look(FileName name) throws IOException {
        ask(LOOK, name);
    }

    /// Asks what is in a directory: a [FileAnswer] for each file, and one that is the end.
    void list(FileName name) throws IOException {
        ask(LIST, name);
    }

    /// Asks for the content of a regular file: a [FileAnswer] for each piece, and one that is the end.
    void read(FileName name) throws IOException {
        ask(READ, name);
    }

    private void ask(short kind, FileName name) throws IOException {
        begin(kind, name, ByteString.EMPTY, Metadata.NONE, 0, 0);
        end();
    }

    /// From now on no link is followed, and nothing takes a directory's place, nor a directory another thing's.
    void respect() throws IOException {
        begin(RESPECT, FileName.ROOT, ByteString.EMPTY, Metadata.NONE, 0, 0);
        end();
    }

    /// From now on what is mounted in the root is part of it, but for file systems that the kernel makes up.
    void cross() throws IOException {
        begin(CROSS, FileName.ROOT, ByteString.EMPTY, Metadata.NONE, 0, 0);
        end();
    }

    /// Waits for the disk.
    void sync() throws IOException {
        begin(SYNC, FileName.ROOT, ByteString.EMPTY, Metadata.NONE, 0, 0);
        end();
    }

    /// Nothing comes any more. All of it is on its way then.
    void finish() throws IOException {
        begin(END, FileName.ROOT, ByteString.EMPTY, Metadata.NONE, 0, 0);
        end();
        flush();
    }

    private void begin(short kind, FileName name, ByteString target, Metadata metadata, int data, long number)
            throws IOException {
        int attributes = size(metadata.attributes());
        if (attributes > ATTRIBUTES_MAX) {
            throw new MalformedLayer(name + " has more extended attributes than any file system takes");
        }
        int size = HEADER + name.path().length() + target.length() + 2 + attributes + data;
        size = (size + 7) & ~7;
        if (size > buffer.remaining()) {
            flush();
        }
        buffer.putInt(size)
                .putShort(kind)
                .putShort((short) name.path().length())
                .putShort((short) target.length())
                .putShort((short) 0)
                .putInt(attributes)
                .putInt(data)
                .putInt(metadata.mode())
                .putInt(metadata.uid())
                .putInt(metadata.gid())
                .putInt(metadata.nanoseconds())
                .putInt(0)
                .putLong(metadata.seconds())
                .putLong(number);
        name.path().put(buffer);
        buffer.put((byte) 0);
        target.put(buffer);
        buffer.put((byte) 0);
        for (Attribute attribute : metadata.attributes()) {
            buffer.putShort((short) attribute.name().length())
                    .putShort((short) 0)
                    .putInt(attribute.value().length());
            attribute.name().put(buffer);
            buffer.put((byte) 0);
            attribute.value().put(buffer);
        }
    }

    private void end() {
        while (buffer.position() % 8 != 0) {
            buffer.put((byte) 0);
        }
    }

    private static int size(List<Attribute> attributes) {
        int size = 0;
        for (Attribute attribute : attributes) {
            size += 8 + attribute.name().length() + 1 + attribute.value().length();
        }
        return size;
    }

    /// What was asked for so far is on its way then.
    void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            Unistd.write(pipe, buffer);
        }
        buffer.clear();
    }
}
