package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// `carafe stop`
final class Stop implements Command {
    private final Engine engine;

    Stop(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "stop";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return "Ask containers to end, and kill those that do not";
    }

    @Override
    public List<Flag> flags() {
        return StopWords.FLAGS;
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("One", "carafe stop web"),
                new Example("Two at once, which have a minute", "carafe stop -t 60 web db"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be stopped"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe stop\" takes one CONTAINER at least");
        }
        StopWords how = StopWords.of(arguments, "carafe stop");
        var acts = new ContainerActs(engine, invocation, replies);
        var words = new LinkedHashMap<String, String>();
        var several = new ArrayList<Condition>();
        int found = acts.each(arguments.operands(), (word, now) -> {
            if (words.putIfAbsent(now.container().id(), word) == null) {
                several.add(now);
            }
        });
        int stopped = acts.guarded(() -> acts.stop(several, how, it -> replies.out(words.get(it.id()) + "\n")));
        replies.exit(Math.max(found, stopped));
    }
}
