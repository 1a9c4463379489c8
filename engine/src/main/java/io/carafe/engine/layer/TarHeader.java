package io.carafe.engine.layer;

import java.util.Arrays;

/// One block of 512 bytes that begins an entry of a tar file: tar(5), "POSIX ustar Archives" and "GNU Tar Archives".
final class TarHeader {
    static final int BLOCK = 512;

    private static final byte[] USTAR = {'u', 's', 't', 'a', 'r', 0};
    private static final byte[] GNU = {'u', 's', 't', 'a', 'r', ' ', ' ', 0};
    private static final byte[] STAR = {'t', 'a', 'r', 0};
    private static final int CHECKSUM = 148;
    private static final int PREFIX = 345;

    private final byte[] block;

    /// @param block is kept
    TarHeader(byte[] block) throws MalformedLayer {
        this.block = block;
        long expected = number(CHECKSUM, 8, "checksum");
        long unsigned = 0;
        long signed = 0; // as some old programs summed
        for (int i = 0; i < BLOCK; i++) {
            byte each = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : block[i];
            unsigned += each & 0xff;
            signed += each;
        }
        if (expected != unsigned && expected != signed) {
            throw new MalformedLayer("it is no tar file, or damaged: the checksum of a header is wrong");
        }
    }

    static boolean isZero(byte[] block) {
        for (byte each : block) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    char type() {
        return (char) (block[156] & 0xff);
    }

    ByteString path() {
        ByteString name = string(0, 100);
        int room = has(508, STAR) ? 131 : 155;
        ByteString prefix = has(257, USTAR) ? string(PREFIX, room) : ByteString.EMPTY;
        return prefix.isEmpty() ? name : prefix.with(ByteString.of("/")).with(name);
    }

    ByteString target() {
        return string(157, 100);
    }

    int mode() throws MalformedLayer {
        return (int) number(100, 8, "mode") & 07777;
    }

    long uid() throws MalformedLayer {
        return number(108, 8, "user id");
    }

    long gid() throws MalformedLayer {
        return number(116, 8, "group id");
    }

    long size() throws MalformedLayer {
        return number(124, 12, "size");
    }

    long modified() throws MalformedLayer {
        return number(136, 12, "time");
    }

    /// 0 where the format has no such field.
    long major() throws MalformedLayer {
        return has(257, USTAR) || has(257, GNU) ? number(329, 8, "device") : 0;
    }

    long minor() throws MalformedLayer {
        return has(257, USTAR) || has(257, GNU) ? number(337, 8, "device") : 0;
    }

    /// Of an old GNU sparse file: the whole size of it.
    long realSize() throws MalformedLayer {
        return number(483, 12, "size");
    }

    private boolean has(int at, byte[] magic) {
        return Arrays.equals(block, at, at + magic.length, magic, 0, magic.length);
    }

    private ByteString string(int at, int room) {
        int end = at;
        while (end < at + room && block[end] != 0) {
            end++;
        }
        return ByteString.of(block, at, end);
    }

    private long number(int at, int room, String what) throws MalformedLayer {
        return number(block, at, room, what);
    }

    /// Octal digits between spaces and NULs, or, with the first bit set, a binary number.
    static long number(byte[] block, int at, int room, String what) throws MalformedLayer {
        if ((block[at] & 0x80) != 0) {
            return binary(block, at, room, what);
        }
        int from = at;
        int end = at + room;
        while (from < end && (block[from] == ' ' || block[from] == 0)) {
            from++;
        }
        long value = 0;
        for (; from < end && block[from] != ' ' && block[from] != 0; from++) {
            int digit = block[from] - '0';
            if (digit < 0 || digit > 7) {
                throw new MalformedLayer(
                        "it is no tar file, or damaged: the " + what + " in a header is no octal number");
            }
            value = (value << 3) | digit; // 12 digits at most
        }
        return value;
    }

    private static long binary(byte[] block, int at, int room, String what) throws MalformedLayer {
        boolean negative = (block[at] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = at; i < at + room; i++) {
            int each = i == at ? (negative ? block[i] & 0xff : block[i] & 0x7f) : block[i] & 0xff;
            if (i > at && value >> 55 != (negative ? -1 : 0)) {
                throw new MalformedLayer("the " + what + " in a header is larger than 64 bits");
            }
            value = i == at ? (negative ? (byte) each : each) : (value << 8) | each;
        }
        return value;
    }
}
