package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Sizes;
import java.util.ArrayList;
import java.util.List;

/// `carafe container prune`
final class ContainerPrune implements Command {
    static final String NAME = "container prune";

    private final Engine engine;

    ContainerPrune(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Remove all containers that have ended, or never ran";
    }

    @Override
    public List<Flag> flags() {
        return List.of(PruneWords.FILTER, PruneWords.FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of them, after a question", "carafe container prune"),
                new Example("Those made more than a day ago", "carafe container prune -f --filter until=24h"),
                new Example("Those of a test", "carafe container prune -f --filter label=test"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be removed"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> filters = PruneWords.of(arguments.all(PruneWords.FILTER));
        if (!PruneWords.isMeant(this, "all containers that have ended, or never ran", arguments, replies)) {
            return;
        }
        Pruned pruned = pruned(filters, new ContainerActs(engine, invocation, replies), engine);
        if (!pruned.ids().isEmpty()) {
            replies.out("Deleted Containers:\n" + String.join("\n", pruned.ids()) + "\n\n");
        }
        replies.out("Total reclaimed space: " + Amount.size(pruned.bytes()) + "\n");
        replies.exit(pruned.code());
    }

    /// What is gone.
    ///
    /// @param code 0, or 1 if something went wrong
    record Pruned(List<String> ids, long bytes, int code) {}

    /// Removes those that don't run.
    ///
    /// @param filters of [PruneWords]
    static Pruned pruned(List<String> filters, ContainerActs acts, Engine engine) {
        Sizes sizes = engine.sizes(acts.caller().environment(), acts.caller().uid());
        var gone = new ArrayList<String>();
        long[] bytes = {0};
        int code = 0;
        for (Condition now : acts.containers().prunable(filters)) {
            code = Math.max(code, acts.guarded(() -> {
                long size = sizes.written(now);
                acts.remove(now, false);
                gone.add(now.container().id());
                bytes[0] += size;
            }));
        }
        return new Pruned(gone, bytes[0], code);
    }
}
