package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Prints a list of things, as `--format` says: a table, a line of JSON for each, or a line made by a
/// [Template].
///
/// @param heads of the usual table; none if there is none
/// @param names of its cells in JSON and in templates, as many
/// @param more  names that only JSON and templates know, with their cells behind the others
record Listed(List<String> heads, List<String> names, List<String> more) {
    static final Flag FORMAT = Flag.one(
            "",
            "format",
            "string",
            "Print each by a template, as '{{.ID}}', 'table {{.ID}}\\t{{.Size}}', or json for a line of JSON each");

    private static final String TABLE = "table";

    /// The same with a column more in the table, the last one.
    Listed with(String head, String name) {
        return new Listed(and(heads, head), and(names, name), more);
    }

    private static List<String> and(List<String> words, String word) {
        var all = new ArrayList<>(words);
        all.add(word);
        return all;
    }

    /// The text of rows, each with its cells: those of the table, then those of `more`.
    ///
    /// @param format null for the usual table
    /// @throws io.carafe.engine.command.UsageError if the format isn't understood
    String text(@Nullable String format, List<List<String>> rows) {
        if (format == null || format.equals(TABLE)) {
            var columns = new Columns(heads);
            rows.forEach(row -> columns.row(row.subList(0, heads.size())));
            return columns.text();
        }
        var text = new StringBuilder();
        if (format.equals("json")) {
            rows.forEach(row -> text.append(json(row)).append('\n'));
            return text.toString();
        }
        if (format.startsWith(TABLE + " ")) {
            return table(Template.of(format.substring(TABLE.length() + 1).strip()), rows);
        }
        Template template = Template.of(format);
        rows.forEach(row -> text.append(template.apply(node(row))).append('\n'));
        return text.toString();
    }

    private String table(Template template, List<List<String>> rows) {
        var columns = new Columns(template.fields().stream().map(this::head).toList());
        for (List<String> row : rows) {
            columns.row(List.of(template.apply(node(row)).split("\t", -1)));
        }
        return columns.text();
    }

    private String head(String name) {
        int at = names.indexOf(name);
        return at >= 0 && at < heads.size() ? heads.get(at) : name.toUpperCase(Locale.ROOT);
    }

    private Node node(List<String> row) {
        return Node.of(json(row), "row", new ArrayList<>());
    }

    private String json(List<String> row) {
        var json = new JsonWriter();
        json.beginObject();
        for (int i = 0; i < row.size(); i++) {
            json.put(i < names.size() ? names.get(i) : more.get(i - names.size()), row.get(i));
        }
        return json.endObject().text();
    }
}
