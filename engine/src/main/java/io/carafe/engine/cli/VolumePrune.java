package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Chronicle;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.VolumeStore;
import java.util.List;

/// `carafe volume prune`
final class VolumePrune implements Command {
    private static final Flag ALL = Flag.toggle("a", "all", "Also those that somebody has named");
    private static final Flag FILTER =
            Flag.list("", "filter", "Only what has this; as with volume ls").of("label=", "label!=", "until=", "all=");

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
        return List.of(ALL, FILTER, PruneWords.FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What was made for containers that are gone", "carafe volume prune"),
                new Example("All that nothing has, without a question", "carafe volume prune -af"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        boolean all = Boolean.TRUE.equals(arguments.on(ALL));
        String what = (all ? "all volumes" : "volumes that nobody has named and") + " that no container has";
        List<String> filters = PruneWords.timed(arguments.all(FILTER));
        if (!PruneWords.isMeant(this, what, arguments, replies)) {
            return;
        }
        VolumeStore.Pruned pruned = pruned(all, filters, engine, invocation);
        if (!pruned.names().isEmpty()) {
            replies.out("Deleted Volumes:\n" + String.join("\n", pruned.names()) + "\n\n");
        }
        replies.out("Total reclaimed space: " + Amount.size(pruned.bytes()) + "\n");
        replies.exit(0);
    }

    /// Removes volumes that nobody has, and puts that down.
    ///
    /// @param all also those that somebody has named
    static VolumeStore.Pruned pruned(boolean all, List<String> filters, Engine engine, Invocation invocation) {
        VolumeStore.Pruned pruned =
                engine.volumes(invocation.environment(), invocation.uid()).prune(all, filters);
        Chronicle chronicle = engine.chronicle(invocation.environment(), invocation.uid());
        pruned.names().forEach(it -> chronicle.volume("destroy", it));
        return pruned;
    }
}
