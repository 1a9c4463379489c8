package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.pod.Pod;
import java.util.List;

/// `carafe pod prune`
final class PodPrune implements Command {

    private final Engine engine;

    PodPrune(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod prune";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Remove all pods that have ended, with their containers";
    }

    @Override
    public List<Flag> flags() {
        return List.of(PruneWords.FILTER, PruneWords.FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What ran and doesn't any more", "carafe pod prune"),
                new Example("If it was made more than a day ago", "carafe pod prune -f --filter until=24h"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the pods could not be removed"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> filters = PruneWords.of(arguments.all(PruneWords.FILTER));
        if (!PruneWords.isMeant(this, "all pods that have ended, with their containers", arguments, replies)) {
            return;
        }
        var acts = new PodActs(engine, invocation, replies);
        List<String> ended = acts.pods().prunable(filters).stream().map(Pod::id).toList();
        replies.exit(acts.each(ended, (word, pod) -> {
            acts.remove(pod, true);
            replies.out(word + "\n");
        }));
    }
}
