package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe pod rm`
final class PodRemove implements Command {
    private static final Flag FORCE = Flag.toggle(
            "f", "force", "With their containers, also if they run: they are killed; that there is none is no error");

    private final Engine engine;

    PodRemove(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod rm";
    }

    @Override
    public String operands() {
        return "[OPTIONS] POD [POD...]";
    }

    @Override
    public String purpose() {
        return "Remove pods";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FORCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("One without containers", "carafe pod rm shop"),
                new Example("One with all that is in it", "carafe pod rm -f shop"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the pods could not be removed"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pod rm\" takes one POD at least");
        }
        boolean force = Boolean.TRUE.equals(arguments.on(FORCE));
        var acts = new PodActs(engine, invocation, replies);
        List<String> words = arguments.operands().stream()
                .filter(it -> !force || acts.pods().lookUp(it).isPresent()) // else it is as it shall be
                .toList();
        replies.exit(acts.each(words, (word, pod) -> {
            acts.remove(pod, force);
            replies.out(word + "\n");
        }));
    }
}
