package io.carafe.engine.layer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads gzip (RFC 1952), any number of members one behind the other, as pigz and eStargz write them. The JDK's own
/// reader asks its source whether there is more, which a network connection can't tell.
final class GzipInput extends InputStream {
    private static final int BUFFER = 256 << 10;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int HEADER_CHECKSUM = 2;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private boolean inMember;
    private boolean finished;

    /// @param in is closed with this
    GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!finished) {
            if (!inMember) {
                begin();
                continue;
            }
            int count = inflate(target, offset, length);
            if (count > 0) {
                checksum.update(target, offset, count);
                return count;
            }
            if (inflater.finished()) {
                endMember();
            } else if (!fill()) {
                throw new EOFException("the gzip stream is cut");
            } else {
                inflater.setInput(buffer, at, end - at);
                at = end;
            }
        }
        return -1;
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            int count = inflater.inflate(target, offset, length);
            if (count == 0 && inflater.needsDictionary()) {
                throw new MalformedLayer("the gzip stream wants a dictionary");
            }
            return count;
        } catch (DataFormatException e) {
            throw new MalformedLayer("the gzip stream is damaged: " + e.getMessage(), e);
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(in.read(buffer, 0, buffer.length), 0);
        return end > 0;
    }

    private int next() throws IOException {
        if (at == end && !fill()) {
            throw new EOFException("the gzip stream is cut");
        }
        return buffer[at++] & 0xff;
    }

    private long little(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    /// A member's header, or the end. Zeros behind the last member fill up a tape's block.
    private void begin() throws IOException {
        int first;
        do {
            if (at == end && !fill()) {
                finished = true;
                return;
            }
            first = next();
        } while (first == 0);
        if (first != 0x1f || next() != 0x8b || next() != 8) {
            throw new MalformedLayer("something that is no gzip stands behind a gzip stream");
        }
        int flags = next();
        little(6); // time, level, system
        if ((flags & EXTRA) != 0) {
            for (long left = little(2); left > 0; left--) {
                next();
            }
        }
        for (int flag = NAME; flag <= COMMENT; flag *= 2) {
            while ((flags & flag) != 0 && next() != 0) {
                // a name that nobody wants
            }
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            little(2);
        }
        inflater.reset();
        inflater.setInput(buffer, at, end - at);
        at = end;
        checksum.reset();
        inMember = true;
    }

    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        long expected = little(4);
        long length = little(4);
        if (expected != checksum.getValue() || length != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new MalformedLayer("the gzip stream is damaged: its checksum is wrong");
        }
        inMember = false;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
