package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe volume prune`
final class VolumePrune implements Command {
    private static final Flag ALL = Flag.toggle("a", "all", "Also those that somebody has named");
    private static final Flag FILTER =
            Flag.list("", "filter", "Only what has this; as with volume ls").of("label=", "label!=", "until=", "all=");
    private static final Flag FORCE = Flag.toggle("f", "force", "Do not ask");

    private final Engine engine;

    VolumePrune(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "volume prune";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Remove volumes that nobody has named and nothing has";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL, FILTER, FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What was made for containers that are gone", "carafe volume prune"),
                new Example("All that nothing has, without a question", "carafe volume prune -af"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe volume prune\" accepts no arguments");
        }
        boolean all = Boolean.TRUE.equals(arguments.on(ALL));
        String what = (all ? "all volumes" : "volumes that nobody has named and") + " that no container has";
        if (!Boolean.TRUE.equals(arguments.on(FORCE)) && !Prune.isMeant(what, replies)) {
            replies.exit(0);
            return;
        }
        List<String> gone =
                engine.volumes(invocation.environment(), invocation.uid()).prune(all, arguments.all(FILTER));
        gone.forEach(it ->
                engine.chronicle(invocation.environment(), invocation.uid()).volume("destroy", it));
        if (!gone.isEmpty()) {
            replies.out("Deleted Volumes:\n" + String.join("\n", gone) + "\n");
        }
        replies.exit(0);
    }
}
