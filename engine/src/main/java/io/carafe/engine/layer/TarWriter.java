package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// Writes a tar file: ustar headers, with PAX headers before those that need more. The same entries in the same order
/// make the same bytes, anywhere and on any day.
public final class TarWriter implements AutoCloseable {
    private static final int BLOCK = TarHeader.BLOCK;
    private static final int NAME = 100;
    private static final int PREFIX = 155;
    private static final long OCTAL_7 = 07777777;
    private static final long OCTAL_11 = 077777777777L;

    private final OutputStream out;
    private long left; // of the entry's data
    private int padding;

    /// @param out is closed with this
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /// Begins an entry. Of a regular file its data follows; one with holes has them as zeros.
    ///
    /// @throws IllegalStateException if data of the last one is missing
    public void entry(TarEntry entry) throws IOException {
        finish();
        byte[] path = path(entry);
        byte[] target = entry.target().bytes();
        int split = split(path);
        Map<String, byte[]> records = records(entry, path, target, split);
        if (!records.isEmpty()) {
            byte[] pax = bytes(records);
            byte[] header = header('x', paxName(path), 0, pax.length);
            number(header, 100, 8, 0644);
            number(header, 108, 8, 0);
            number(header, 116, 8, 0);
            number(header, 136, 12, 0);
            sum(header);
            out.write(header);
            out.write(pax);
            out.write(new byte[-pax.length & (BLOCK - 1)]);
        }
        byte[] header = header(type(entry.kind()), path, Math.max(split, 0), Math.min(entry.size(), OCTAL_11));
        number(header, 100, 8, entry.mode());
        number(header, 108, 8, Math.min(Integer.toUnsignedLong(entry.uid()), OCTAL_7));
        number(header, 116, 8, Math.min(Integer.toUnsignedLong(entry.gid()), OCTAL_7));
        number(header, 136, 12, isOctal(entry.seconds()) ? entry.seconds() : 0);
        System.arraycopy(target, 0, header, 157, Math.min(target.length, NAME));
        number(header, 329, 8, entry.major());
        number(header, 337, 8, entry.minor());
        sum(header);
        out.write(header);
        left = entry.size();
        padding = (int) (-left & (BLOCK - 1));
    }

    /// Some of the entry's data.
    public void write(byte[] data, int offset, int length) throws IOException {
        if (length > left) {
            throw new IllegalStateException("an entry got " + (length - left) + " bytes more than it has");
        }
        out.write(data, offset, length);
        left -= length;
    }

    private void finish() throws IOException {
        if (left != 0) {
            throw new IllegalStateException(left + " bytes of an entry are missing");
        }
        out.write(new byte[padding]);
        padding = 0;
    }

    /// Ends the tar file.
    @Override
    public void close() throws IOException {
        try (out) {
            finish();
            out.write(new byte[2 * BLOCK]);
        }
    }

    /// A directory's ends in a slash, as every writer has it.
    private static byte[] path(TarEntry entry) {
        ByteString path = entry.path();
        boolean slash =
                entry.kind() == TarEntry.Kind.DIRECTORY && (path.isEmpty() || path.at(path.length() - 1) != '/');
        return (slash ? path.with(ByteString.of(path.isEmpty() ? "./" : "/")) : path).bytes();
    }

    /// Where a path is divided into prefix and name: 0 if it needn't be, -1 if it can't be.
    private static int split(byte[] path) {
        if (path.length <= NAME) {
            return 0;
        }
        for (int at = Math.min(PREFIX, path.length - 2); at > 0; at--) {
            if (path[at] == '/') {
                return path.length - at - 1 <= NAME ? at : -1;
            }
        }
        return -1;
    }

    private static boolean isOctal(long seconds) {
        return seconds >= 0 && seconds <= OCTAL_11;
    }

    private static Map<String, byte[]> records(TarEntry entry, byte[] path, byte[] target, int split) {
        var records = new TreeMap<String, byte[]>();
        if (split < 0) {
            records.put("path", path);
        }
        if (target.length > NAME) {
            records.put("linkpath", target);
        }
        if (entry.size() > OCTAL_11) {
            records.put("size", ascii(Long.toString(entry.size())));
        }
        if (Integer.toUnsignedLong(entry.uid()) > OCTAL_7) {
            records.put("uid", ascii(Integer.toUnsignedString(entry.uid())));
        }
        if (Integer.toUnsignedLong(entry.gid()) > OCTAL_7) {
            records.put("gid", ascii(Integer.toUnsignedString(entry.gid())));
        }
        if (entry.nanoseconds() != 0 || !isOctal(entry.seconds())) {
            records.put("mtime", ascii(time(entry.seconds(), entry.nanoseconds())));
        }
        for (Attribute attribute : entry.attributes()) {
            records.put(
                    "SCHILY.xattr." + latin(attribute.name()), attribute.value().bytes());
        }
        return records;
    }

    /// One character for each byte: the keys are sorted and written as such.
    private static String latin(ByteString name) {
        return new String(name.bytes(), StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// With no more digits than it needs.
    static String time(long seconds, int nanoseconds) {
        boolean negative = seconds < 0;
        long whole = negative && nanoseconds != 0 ? seconds + 1 : seconds;
        int rest = negative && nanoseconds != 0 ? 1_000_000_000 - nanoseconds : nanoseconds;
        String sign = negative ? "-" : "";
        String fraction = String.valueOf(1_000_000_000 + rest).substring(1).replaceAll("0+$", "");
        return sign + Math.abs(whole) + (fraction.isEmpty() ? "" : "." + fraction);
    }

    private static byte[] bytes(Map<String, byte[]> records) {
        var bytes = new ByteArrayOutputStream();
        records.forEach((key, value) -> {
            byte[] name = (" " + key + "=").getBytes(StandardCharsets.ISO_8859_1);
            int length = name.length + value.length + 1;
            int all = length + Integer.toString(length).length();
            all = length + Integer.toString(all).length(); // with its own digits
            bytes.writeBytes(ascii(Integer.toString(all)));
            bytes.writeBytes(name);
            bytes.writeBytes(value);
            bytes.write('\n');
        });
        return bytes.toByteArray();
    }

    private static byte[] paxName(byte[] path) {
        byte[] prefix = ascii("PaxHeaders/");
        int end = path.length > 0 && path[path.length - 1] == '/' ? path.length - 1 : path.length;
        int from = end;
        while (from > 0 && path[from - 1] != '/') {
            from--;
        }
        byte[] name = Arrays.copyOf(prefix, prefix.length + Math.min(end - from, NAME - prefix.length));
        System.arraycopy(path, from, name, prefix.length, name.length - prefix.length);
        return name;
    }

    private static byte[] header(char type, byte[] path, int split, long size) {
        byte[] header = new byte[BLOCK];
        int from = split == 0 ? 0 : split + 1;
        System.arraycopy(path, from, header, 0, Math.min(path.length - from, NAME));
        System.arraycopy(path, 0, header, 345, split);
        number(header, 124, 12, size);
        header[156] = (byte) type;
        System.arraycopy(ascii("ustar\0" + "00"), 0, header, 257, 8);
        return header;
    }

    private static char type(TarEntry.Kind kind) {
        return switch (kind) {
            case FILE -> '0';
            case HARD_LINK -> '1';
            case SYMBOLIC_LINK -> '2';
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
        };
    }

    /// Octal digits and a NUL.
    private static void number(byte[] header, int at, int room, long value) {
        long rest = value;
        for (int i = room - 2; i >= 0; i--, rest >>= 3) {
            header[at + i] = (byte) ('0' + (rest & 7));
        }
        header[at + room - 1] = 0;
    }

    private static void sum(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        number(header, 148, 7, sum); // then a space, as ever
    }
}
