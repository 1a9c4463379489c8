package io.carafe.engine.layer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes a tar file of a few files with short names, as saved images are. The same files make the same bytes: they
/// are root's, and as old as Unix.
public final class ArchiveOutput {
    private static final int BLOCK = 512;
    private static final int NAME_MAX = 100;
    private static final int BUFFER = 256 << 10;

    private final OutputStream out;

    /// Begins one.
    ///
    /// @param out isn't closed
    public ArchiveOutput(OutputStream out) {
        this.out = out;
    }

    /// Adds a file.
    ///
    /// @param name ASCII, at most 100 bytes
    public void file(String name, byte[] content) throws IOException {
        out.write(header(name, content.length, '0', 0644));
        out.write(content);
        pad(content.length);
    }

    /// Adds a file that is read meanwhile.
    ///
    /// @throws IOException if it hasn't this size
    public void file(String name, long size, InputStream content) throws IOException {
        out.write(header(name, size, '0', 0644));
        byte[] buffer = new byte[BUFFER];
        long left = size;
        while (left > 0) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new IOException(name + " is " + left + " bytes shorter than it should be");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
        pad(size);
    }

    /// Adds a directory.
    ///
    /// @param name with a slash at its end
    public void directory(String name) throws IOException {
        out.write(header(name, 0, '5', 0755));
    }

    /// Ends it.
    public void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }

    private static byte[] header(String name, long size, char type, int mode) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        if (ascii.length > NAME_MAX) {
            throw new IllegalArgumentException("a name of more than " + NAME_MAX + " bytes: " + name);
        }
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, octal(mode, 7));
        put(header, 108, octal(0, 7));
        put(header, 116, octal(0, 7));
        put(header, 124, octal(size, 11));
        put(header, 136, octal(0, 11));
        put(header, 148, " ".repeat(8)); // the sum is made with blanks in its place
        header[156] = (byte) type;
        put(header, 257, "ustar");
        put(header, 263, "00");
        if (size > 077777777777L) { // 8 GiB: GNU's binary numbers, which all read
            for (int i = 0; i < 12; i++) {
                header[124 + i] = (byte) (i < 4 ? 0 : size >>> (8 * (11 - i)));
            }
            header[124] = (byte) 0x80;
        }
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, octal(sum, 6) + "\0 ");
        return header;
    }

    private static String octal(long number, int digits) {
        String octal = Long.toOctalString(number);
        return octal.length() > digits ? "0".repeat(digits) : "0".repeat(digits - octal.length()) + octal;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
