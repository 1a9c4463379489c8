package io.carafe.sandbox.spec;

import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.CustomAdapter;
import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Operator;
import java.math.BigInteger;

/// The JSON of an [Argument], by hand: its values go to 2^64 - 1, for which a generated reader of `long` has no
/// room.
@CustomAdapter
public final class ArgumentJson implements JsonAdapter<Argument> {
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(64);

    /// The generated registry passes itself; there is nothing to ask it for.
    public ArgumentJson(Jsonb jsonb) {}

    @Override
    public Argument fromJson(JsonReader reader) {
        int index = 0;
        long value = 0;
        long valueTwo = 0;
        Operator op = null;
        reader.beginObject();
        while (reader.hasNextField()) {
            switch (reader.nextField()) {
                case "index" -> index = reader.readInt();
                case "value" -> value = unsigned(reader);
                case "valueTwo" -> valueTwo = unsigned(reader);
                case "op" -> op = Operator.valueOf(reader.readString());
                default -> reader.skipValue();
            }
        }
        reader.endObject();
        if (op == null) {
            throw new IllegalArgumentException("a seccomp argument without op" + reader.location());
        }
        return new Argument(index, value, valueTwo, op);
    }

    private static long unsigned(JsonReader reader) {
        BigInteger number = reader.readBigInteger();
        if (number.signum() < 0 || number.compareTo(LIMIT) >= 0) {
            throw new IllegalArgumentException(number + " is not an unsigned 64-bit number" + reader.location());
        }
        return number.longValue();
    }

    @Override
    public void toJson(JsonWriter writer, Argument argument) {
        writer.beginObject();
        writer.name("index");
        writer.value(argument.index());
        writer.name("value");
        writer.value(new BigInteger(Long.toUnsignedString(argument.value())));
        writer.name("valueTwo");
        writer.value(new BigInteger(Long.toUnsignedString(argument.valueTwo())));
        writer.name("op");
        writer.value(argument.op().name());
        writer.endObject();
    }
}
