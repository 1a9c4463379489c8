package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `carafe info`
final class Info implements Command {
    private static final Flag FORMAT =
            Flag.one("f", "format", "string", "Print by a template, as '{{.KernelVersion}}', or json");

    private final Engine engine;

    Info(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "info";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Show what there is: containers, images, the machine";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("For people", "carafe info"),
                new Example("For programs", "carafe info --format json | jq .ContainersRunning"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe info\" accepts no arguments");
        }
        Map<String, String> facts = engine.facts(invocation.environment(), invocation.uid());
        String format = arguments.last(FORMAT);
        if (format == null) {
            facts.forEach((name, value) -> replies.out(words(name) + ": " + value + "\n"));
        } else {
            String json = json(facts);
            replies.out(
                    format.equals("json")
                            ? json + "\n"
                            : Template.of(format).apply(Node.of(json, "info", new ArrayList<>())) + "\n");
        }
        replies.exit(0);
    }

    private static String json(Map<String, String> facts) {
        var json = new JsonWriter().beginObject();
        facts.forEach((name, value) -> {
            if (value.matches("[0-9]{1,18}")) {
                json.put(name, Long.parseLong(value));
            } else {
                json.put(name, value);
            }
        });
        return json.endObject().text();
    }

    /// `ContainersRunning` as people read it.
    private static String words(String name) {
        String apart = name.replaceAll("(?<=[a-z])(?=[A-Z])", " ");
        return apart.substring(0, 1) + apart.substring(1).toLowerCase(Locale.ROOT);
    }
}
