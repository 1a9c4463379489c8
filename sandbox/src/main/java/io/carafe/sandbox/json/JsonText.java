package io.carafe.sandbox.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a JSON text (RFC 8259) from somebody we don't trust, strictly: a property that stands there twice is
/// an error (two readers would take another one each), nesting and size are bounded, half a character is none.
///
/// Our own, because avaje's reader makes 2^63 - 1 of every larger number, and nests until the stack is at its
/// end.
final class JsonText {
    static final int SIZE_MAX = 4 << 20;
    static final int DEPTH_MAX = 64;

    private final String text;
    private final String whole;
    private int at;
    private int depth;

    /// A number as it stands there: what it may be is known by who reads it.
    record Digits(String text) {}

    private JsonText(String text, String whole) {
        this.text = text;
        this.whole = whole;
    }

    /// A `Map`, `List`, `String`, `Boolean`, [Digits] or null. Maps keep the text's order.
    ///
    /// @param whole what the text is called, for the message
    /// @throws MalformedJson with the first thing that is no JSON
    static @Nullable Object parse(String text, String whole) {
        if (text.length() > SIZE_MAX) {
            throw new MalformedJson(new Problem(whole, "larger than " + SIZE_MAX + " characters: " + text.length()));
        }
        var reader = new JsonText(text, whole);
        Object value = reader.value();
        reader.blanks();
        if (reader.at < text.length()) {
            throw reader.wrong("something after the end");
        }
        return value;
    }

    private @Nullable Object value() {
        blanks();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object() {
        var object = new LinkedHashMap<String, @Nullable Object>();
        enter();
        blanks();
        if (peek() != '}') {
            do {
                blanks();
                if (peek() != '"') {
                    throw wrong("no name of a property");
                }
                int start = at;
                String name = string();
                if (object.containsKey(name)) {
                    at = start;
                    throw wrong("a second " + Node.quoted(name));
                }
                blanks();
                if (!take(':')) {
                    throw wrong("no ':' after the name of a property");
                }
                object.put(name, value());
                blanks();
            } while (take(','));
        }
        leave('}');
        return object;
    }

    private List<@Nullable Object> array() {
        var array = new ArrayList<@Nullable Object>();
        enter();
        blanks();
        if (peek() != ']') {
            do {
                array.add(value());
                blanks();
            } while (take(','));
        }
        leave(']');
        return array;
    }

    private void enter() {
        if (++depth > DEPTH_MAX) {
            throw wrong("nested deeper than " + DEPTH_MAX);
        }
        at++;
    }

    private void leave(char end) {
        if (!take(end)) {
            throw wrong("neither ',' nor '" + end + "'");
        }
        depth--;
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw wrong("no value");
        }
        at += word.length();
        return value;
    }

    private Digits number() {
        int start = at;
        take('-');
        boolean valid = peek() == '0' ? take('0') : digits();
        if (valid && take('.')) {
            valid = digits();
        }
        if (valid && (take('e') || take('E'))) {
            if (!take('+')) {
                take('-');
            }
            valid = digits();
        }
        if (!valid) {
            at = start;
            throw wrong("no value");
        }
        return new Digits(text.substring(start, at));
    }

    private boolean digits() {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        return at > start;
    }

    private String string() {
        var string = new StringBuilder();
        at++;
        while (peek() != '"') {
            char c = peek();
            if (c < ' ') {
                throw wrong(at < text.length() ? "a control character in a string" : "a string without an end");
            }
            at++;
            string.append(c == '\\' ? escaped() : c);
        }
        for (int i = 0; i < string.length(); i++) {
            if (Character.isSurrogate(string.charAt(i))) {
                if (string.codePointAt(i) < Character.MIN_SUPPLEMENTARY_CODE_POINT) {
                    throw wrong("half a character in a string");
                }
                i++;
            }
        }
        at++;
        return string.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> {
                at--;
                throw wrong("no such escape");
            }
        };
    }

    private char unicode() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw wrong("no four hexadecimal digits");
            }
            unit = unit << 4 | digit;
            at++;
        }
        return (char) unit;
    }

    private void blanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
            at++;
        }
    }

    private boolean take(char c) {
        boolean there = at < text.length() && text.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    /// NUL at the end: it stands nowhere in JSON.
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private MalformedJson wrong(String what) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        String where = "line " + line + ", column " + (at - start + 1);
        return new MalformedJson(new Problem(whole, "no JSON at " + where + ": " + what));
    }
}
