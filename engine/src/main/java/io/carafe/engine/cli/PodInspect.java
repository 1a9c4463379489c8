package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Pods;
import java.util.List;

/// `carafe pod inspect`
final class PodInspect implements Command {
    private static final Flag FORMAT = Flag.one(
            "f", "format", "string", "Print each by a template, as '{{.State}}', or json for a line of JSON each");

    private final Engine engine;

    PodInspect(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod inspect";
    }

    @Override
    public String operands() {
        return "[OPTIONS] POD [POD...]";
    }

    @Override
    public String purpose() {
        return "Show everything that is known of pods";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of it", "carafe pod inspect shop"),
                new Example("Who is in it", "carafe pod inspect -f '{{.NumContainers}}' shop"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pod inspect\" takes one POD at least");
        }
        Pods pods = engine.pods(invocation.environment(), invocation.uid());
        List<String> found = arguments.operands().stream()
                .map(it -> pods.inspect(pods.find(it)))
                .toList();
        replies.out(VolumeInspect.text(found, arguments.last(FORMAT), "pod"));
        replies.exit(0);
    }
}
