package io.carafe.engine.cli;

import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `--format` takes besides `json` and `table`: text with fields in it, as Go's templates have them. Fields, and
/// functions of one field: `{{.ID}}`, `{{.Config.Env}}`, `{{json .}}`, `{{upper .ID}}`, `{{.ID | json}}`,
/// `{{len .RepoTags}}`, `{{join .Config.Cmd " "}}`, `{{index .RepoTags 0}}`. Whoever wants more has `json` and jq.
final class Template {
    private static final String NO_VALUE = "<no value>"; // Go's

    private final List<Piece> pieces = new ArrayList<>();

    private sealed interface Piece {
        record Text(String text) implements Piece {}

        /// @param path  names one below the other; none for all of it
        /// @param calls functions, the first one first
        record Field(List<String> path, List<Call> calls) implements Piece {}
    }

    /// @param argument "" if there is none
    private record Call(String function, String argument) {}

    private Template() {}

    /// Reads one. `\t` and `\n` in it are a tab and a new line.
    ///
    /// @throws UsageError if it has something that isn't there
    static Template of(String text) {
        var template = new Template();
        int at = 0;
        for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
            int close = text.indexOf("}}", open);
            if (close < 0) {
                throw new UsageError("template " + text + ": {{ without }}");
            }
            template.text(text.substring(at, open));
            template.pieces.add(field(text.substring(open + 2, close).strip()));
            at = close + 2;
        }
        template.text(text.substring(at));
        return template;
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            pieces.add(new Piece.Text(text.replace("\\t", "\t").replace("\\n", "\n")));
        }
    }

    private static Piece.Field field(String action) {
        List<List<String>> pipeline = words(action);
        List<String> path = List.of();
        var calls = new ArrayList<Call>();
        for (int i = 0; i < pipeline.size(); i++) {
            List<String> words = pipeline.get(i);
            if (i == 0) {
                path = path(words.size() == 1 ? words.getFirst() : word(words, 1, action), action);
            }
            if (i > 0 || words.size() > 1) {
                String function = words.isEmpty() ? "" : words.getFirst();
                int arguments = words.size() - (i == 0 ? 2 : 1);
                calls.add(call(function, arguments > 0 ? words.getLast() : "", arguments, action));
            }
        }
        return new Piece.Field(path, calls);
    }

    private static Call call(String function, String argument, int arguments, String action) {
        int wanted = switch (function) {
            case "json", "upper", "lower", "len" -> 0;
            case "index", "join" -> 1;
            default -> -1;
        };
        if (arguments != wanted) {
            throw unknown(action);
        }
        return new Call(function, argument);
    }

    private static String word(List<String> words, int at, String action) {
        if (at >= words.size()) {
            throw unknown(action);
        }
        return words.get(at);
    }

    private static List<String> path(String word, String action) {
        if (!word.startsWith(".")) {
            throw unknown(action);
        }
        return word.equals(".") ? List.of() : List.of(word.substring(1).split("\\.", -1));
    }

    private static UsageError unknown(String action) {
        return new UsageError(
                "template action {{" + action + "}} is not supported: there are fields as {{.ID}} and json,"
                        + " upper, lower, len, join, index of one; --format json and jq can do the rest");
    }

    /// Words, some of them quoted, in the parts between `|`.
    private static List<List<String>> words(String action) {
        var pipeline = new ArrayList<List<String>>();
        var words = new ArrayList<String>();
        int at = 0;
        while (at < action.length()) {
            char c = action.charAt(at);
            int end = at + 1;
            if (c == '|') {
                pipeline.add(words);
                words = new ArrayList<>();
            } else if (c == '"') {
                end = action.indexOf('"', at + 1) + 1;
                if (end == 0) {
                    throw unknown(action);
                }
                words.add(action.substring(at + 1, end - 1));
            } else if (c != ' ') {
                while (end < action.length() && " |\"".indexOf(action.charAt(end)) < 0) {
                    end++;
                }
                words.add(action.substring(at, end));
            }
            at = end;
        }
        pipeline.add(words);
        return pipeline;
    }

    /// The text with one thing's fields in it.
    ///
    /// @throws UsageError if it has no such field
    String apply(Node thing) {
        var text = new StringBuilder();
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Text(var words) -> text.append(words);
                case Piece.Field(var path, var calls) -> text.append(value(thing, path, calls));
            }
        }
        return text.toString();
    }

    /// What stands over the columns of a table: the fields' names, in words.
    List<String> fields() {
        var names = new ArrayList<String>();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Field field) {
                names.add(field.path().isEmpty() ? "" : field.path().getLast());
            }
        }
        return names;
    }

    private static String value(Node thing, List<String> path, List<Call> calls) {
        Node node = thing;
        for (String name : path) {
            Map<String, Node> fields = node.isObject() ? node.properties() : Map.of();
            Node child = fields.get(name);
            if (child == null && node == thing) {
                throw new UsageError(
                        "there is no field ." + name + "; there are ." + String.join(", .", fields.keySet()));
            }
            node = child == null ? node.absent() : child;
        }
        String text = null;
        for (Call call : calls) {
            if (text == null && call.function().equals("index")) {
                node = element(node, call.argument());
            } else {
                text = called(call, node, text);
            }
        }
        return text == null ? shown(node) : text;
    }

    /// @param before what an earlier function has made of it, or null
    private static String called(Call call, Node node, @Nullable String before) {
        String text = before == null ? shown(node) : before;
        return switch (call.function()) {
            case "json" -> before == null ? node.json() : JsonWriter.quoted(before);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "len" -> Integer.toString(length(node, text));
            case "join" -> joined(node, call.argument());
            default -> throw new UsageError("template function " + call.function() + " takes a field");
        };
    }

    private static int length(Node node, String text) {
        if (node.isList()) {
            return node.elements().size();
        }
        return node.isObject() ? node.properties().size() : text.length();
    }

    private static String joined(Node node, String between) {
        var words = new ArrayList<String>();
        for (Node element : node.isList() ? node.elements() : List.<Node>of()) {
            words.add(shown(element));
        }
        return String.join(between, words);
    }

    private static Node element(Node node, String which) {
        if (node.isObject()) {
            return node.get(which);
        }
        List<Node> elements = node.isList() ? node.elements() : List.of();
        if (!which.matches("[0-9]{1,9}") || Integer.parseInt(which) >= elements.size()) {
            throw new UsageError("template: there is no element " + which + " in a list of " + elements.size());
        }
        return elements.get(Integer.parseInt(which));
    }

    /// As Go prints it.
    private static String shown(Node node) {
        if (node.isList()) {
            return "[" + joined(node, " ") + "]";
        }
        if (node.isObject()) {
            var entries = new ArrayList<String>();
            node.properties().forEach((name, child) -> entries.add(name + ":" + shown(child)));
            return "map[" + String.join(" ", entries) + "]";
        }
        return node.isThere() ? node.plain() : NO_VALUE;
    }
}
