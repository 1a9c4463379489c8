package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe network prune`
final class NetworkPrune implements Command {
    private static final Flag FILTER =
            Flag.list("", "filter", "Only what has this; as with network ls").of("label=", "label!=", "until=");

    private final Engine engine;

    NetworkPrune(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "network prune";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Remove all networks that nobody is on";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FILTER, PruneWords.FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("What no container is on now", "carafe network prune"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> filters = PruneWords.timed(arguments.all(FILTER));
        if (!PruneWords.isMeant(this, "all networks that nobody is on", arguments, replies)) {
            return;
        }
        List<String> gone =
                engine.networks(invocation.environment(), invocation.uid()).prune(filters);
        gone.forEach(it ->
                engine.chronicle(invocation.environment(), invocation.uid()).network("destroy", it));
        if (!gone.isEmpty()) {
            replies.out("Deleted Networks:\n" + String.join("\n", gone) + "\n");
        }
        replies.exit(0);
    }
}
