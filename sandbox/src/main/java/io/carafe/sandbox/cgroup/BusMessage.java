package io.carafe.sandbox.cgroup;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Calls on a D-Bus, as bytes. D-Bus specification, "Marshaling" and "Message Format"; little-endian.
final class BusMessage {
    private static final int METHOD_CALL = 1;

    // header fields
    private static final int PATH = 1;
    private static final int INTERFACE = 2;
    private static final int MEMBER = 3;
    private static final int DESTINATION = 6;
    private static final int SIGNATURE = 8;

    /// What a property can be.
    sealed interface Value {
        String signature();
    }

    record Text(String text) implements Value {
        @Override
        public String signature() {
            return "s";
        }
    }

    record Truth(boolean truth) implements Value {
        @Override
        public String signature() {
            return "b";
        }
    }

    /// Unsigned, 64 bits.
    record Count(long number) implements Value {
        @Override
        public String signature() {
            return "t";
        }
    }

    /// Signed, 32 bits.
    record Whole(int number) implements Value {
        @Override
        public String signature() {
            return "i";
        }
    }

    record Texts(List<String> texts) implements Value {
        Texts {
            texts = List.copyOf(texts);
        }

        @Override
        public String signature() {
            return "as";
        }
    }

    record Pair(String first, String second) {}

    record Pairs(List<Pair> pairs) implements Value {
        Pairs {
            pairs = List.copyOf(pairs);
        }

        @Override
        public String signature() {
            return "a(ss)";
        }
    }

    /// A set of bits, the lowest of the first byte first.
    record Bits(List<Integer> bytes) implements Value {
        Bits {
            bytes = List.copyOf(bytes);
        }

        @Override
        public String signature() {
            return "ay";
        }
    }

    /// The process that becomes the box, whose number the executor knows.
    record Box() implements Value {
        @Override
        public String signature() {
            return "au";
        }
    }

    record Property(String name, Value value) {}

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int box;

    /// Where the box's process id goes, counted from the beginning; 0 for nowhere.
    int box() {
        return box;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /// One call, whose body is written behind it. Several may follow each other: each begins at a multiple of
    /// eight of its own, since the alignment counts from a message's start.
    static BusMessage call(
            int serial,
            String destination,
            String path,
            String type,
            String member,
            String signature,
            BusMessage body) {
        var header = new BusMessage();
        header.one('l').one(METHOD_CALL).one(0).one(1);
        header.word(body.out.size()).word(serial);
        var fields = new BusMessage();
        fields.field(PATH, 'o', path);
        fields.field(INTERFACE, 's', type);
        fields.field(MEMBER, 's', member);
        fields.field(DESTINATION, 's', destination);
        if (!signature.isEmpty()) {
            fields.align(8).one(SIGNATURE).signature("g").signature(signature);
        }
        header.word(fields.out.size());
        header.out.writeBytes(fields.bytes());
        header.align(8);
        header.box = body.box == 0 ? 0 : header.out.size() + body.box;
        header.out.writeBytes(body.bytes());
        return header;
    }

    private void field(int code, char type, String value) {
        align(8).one(code).signature(String.valueOf(type)).text(value);
    }

    /// Words as they lie in memory, the last filled up with zeros.
    static List<Integer> words(byte[] bytes) {
        var words = new ArrayList<Integer>();
        for (int i = 0; i < bytes.length; i += 4) {
            int word = 0;
            for (int j = 0; j < 4 && i + j < bytes.length; j++) {
                word |= (bytes[i + j] & 0xff) << (8 * j);
            }
            words.add(word);
        }
        return words;
    }

    BusMessage text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        align(4).word(bytes.length);
        out.writeBytes(bytes);
        return one(0);
    }

    BusMessage truth(boolean truth) {
        return align(4).word(truth ? 1 : 0);
    }

    /// `a(sv)`
    BusMessage properties(List<Property> properties) {
        return array(8, list -> {
            for (Property property : properties) {
                list.align(8).text(property.name()).variant(property.value());
            }
        });
    }

    /// An empty `a(sa(sv))`.
    BusMessage nothing() {
        return array(8, list -> {});
    }

    private void variant(Value value) {
        signature(value.signature());
        switch (value) {
            case Text(var text) -> text(text);
            case Truth(var truth) -> truth(truth);
            case Count(var number) -> align(8).word((int) number).word((int) (number >>> 32));
            case Whole(var number) -> align(4).word(number);
            case Texts(var texts) -> array(4, list -> texts.forEach(list::text));
            case Pairs(var pairs) ->
                array(
                        8,
                        list -> pairs.forEach(
                                pair -> list.align(8).text(pair.first()).text(pair.second())));
            case Bits(var bytes) -> array(1, list -> bytes.forEach(list::one));
            case Box() ->
                array(4, list -> {
                    list.box = list.out.size();
                    list.word(0);
                });
        }
    }

    private interface Elements {
        void write(BusMessage list);
    }

    /// The length in front counts the elements alone, not what is between it and the first.
    private BusMessage array(int alignment, Elements elements) {
        align(4);
        int length = out.size();
        word(0).align(alignment);
        int from = out.size();
        elements.write(this);
        byte[] bytes = out.toByteArray();
        int size = bytes.length - from;
        for (int i = 0; i < 4; i++) {
            bytes[length + i] = (byte) (size >>> (8 * i));
        }
        out.reset();
        out.writeBytes(bytes);
        return this;
    }

    private BusMessage signature(String signature) {
        byte[] bytes = signature.getBytes(StandardCharsets.US_ASCII);
        one(bytes.length);
        out.writeBytes(bytes);
        return one(0);
    }

    private BusMessage word(int word) {
        return one(word).one(word >>> 8).one(word >>> 16).one(word >>> 24);
    }

    private BusMessage one(int value) {
        out.write(value);
        return this;
    }

    private BusMessage align(int to) {
        while (out.size() % to != 0) {
            out.write(0);
        }
        return this;
    }
}
