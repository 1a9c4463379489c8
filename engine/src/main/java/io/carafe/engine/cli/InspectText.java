package io.carafe.engine.cli;

import io.carafe.sandbox.json.IndentedJson;
import io.carafe.sandbox.json.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the commands called `inspect` print.
final class InspectText {
    private InspectText() {}

    /// @param found  each as JSON
    /// @param format null for a list of all
    /// @param what   one of them is called
    /// @throws io.carafe.engine.command.UsageError if the format isn't understood
    static String of(List<String> found, @Nullable String format, String what) {
        if (format == null) {
            return IndentedJson.of("[" + String.join(",", found) + "]") + "\n";
        }
        Template template = format.equals("json") ? null : Template.of(format);
        var text = new StringBuilder();
        for (String json : found) {
            text.append(template == null ? json : template.apply(Node.of(json, what, new ArrayList<>())))
                    .append('\n');
        }
        return text.toString();
    }
}
