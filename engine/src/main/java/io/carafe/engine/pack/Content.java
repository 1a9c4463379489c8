package io.carafe.engine.pack;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/// The bytes of an open file. It is somebody else's: every read is checked against its size.
final class Content implements AutoCloseable {
    private final SeekableByteChannel channel;
    private final long size;

    Content(SeekableByteChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
    }

    long size() {
        return size;
    }

    /// Some of the bytes.
    ///
    /// @param offset unsigned, as a file's header has it
    /// @throws EOFException if not all of it is in the file
    ByteBuffer read(long offset, int length) throws IOException {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new EOFException(length + " bytes at " + Long.toUnsignedString(offset) + " are beyond its end");
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        channel.position(offset);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("it was cut while it was read");
            }
        }
        return bytes.flip();
    }

    /// As much as is there, at most this.
    byte[] beginning(int most) throws IOException {
        return read(0, (int) Math.min(most, size)).array();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
