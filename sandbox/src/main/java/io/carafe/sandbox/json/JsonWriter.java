package io.carafe.sandbox.json;

import java.util.Collection;
import java.util.Map;

/// Writes a JSON text (RFC 8259): compact, and in the order in which it is told, since what is hashed must be the
/// same tomorrow. Commas come by themselves; that what is opened is closed is the caller's business.
public final class JsonWriter {
    private final StringBuilder text = new StringBuilder();
    private boolean comma;

    /// What has been written.
    public String text() {
        return text.toString();
    }

    /// A string, quoted. Half a character, which a path that is no UTF-8 has for each of its bytes
    /// ([io.carafe.sandbox.plan.Utf8]), is escaped: no text could hold it.
    public static String quoted(String string) {
        var quoted = new StringBuilder(string.length() + 2).append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if (c < ' ' || isHalf(string, i)) {
                quoted.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private static boolean isHalf(String string, int at) {
        char c = string.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == string.length() || !Character.isLowSurrogate(string.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(string.charAt(at - 1)));
    }

    public JsonWriter beginObject() {
        return open('{');
    }

    public JsonWriter endObject() {
        return close('}');
    }

    public JsonWriter beginList() {
        return open('[');
    }

    public JsonWriter endList() {
        return close(']');
    }

    /// The name of a property; its value comes next.
    public JsonWriter name(String name) {
        separate();
        text.append(quoted(name)).append(':');
        comma = false;
        return this;
    }

    public JsonWriter value(String value) {
        return json(quoted(value));
    }

    public JsonWriter value(long value) {
        return json(Long.toString(value));
    }

    public JsonWriter value(boolean value) {
        return json(Boolean.toString(value));
    }

    /// A value that is JSON already.
    public JsonWriter json(String value) {
        separate();
        text.append(value);
        comma = true;
        return this;
    }

    public JsonWriter put(String name, String value) {
        return name(name).value(value);
    }

    public JsonWriter put(String name, long value) {
        return name(name).value(value);
    }

    public JsonWriter put(String name, boolean value) {
        return name(name).value(value);
    }

    public JsonWriter put(String name, Collection<String> values) {
        name(name).beginList();
        values.forEach(this::value);
        return endList();
    }

    public JsonWriter put(String name, Map<String, String> values) {
        name(name).beginObject();
        values.forEach(this::put);
        return endObject();
    }

    private JsonWriter open(char bracket) {
        separate();
        text.append(bracket);
        comma = false;
        return this;
    }

    private JsonWriter close(char bracket) {
        text.append(bracket);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            text.append(',');
        }
    }
}
