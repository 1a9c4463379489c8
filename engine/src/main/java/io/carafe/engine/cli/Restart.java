package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
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
        int[] failed = {0};
        int code = acts.each(arguments.operands(), (word, now) -> {
            acts.stop(List.of(now), how, it -> {});
            Condition then = acts.containers().records().condition(now.container());
            if (acts.start(then, 0) == 0) {
                replies.out(word + "\n");
            } else {
                failed[0] = ContainerActs.FAILED;
            }
        });
        replies.exit(Math.max(code, failed[0]));
    }
}
