package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Reads what a box answers, in the order of the questions.
final class FileAnswers {
    private static final int BUFFER = 1 << 20;
    private static final int HEADER = 80;
    private static final int PIECE = 256 << 10; // of one read(2)

    private final Fd pipe;
    private final byte[] bytes = new byte[BUFFER];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private int end;
    private int data;

    FileAnswers(Fd pipe) {
        this.pipe = pipe;
    }

    /// Waits for the next one.
    ///
    /// @throws EOFException if the box has ended
    FileAnswer next() throws IOException {
        fill(4);
        int size = buffer.getInt(buffer.position());
        if (size < HEADER || size > BUFFER) {
            throw new IOException("the box's answer makes no sense");
        }
        fill(size);
        int start = buffer.position();
        int name = buffer.getShort(start + 4) & 0xffff;
        int target = buffer.getShort(start + 6) & 0xffff;
        int attributes = buffer.getInt(start + 8);
        int length = buffer.getInt(start + 12);
        int at = start + HEADER;
        ByteString nameBytes = ByteString.of(bytes, at, at + name);
        at += name + 1;
        ByteString targetBytes = ByteString.of(bytes, at, at + target);
        at += target + 1;
        List<Attribute> list = attributes(at, at + attributes);
        data = at + attributes;
        buffer.position(start + size);
        return new FileAnswer(
                nameBytes,
                targetBytes,
                buffer.getInt(start + 16),
                buffer.getInt(start + 20),
                buffer.getInt(start + 24),
                buffer.getInt(start + 28),
                buffer.getLong(start + 40),
                buffer.getInt(start + 32),
                buffer.getInt(start + 36),
                buffer.getLong(start + 48),
                buffer.getLong(start + 56),
                buffer.getLong(start + 64),
                buffer.getLong(start + 72),
                list,
                length);
    }

    /// The same, if the request went well.
    ///
    /// @param asked for
    FileAnswer next(FileName asked) throws IOException {
        FileAnswer answer = next();
        if (answer.error() != 0) {
            throw new IOException(asked + ": " + Errno.words(answer.error()));
        }
        return answer;
    }

    /// Where the content of the last answer is in [#bytes].
    int data() {
        return data;
    }

    byte[] bytes() {
        return bytes;
    }

    private List<Attribute> attributes(int from, int to) {
        if (from == to) {
            return List.of();
        }
        var list = new ArrayList<Attribute>();
        for (int at = from; at < to; ) {
            int name = buffer.getShort(at) & 0xffff;
            int value = buffer.getInt(at + 4);
            at += 8;
            list.add(new Attribute(
                    ByteString.of(bytes, at, at + name), ByteString.of(bytes, at + name + 1, at + name + 1 + value)));
            at += name + 1 + value;
        }
        return list;
    }

    private void fill(int wanted) throws IOException {
        int start = buffer.position();
        if (start + wanted > BUFFER) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
            buffer.position(0);
        }
        while (end - buffer.position() < wanted) {
            int count = Unistd.read(pipe, bytes, end, Math.min(PIECE, BUFFER - end));
            if (count == 0) {
                throw new EOFException("the box that reads the files has ended");
            }
            end += count;
        }
    }
}
