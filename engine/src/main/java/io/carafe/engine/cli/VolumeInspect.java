package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.VolumeStore;
import io.carafe.sandbox.json.IndentedJson;
import io.carafe.sandbox.json.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `carafe volume inspect`
final class VolumeInspect implements Command {
    private static final Flag FORMAT = Flag.one(
            "f", "format", "string", "Print each by a template, as '{{.Mountpoint}}', or json for a line of JSON each");

    private final Engine engine;

    VolumeInspect(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "volume inspect";
    }

    @Override
    public String operands() {
        return "[OPTIONS] VOLUME [VOLUME...]";
    }

    @Override
    public String purpose() {
        return "Show everything that is known of volumes";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of it", "carafe volume inspect data"),
                new Example("Where its files are", "carafe volume inspect -f '{{.Mountpoint}}' data"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe volume inspect\" takes one VOLUME at least");
        }
        VolumeStore store = engine.volumes(invocation.environment(), invocation.uid());
        var found = new ArrayList<String>();
        arguments.operands().forEach(name -> found.add(store.inspect(name)));
        replies.out(text(found, arguments.last(FORMAT), "volume"));
        replies.exit(0);
    }

    /// What was found, each as JSON.
    ///
    /// @param format null for a list of all
    static String text(List<String> found, @Nullable String format, String what) {
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
