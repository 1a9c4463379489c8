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

/// `carafe restart`
final class Restart implements Command {
    private final Engine engine;

    Restart(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return "Stop containers and start them again";
    }

    @Override
    public List<Flag> flags() {
        return StopWords.FLAGS;
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("One", "carafe restart web"), new Example("At once", "carafe restart -t 0 web"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be started again"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe restart\" takes one CONTAINER at least");
        }
        StopWords how = StopWords.of(arguments, "carafe restart");
        var acts = new ContainerActs(engine, invocation, replies);
        var words = new LinkedHashMap<String, String>();
        var several = new ArrayList<Condition>();
        int found = acts.each(arguments.operands(), (word, now) -> {
            if (words.putIfAbsent(now.container().id(), word) == null) {
                several.add(now);
            }
        });
        int[] failed = {0};
        int stopped = acts.guarded(() -> acts.stop(several, how, it -> {
            Condition then = acts.containers().records().condition(it);
            int refused = acts.guarded(() -> {
                if (acts.start(then, 0) == 0) {
                    replies.out(words.get(it.id()) + "\n");
                } else {
                    failed[0] = ContainerActs.FAILED;
                }
            });
            failed[0] = Math.max(failed[0], refused);
        }));
        replies.exit(Math.max(found, Math.max(stopped, failed[0])));
    }
}
