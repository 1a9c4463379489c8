package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.NetworkStore;
import java.util.ArrayList;
import java.util.List;

/// `carafe network inspect`
final class NetworkInspect implements Command {
    private static final Flag FORMAT = Flag.one(
            "f", "format", "string", "Print each by a template, as '{{.Bridge}}', or json for a line of JSON each");

    private final Engine engine;

    NetworkInspect(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "network inspect";
    }

    @Override
    public String operands() {
        return "[OPTIONS] NETWORK [NETWORK...]";
    }

    @Override
    public String purpose() {
        return "Show everything that is known of networks, and who is on them";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORMAT);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of it", "carafe network inspect bridge"),
                new Example("Its interface", "carafe network inspect -f '{{.Bridge}}' shop"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe network inspect\" takes one NETWORK at least");
        }
        NetworkStore store = engine.networks(invocation.environment(), invocation.uid());
        var found = new ArrayList<String>();
        arguments.operands().forEach(name -> found.add(store.inspect(name)));
        replies.out(VolumeInspect.text(found, arguments.last(FORMAT), "network"));
        replies.exit(0);
    }
}
