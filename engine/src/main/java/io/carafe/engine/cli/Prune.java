package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.ImageStore;
import io.carafe.engine.image.Collected;
import java.util.List;

/// `carafe prune`
final class Prune implements Command {
    private static final Flag ALL = Flag.toggle("a", "all", "Remove all images in which nothing runs");

    private final Engine engine;

    Prune(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "prune";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Remove images without a name, and files that none needs";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL, PruneWords.FILTER, PruneWords.FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What nobody can have meant to keep", "carafe prune"),
                new Example("All that nothing runs in, without a question", "carafe prune -af"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        boolean all = Boolean.TRUE.equals(arguments.on(ALL));
        List<String> filters = PruneWords.of(arguments.all(PruneWords.FILTER));
        if (!PruneWords.isMeant(
                this, all ? "all images in which nothing runs" : "all dangling images", arguments, replies)) {
            return;
        }
        ImageStore store = engine.images(invocation.environment(), invocation.uid());
        List<String> lines = store.prune(all, filters);
        Collected collected = store.collect(true);
        if (!lines.isEmpty()) {
            replies.out("Deleted Images:\n" + String.join("\n", lines) + "\n\n");
        }
        if (!collected.done()) {
            replies.err("something is being added: files are removed by the next carafe prune\n");
        }
        replies.out("Total reclaimed space: " + Amount.size(collected.bytes()) + "\n");
        replies.exit(0);
    }
}
