package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.metric.Why;
import io.carafe.sandbox.json.Node;
import java.util.ArrayList;
import java.util.List;

/// `carafe why`
final class WhyCommand implements Command {
    private static final Flag FORMAT =
            Flag.one("f", "format", "string", "json, or a template as '{{.Cause}}' or '{{json .Sentences}}'");
    private static final Flag TAIL =
            Flag.one("n", "tail", "number", "How many lines of its log are shown (default 10)");
    static final int LINES = 10;

    private final Engine engine;

    WhyCommand(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "why";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER";
    }

    @Override
    public String purpose() {
        return "Say why a container ended";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT, TAIL);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("In sentences, and the last lines of its log", "carafe why web"),
                new Example("In a word", "carafe why -f '{{.Cause}}' web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe why\" takes one CONTAINER");
        }
        Why why = engine.glass(invocation.environment(), invocation.uid())
                .why(arguments.operands().getFirst(), tail(arguments));
        String format = arguments.last(FORMAT);
        if (format == null) {
            replies.out(text(why));
        } else if (format.equals("json")) {
            replies.out(why.json() + "\n");
        } else {
            Node node = Node.of(why.json(), "why", new ArrayList<>());
            replies.out(Template.of(format).apply(node) + "\n");
        }
        replies.exit(0);
    }

    private static String text(Why why) {
        var text = new StringBuilder();
        why.sentences().forEach(it -> text.append(it).append('\n'));
        if (!why.lines().isEmpty()) {
            text.append("\nthe last of its log:\n");
            why.lines().forEach(it -> text.append("  ").append(it).append('\n'));
        }
        return text.toString();
    }

    private static int tail(Arguments arguments) {
        String word = arguments.last(TAIL);
        if (word != null && !word.matches("[0-9]{1,6}")) {
            throw new UsageError(UsageError.invalid(TAIL, word, "it is a number of lines"));
        }
        return word == null ? LINES : Integer.parseInt(word);
    }
}
