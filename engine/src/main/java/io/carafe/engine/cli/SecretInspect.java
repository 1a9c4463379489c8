package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.SecretStore;
import java.util.ArrayList;
import java.util.List;

/// `carafe secret inspect`
final class SecretInspect implements Command {
    private static final Flag FORMAT = Flag.one(
            "f", "format", "string", "Print each by a template, as '{{.Spec.Name}}', or json for a line of JSON each");

    private final Engine engine;

    SecretInspect(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "secret inspect";
    }

    @Override
    public String operands() {
        return "[OPTIONS] SECRET [SECRET...]";
    }

    @Override
    public String purpose() {
        return "Show what may be known of secrets: never their values";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of it", "carafe secret inspect password"),
                new Example("When it was made", "carafe secret inspect -f '{{.CreatedAt}}' password"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe secret inspect\" takes one SECRET at least");
        }
        SecretStore store = engine.secrets(invocation.environment(), invocation.uid());
        var found = new ArrayList<String>();
        arguments.operands().forEach(name -> found.add(store.inspect(name)));
        replies.out(VolumeInspect.text(found, arguments.last(FORMAT), "secret"));
        replies.exit(0);
    }
}
