package io.carafe.sandbox.json;

import io.carafe.sandbox.json.JsonText.Digits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A place in a JSON text that may hold a value: it knows its path, and puts down what is wrong with the value
/// instead of failing, so that all problems are told at once. A JSON null is no value.
public final class Node {
    private static final int PROBLEMS_MAX = 100;
    private static final int QUOTE_MAX = 64;
    private static final long U32_MAX = 0xFFFFFFFFL;

    private final String whole;
    private final String path;
    private final @Nullable Object value;
    private final List<Problem> problems;

    private Node(String whole, String path, @Nullable Object value, List<Problem> problems) {
        this.whole = whole;
        this.path = path;
        this.value = value;
        this.problems = problems;
    }

    /// The value of a whole text, at most 4 Mi characters and 64 levels deep. Of what is no JSON nothing is there,
    /// and the problem says in which line and column.
    ///
    /// @param whole    what the text is called in problems, as `config.json`
    /// @param problems gets what is found to be wrong
    public static Node of(String text, String whole, List<Problem> problems) {
        Object value = null;
        try {
            value = JsonText.parse(text, whole);
        } catch (MalformedJson e) {
            problems.add(e.problem());
        }
        return new Node(whole, "", value, problems);
    }

    /// The same place, with nothing there and nobody to miss it.
    public Node absent() {
        return new Node(whole, path, null, new ArrayList<>());
    }

    public boolean isThere() {
        return value != null;
    }

    public boolean isList() {
        return value instanceof List<?>;
    }

    public boolean isObject() {
        return value instanceof Map<?, ?>;
    }

    /// A string, a number as it stands there, `true` or `false`; "" of anything else.
    public String plain() {
        return switch (value) {
            case Digits(var text) -> text;
            case String text -> text;
            case Boolean truth -> truth.toString();
            case null, default -> "";
        };
    }

    /// One of its properties. The property of what isn't there isn't there; of what is no object none is missed.
    public Node get(String name) {
        if (value != null && !(value instanceof Map<?, ?>)) {
            return new Node(whole, below(name), null, new ArrayList<>());
        }
        Object child = value instanceof Map<?, ?> map ? map.get(name) : null;
        return new Node(whole, below(name), child, problems);
    }

    /// The same, checked to be an object if it is there.
    public Node object() {
        if (value != null && !(value instanceof Map<?, ?>)) {
            wrong("not an object");
        }
        return this;
    }

    /// Its elements, each checked to be an object. What isn't one isn't among them.
    public List<Node> objects() {
        var objects = new ArrayList<Node>();
        for (Node element : elements()) {
            if (element.value instanceof Map<?, ?>) {
                objects.add(element);
            } else {
                element.wrong("not an object");
            }
        }
        return objects;
    }

    /// By name, in the order of the text.
    public Map<String, Node> properties() {
        var properties = new LinkedHashMap<String, Node>();
        if (object().value instanceof Map<?, ?> map) {
            map.forEach((name, child) ->
                    properties.put((String) name, new Node(whole, below((String) name), child, problems)));
        }
        return properties;
    }

    public List<Node> elements() {
        var elements = new ArrayList<Node>();
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                elements.add(new Node(whole, path + "[" + i + "]", list.get(i), problems));
            }
        } else if (value != null) {
            wrong("not a list");
        }
        return elements;
    }

    /// "" if it isn't there.
    public String text() {
        if (value == null) {
            return "";
        }
        if (!(value instanceof String string)) {
            wrong("not a string");
            return "";
        }
        if (string.indexOf('\0') >= 0) { // C ends there, and would do with another string than we have checked
            problem("has a NUL in it: " + quoted(string));
            return "";
        }
        return string;
    }

    /// It has to be there, and not empty.
    public String needed() {
        String text = text();
        if (value == null) {
            problem("is missing");
        } else if (value instanceof String string && string.isEmpty()) {
            problem("is empty");
        }
        return text;
    }

    /// A text that is written to a file of the kernel's, which ends it at a line's end; "" if it isn't there.
    public String line() {
        String text = text();
        if (text.indexOf('\n') >= 0) {
            problem("has more than one line: " + quoted(text));
        }
        return text;
    }

    /// An absolute path, or "" if it isn't there.
    public String absolute() {
        String text = text();
        if (!text.isEmpty() && !text.startsWith("/")) {
            problem("not an absolute path: " + quoted(text));
        }
        return text;
    }

    /// Its elements, each of them a text.
    public List<String> texts() {
        var texts = new ArrayList<String>();
        for (Node element : elements()) {
            if (!element.isThere()) {
                element.wrong("not a string");
            }
            texts.add(element.text());
        }
        return texts;
    }

    /// One of these words, or `absent` if it isn't there.
    ///
    /// @param what what they name, for the message
    public String oneOf(Set<String> words, String what, String absent) {
        String text = text();
        if (text.isEmpty()) {
            return absent;
        }
        if (!words.contains(text)) {
            problem("no such " + what + ": " + quoted(text));
            return absent;
        }
        return text;
    }

    /// False if it is not there.
    public boolean truth() {
        if (value != null && !(value instanceof Boolean)) {
            wrong("neither true nor false");
        }
        return Boolean.TRUE.equals(value);
    }

    /// A whole number.
    ///
    /// @return null if it isn't there
    public @Nullable Long number(long least, long most) {
        if (value == null) {
            return null;
        }
        Long number = value instanceof Digits(var text) ? whole(text) : null;
        if (number == null || number < least || number > most) {
            wrong("not a number from " + least + " to " + most);
            return null;
        }
        return number;
    }

    public long number(long least, long most, long absent) {
        Long number = number(least, most);
        return number == null ? absent : number;
    }

    /// Likewise, but it has to be there.
    public long neededNumber(long least, long most) {
        if (value == null) {
            problem("is missing");
        }
        return number(least, most, Math.max(0, least));
    }

    /// An unsigned number of 32 bits.
    public int id() {
        return (int) number(0, U32_MAX, 0);
    }

    public int neededId() {
        return (int) neededNumber(0, U32_MAX);
    }

    /// An unsigned number of 64 bits.
    public long neededUnsigned() {
        if (value == null) {
            problem("is missing");
            return 0;
        }
        return unsigned();
    }

    /// An unsigned number of 64 bits, 0 if it isn't there.
    public long unsigned() {
        if (value == null) {
            return 0;
        }
        try {
            if (value instanceof Digits(var text) && !text.startsWith("-")) {
                return Long.parseUnsignedLong(text);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        wrong("not a number from 0 to 18446744073709551615");
        return 0;
    }

    private static @Nullable Long whole(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /// The value as a text again, in its order; `null` if it isn't there.
    public String json() {
        var json = new JsonWriter();
        write(value, json);
        return json.text();
    }

    private static void write(@Nullable Object value, JsonWriter json) {
        switch (value) {
            case Map<?, ?> map -> {
                json.beginObject();
                map.forEach((name, child) -> write(child, json.name((String) name)));
                json.endObject();
            }
            case List<?> list -> {
                json.beginList();
                list.forEach(child -> write(child, json));
                json.endList();
            }
            case Digits(var text) -> json.json(text);
            case String text -> json.value(text);
            case null, default -> json.json(String.valueOf(value)); // true, false, null
        }
    }

    /// What would be told of it.
    public Problem asProblem(String what) {
        return new Problem(path, what);
    }

    /// Told once, however often the value is read.
    public void problem(String what) {
        var problem = new Problem(path.isEmpty() ? whole : path, what);
        if (problems.contains(problem)) {
            return;
        }
        if (problems.size() < PROBLEMS_MAX) {
            problems.add(problem);
        } else if (problems.size() == PROBLEMS_MAX) {
            problems.add(new Problem(whole, "has more problems than these " + PROBLEMS_MAX));
        }
    }

    private void wrong(String what) {
        String found = switch (value) {
            case null -> "null";
            case Map<?, ?> _ -> "an object";
            case List<?> _ -> "a list";
            case Digits(var text) -> cut(text);
            case String text -> quoted(text);
            default -> value.toString();
        };
        problem(what + ": " + found);
    }

    private String below(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' && (c >= 128 || !Character.isLetterOrDigit(c))) {
                return path + "[" + quoted(name) + "]";
            }
        }
        return path.isEmpty() ? name : path + "." + name;
    }

    /// Somebody else's text, harmless in a terminal and not too long.
    public static String quoted(String text) {
        var safe = new StringBuilder("\"");
        for (char c : cut(text).toCharArray()) {
            boolean control = c < ' ' || (c >= 0x7f && c < 0xa0);
            safe.append(control ? '?' : c);
        }
        return safe.append('"').toString();
    }

    private static String cut(String text) {
        if (text.length() <= QUOTE_MAX) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(QUOTE_MAX - 1)) ? QUOTE_MAX - 1 : QUOTE_MAX;
        return text.substring(0, end) + "…";
    }
}
