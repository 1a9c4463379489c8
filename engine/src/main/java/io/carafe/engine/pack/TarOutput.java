package io.carafe.engine.pack;

import io.carafe.sandbox.plan.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes a tar file (POSIX.1-2001, pax) of which every byte follows from what is told: all belongs to root, all is of
/// one time, no name of a user stands in it.
final class TarOutput {
    private static final int BLOCK = 512;
    private static final int NAME_MAX = 100;
    private static final long SIZE_MAX = 0_77777777777L;
    private static final int BUFFER = 1 << 16;

    private final OutputStream out;
    private final long seconds;

    /// A tar file in a stream.
    ///
    /// @param seconds since 1970
    TarOutput(OutputStream out, long seconds) {
        this.out = out;
        this.seconds = seconds;
    }

    void directory(String path, int mode) throws IOException {
        entry('5', Utf8.encode(path.substring(1) + "/"), new byte[0], mode, 0, new byte[0]);
    }

    void link(String path, String target) throws IOException {
        entry('2', Utf8.encode(path.substring(1)), Utf8.encode(target), 0777, 0, new byte[0]);
    }

    /// A regular file.
    ///
    /// @param capability its `security.capability`, empty for none
    /// @throws IOException if it has another size
    void file(String path, int mode, long size, byte[] capability, InputStream content) throws IOException {
        entry('0', Utf8.encode(path.substring(1)), new byte[0], mode, size, capability);
        byte[] buffer = new byte[BUFFER];
        long rest = size;
        while (rest > 0) {
            int read = content.read(buffer, 0, (int) Math.min(buffer.length, rest));
            if (read < 0) {
                throw new IOException(path + " became shorter while it was packed");
            }
            out.write(buffer, 0, read);
            rest -= read;
        }
        if (content.read() >= 0) {
            throw new IOException(path + " became longer while it was packed");
        }
        pad(size);
    }

    /// Ends it; the stream stays open.
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private void entry(char type, byte[] name, byte[] target, int mode, long size, byte[] capability)
            throws IOException {
        var records = new ByteArrayOutputStream();
        if (name.length > NAME_MAX) {
            record(records, "path", name);
        }
        if (target.length > NAME_MAX) {
            record(records, "linkpath", target);
        }
        if (size > SIZE_MAX) {
            record(records, "size", Long.toString(size).getBytes(StandardCharsets.US_ASCII));
        }
        if (capability.length > 0) {
            record(records, "SCHILY.xattr.security.capability", capability);
        }
        if (records.size() > 0) {
            byte[] body = records.toByteArray();
            out.write(header('x', "pax".getBytes(StandardCharsets.US_ASCII), new byte[0], 0644, body.length));
            out.write(body);
            pad(body.length);
        }
        out.write(header(type, name, target, mode, Math.min(size, SIZE_MAX)));
    }

    /// `LENGTH KEY=VALUE\n`, whose length counts its own digits.
    private static void record(ByteArrayOutputStream records, String key, byte[] value) {
        int rest = key.length() + value.length + 3;
        int length = rest + 1;
        while (Integer.toString(length).length() + rest != length) {
            length = Integer.toString(length).length() + rest;
        }
        records.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.US_ASCII));
        records.writeBytes(value);
        records.write('\n');
    }

    private byte[] header(char type, byte[] name, byte[] target, int mode, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, Arrays.copyOf(name, Math.min(name.length, NAME_MAX)));
        octal(header, 100, 8, mode);
        octal(header, 108, 8, 0);
        octal(header, 116, 8, 0);
        octal(header, 124, 12, size);
        octal(header, 136, 12, seconds);
        header[156] = (byte) type;
        put(header, 157, Arrays.copyOf(target, Math.min(target.length, NAME_MAX)));
        put(header, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
        octal(header, 329, 8, 0);
        octal(header, 337, 8, 0);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, 148, 7, sum);
        return header;
    }

    /// Digits with leading zeros, and a zero byte.
    private static void octal(byte[] header, int at, int width, long value) {
        String digits = Long.toOctalString(value);
        put(header, at, ("0".repeat(width - 1 - digits.length()) + digits + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    private static void put(byte[] header, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }
}
