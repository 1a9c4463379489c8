package io.carafe.engine.layer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that don't change: a name as a file system has it, or the value of an extended attribute.
public final class ByteString implements Comparable<ByteString> {
    public static final ByteString EMPTY = new ByteString(new byte[0]);

    private final byte[] bytes;

    /// Takes the array over.
    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    public static ByteString of(byte[] bytes) {
        return new ByteString(bytes.clone());
    }

    static ByteString of(byte[] bytes, int from, int to) {
        return new ByteString(Arrays.copyOfRange(bytes, from, to));
    }

    /// The UTF-8 form of a text.
    public static ByteString of(String text) {
        return new ByteString(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return bytes.length;
    }

    public byte at(int index) {
        return bytes[index];
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    boolean startsWith(ByteString prefix) {
        return bytes.length >= prefix.bytes.length
                && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
    }

    boolean contains(byte wanted) {
        for (byte each : bytes) {
            if (each == wanted) {
                return true;
            }
        }
        return false;
    }

    int lastIndexOf(byte wanted) {
        int at = bytes.length - 1;
        while (at >= 0 && bytes[at] != wanted) {
            at--;
        }
        return at;
    }

    ByteString substring(int from, int to) {
        return of(bytes, from, to);
    }

    ByteString substring(int from) {
        return of(bytes, from, bytes.length);
    }

    ByteString with(ByteString more) {
        byte[] both = Arrays.copyOf(bytes, bytes.length + more.bytes.length);
        System.arraycopy(more.bytes, 0, both, bytes.length, more.bytes.length);
        return new ByteString(both);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    void put(ByteBuffer target) {
        target.put(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public int compareTo(ByteString other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    /// For people: what is no printable UTF-8 is escaped as `\x1b`, so that no terminal obeys it.
    @Override
    public String toString() {
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean plain = text.indexOf('\ufffd') < 0 && text.chars().noneMatch(c -> Character.isISOControl(c));
        if (plain) {
            return text;
        }
        var escaped = new StringBuilder();
        for (byte each : bytes) {
            if (each >= ' ' && each < 0x7f) {
                escaped.append((char) each);
            } else {
                escaped.append("\\x%02x".formatted(each & 0xff));
            }
        }
        return escaped.toString();
    }
}
