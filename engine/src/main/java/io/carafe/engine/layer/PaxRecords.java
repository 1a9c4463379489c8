package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a PAX header says of the entry behind it: tar(5), "Pax Interchange Format". A later record counts.
final class PaxRecords {
    private static final ByteString ATTRIBUTE = ByteString.of("SCHILY.xattr.");
    private static final long NANO = 1_000_000_000;

    private final Map<ByteString, ByteString> records = new LinkedHashMap<>();
    /// In their order, `GNU.sparse.offset` and `numbytes` being there once per stretch.
    private final List<Long> stretches = new ArrayList<>();

    /// @throws MalformedLayer if the bytes are no records
    void add(byte[] bytes) throws MalformedLayer {
        int at = 0;
        while (at < bytes.length) {
            int space = at;
            int length = 0;
            while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9' && length < bytes.length) {
                length = 10 * length + bytes[space++] - '0';
            }
            int end = at + length;
            if (space == at
                    || space >= bytes.length
                    || bytes[space] != ' '
                    || end > bytes.length
                    || end <= space + 1
                    || bytes[end - 1] != '\n') {
                throw new MalformedLayer("a record of a PAX header is damaged");
            }
            add(ByteString.of(bytes, space + 1, end - 1));
            at = end;
        }
    }

    private void add(ByteString record) throws MalformedLayer {
        int equals = 0;
        while (equals < record.length() && record.at(equals) != '=') {
            equals++;
        }
        if (equals == 0 || equals == record.length()) {
            throw new MalformedLayer("a record of a PAX header is damaged");
        }
        ByteString key = record.substring(0, equals);
        ByteString value = record.substring(equals + 1);
        if (key.startsWith(ATTRIBUTE) && key.contains((byte) 0)) {
            throw new MalformedLayer("the name of an attribute has a NUL in it");
        }
        String name = key.toString();
        if (name.equals("GNU.sparse.offset") || name.equals("GNU.sparse.numbytes")) {
            stretches.add(number(value.toString(), name));
        }
        records.put(key, value);
    }

    /// Null if it isn't there, or empty, which takes it back.
    @Nullable
    ByteString bytes(String key) {
        ByteString value = records.get(ByteString.of(key));
        return value == null || value.isEmpty() ? null : value;
    }

    @Nullable
    String text(String key) {
        ByteString value = bytes(key);
        return value == null ? null : value.toString();
    }

    long number(String key, long absent) throws MalformedLayer {
        String value = text(key);
        return value == null ? absent : number(value, key);
    }

    static long number(String digits, String what) throws MalformedLayer {
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new MalformedLayer(what + " of a PAX header is no number that we take: " + digits);
        }
        return Long.parseLong(digits);
    }

    List<Long> stretches() {
        return stretches;
    }

    /// A time with a fraction; what is finer than a nanosecond is left away.
    record Time(long seconds, int nanoseconds) {}

    @Nullable
    Time modified() throws MalformedLayer {
        String text = text("mtime");
        if (text == null) {
            return null;
        }
        boolean negative = text.startsWith("-");
        String rest = negative ? text.substring(1) : text;
        int dot = rest.indexOf('.');
        String fraction = dot < 0 ? "" : rest.substring(dot + 1);
        if (!fraction.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new MalformedLayer("mtime of a PAX header is no time: " + text);
        }
        long seconds = number(dot < 0 ? rest : rest.substring(0, dot), "mtime");
        long nanoseconds = Long.parseLong((fraction + "000000000").substring(0, 9));
        if (!negative) {
            return new Time(seconds, (int) nanoseconds);
        }
        return nanoseconds == 0 ? new Time(-seconds, 0) : new Time(-seconds - 1, (int) (NANO - nanoseconds));
    }

    List<Attribute> attributes() {
        var attributes = new ArrayList<Attribute>();
        records.forEach((key, value) -> {
            if (key.startsWith(ATTRIBUTE) && key.length() > ATTRIBUTE.length()) {
                attributes.add(new Attribute(key.substring(ATTRIBUTE.length()), value));
            }
        });
        return attributes;
    }
}
