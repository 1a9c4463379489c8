package io.carafe.engine.store;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Confidential;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Records as JSON, for the engine's own files: an object with a property for each component. Which record
/// of a sealed interface one is stands in the property `is`. A component that a file hasn't got is null, an
/// empty list or map, false or 0, and a property that no component has is passed over: so a newer Carafe
/// reads what an older one wrote, and the other way round.
///
/// By reflection: what is kept is large and grows, and a second list of its parts would be the one that is forgotten.
/// Never of what strangers wrote, and never on the way of a box that leaves nothing.
public final class RecordText {
    private static final String KIND = "is";
    private static final String WHOLE = "record";

    private RecordText() {}

    /// A record as a text.
    public static String of(Record value) {
        var json = new JsonWriter();
        write(value, value.getClass(), json);
        return json.text();
    }

    /// A record from its text.
    ///
    /// @throws IOException if it is none of that type
    public static <T extends Record> T read(String text, Class<T> type) throws IOException {
        var problems = new ArrayList<Problem>();
        Node node = Node.of(text, WHOLE, problems);
        Object value = problems.isEmpty() && node.isObject() ? read(node, type, problems) : null;
        if (!problems.isEmpty() || value == null) {
            throw new IOException(
                    problems.isEmpty() ? "it is no object" : problems.getFirst().toString());
        }
        return type.cast(value);
    }

    private static void write(@Nullable Object value, Type declared, JsonWriter json) {
        switch (value) {
            case null -> json.json("null");
            case Record record -> record(record, declared, json);
            case List<?> list -> {
                json.beginList();
                list.forEach(element -> write(element, parameter(declared, 0), json));
                json.endList();
            }
            case Map<?, ?> map -> {
                json.beginObject();
                map.forEach((name, child) -> write(child, parameter(declared, 1), json.name(word(name))));
                json.endObject();
            }
            case Boolean truth -> json.value(truth);
            case Number number -> json.value(number.longValue());
            default -> json.value(word(value)); // a text, a name, a time
        }
    }

    private static String word(Object value) {
        return value instanceof Enum<?> choice ? choice.name() : value.toString();
    }

    private static void record(Record record, Type declared, JsonWriter json) {
        json.beginObject();
        if (raw(declared).isInterface()) {
            json.put(KIND, record.getClass().getSimpleName());
        }
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = valueOf(record, component);
            if (value != null) {
                write(value, component.getGenericType(), json.name(component.getName()));
            }
        }
        json.endObject();
    }

    private static @Nullable Object valueOf(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record has its accessors", e);
        }
    }

    private static @Nullable Object read(Node node, Type declared, List<Problem> problems) {
        Class<?> type = raw(declared);
        if (type == String.class) {
            return node.isThere() ? node.text() : null; // "" is written, and means something else
        }
        if (type == boolean.class || type == Boolean.class) {
            return (node.isThere() || type.isPrimitive()) ? node.truth() : null;
        }
        if (type == int.class || type == Integer.class) {
            Long number = number(node, type, Integer.MIN_VALUE, Integer.MAX_VALUE);
            return number == null ? null : number.intValue();
        }
        if (type == long.class || type == Long.class) {
            return number(node, type, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == List.class) {
            return node.elements().stream()
                    .map(element -> read(element, parameter(declared, 0), problems))
                    .toList();
        }
        if (type == Map.class) {
            return map(node, declared, problems);
        }
        if (!node.isThere()) {
            return null;
        }
        if (type.isEnum()) {
            return choice(node, type);
        }
        if (type == Duration.class || type == Instant.class) {
            return time(node, type);
        }
        if (type == Confidential.class) {
            return new Confidential(new byte[0]); // what no text shows was not kept
        }
        return type.isInterface() ? chosen(node, type, problems) : made(node, type, problems);
    }

    private static @Nullable Long number(Node node, Class<?> type, long least, long most) {
        Long number = node.number(least, most);
        return number == null && type.isPrimitive() ? Long.valueOf(0) : number;
    }

    private static Map<Object, @Nullable Object> map(Node node, Type declared, List<Problem> problems) {
        Class<?> names = raw(parameter(declared, 0));
        var map = new LinkedHashMap<Object, @Nullable Object>();
        node.properties().forEach((name, child) -> {
            Object key = names.isEnum() ? constant(names, name) : name;
            if (key != null) {
                map.put(key, read(child, parameter(declared, 1), problems));
            }
        });
        return map;
    }

    private static @Nullable Object choice(Node node, Class<?> type) {
        Object constant = constant(type, node.text());
        if (constant == null) {
            node.problem("no such " + type.getSimpleName() + ": " + node.text());
        }
        return constant;
    }

    private static @Nullable Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        return null;
    }

    private static @Nullable Object time(Node node, Class<?> type) {
        try {
            return type == Duration.class ? Duration.parse(node.text()) : Instant.parse(node.text());
        } catch (DateTimeParseException e) {
            node.problem("is no time: " + node.text());
            return null;
        }
    }

    private static @Nullable Object chosen(Node node, Class<?> type, List<Problem> problems) {
        String kind = node.get(KIND).text();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (permitted.getSimpleName().equals(kind)) {
                return made(node, permitted, problems);
            }
        }
        node.problem("no such " + type.getSimpleName() + ": " + kind);
        return null;
    }

    private static @Nullable Object made(Node node, Class<?> type, List<Problem> problems) {
        RecordComponent[] components = type.getRecordComponents();
        var types = new Class<?>[components.length];
        var values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = read(node.get(components[i].getName()), components[i].getGenericType(), problems);
        }
        if (!problems.isEmpty()) {
            return null;
        }
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            node.problem(String.valueOf(e.getCause()));
            return null;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record has its constructor", e);
        }
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) type;
    }

    private static Type parameter(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }
}
