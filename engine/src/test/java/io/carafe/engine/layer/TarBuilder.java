package io.carafe.engine.layer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Makes tar files by hand, also such as no program would make.
final class TarBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, byte[]> pax = new LinkedHashMap<>();
    private int mode = 0644;
    private long uid;
    private long gid;
    private long modified = 1_000_000_000;
    private int major;
    private int minor;

    TarBuilder mode(int wanted) {
        mode = wanted;
        return this;
    }

    TarBuilder owner(long user, long group) {
        uid = user;
        gid = group;
        return this;
    }

    TarBuilder modified(long seconds) {
        modified = seconds;
        return this;
    }

    /// A record of the next entry's PAX header.
    TarBuilder pax(String key, byte[] value) {
        pax.put(key, value);
        return this;
    }

    TarBuilder pax(String key, String value) {
        return pax(key, value.getBytes(StandardCharsets.UTF_8));
    }

    TarBuilder directory(String name) {
        int file = mode;
        mode = file == 0644 ? 0755 : file;
        entry('5', name, "", new byte[0]);
        mode = file;
        return this;
    }

    TarBuilder file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    TarBuilder file(String name, byte[] content) {
        return entry('0', name, "", content);
    }

    TarBuilder symbolicLink(String name, String target) {
        return entry('2', name, target, new byte[0]);
    }

    TarBuilder hardLink(String name, String target) {
        return entry('1', name, target, new byte[0]);
    }

    TarBuilder device(char type, String name, int majorNumber, int minorNumber) {
        major = majorNumber;
        minor = minorNumber;
        entry(type, name, "", new byte[0]);
        major = 0;
        minor = 0;
        return this;
    }

    /// With all the settings so far.
    TarBuilder entry(char type, String name, String target, byte[] content) {
        if (!pax.isEmpty()) {
            var records = new ByteArrayOutputStream();
            pax.forEach((key, value) -> records.writeBytes(record(key, value)));
            pax.clear();
            raw('x', "PaxHeaders/x", "", records.toByteArray(), records.size());
        }
        return raw(type, name, target, content, content.length);
    }

    static byte[] record(String key, byte[] value) {
        byte[] rest = (" " + key + "=").getBytes(StandardCharsets.UTF_8);
        int length = rest.length + value.length + 1;
        int digits = 1;
        while (Integer.toString(length + digits).length() != digits) {
            digits++;
        }
        var record = new ByteArrayOutputStream();
        record.writeBytes(Integer.toString(length + digits).getBytes(StandardCharsets.US_ASCII));
        record.writeBytes(rest);
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    /// @param size what the header says
    TarBuilder raw(char type, String name, String target, byte[] content, long size) {
        block(header(type, name, target, size));
        block(content);
        return this;
    }

    byte[] header(char type, String name, String target, long size) {
        byte[] header = new byte[512];
        put(header, 0, 100, name.getBytes(StandardCharsets.ISO_8859_1));
        octal(header, 100, 8, mode);
        octal(header, 108, 8, uid);
        octal(header, 116, 8, gid);
        octal(header, 124, 12, size);
        octal(header, 136, 12, modified);
        header[156] = (byte) type;
        put(header, 157, 100, target.getBytes(StandardCharsets.ISO_8859_1));
        put(header, 257, 8, new byte[] {'u', 's', 't', 'a', 'r', 0, '0', '0'});
        octal(header, 329, 8, major);
        octal(header, 337, 8, minor);
        sum(header);
        return header;
    }

    /// Anything, filled up to a whole block.
    TarBuilder block(byte[] bytes) {
        out.writeBytes(bytes);
        out.writeBytes(new byte[-bytes.length & 511]);
        return this;
    }

    static void sum(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        octal(header, 148, 7, sum);
    }

    private static void put(byte[] header, int at, int room, byte[] bytes) {
        System.arraycopy(bytes, 0, header, at, Math.min(room, bytes.length));
    }

    static void octal(byte[] header, int at, int room, long value) {
        String digits = ("%0" + (room - 1) + "o").formatted(value);
        if (digits.length() < room) {
            put(header, at, room, digits.getBytes(StandardCharsets.US_ASCII));
            return;
        }
        for (int i = room - 1; i > 0; i--) {
            header[at + i] = (byte) (value >> (8 * (room - 1 - i)));
        }
        header[at] = (byte) (value < 0 ? 0xff : 0x80);
    }

    /// With the two empty blocks that end it.
    byte[] bytes() {
        byte[] ended = Arrays.copyOf(out.toByteArray(), out.size() + 1024);
        return ended;
    }

    byte[] unended() {
        return out.toByteArray();
    }
}
