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

/// `carafe attach`
final class Attach implements Command {
    private static final Flag NO_STDIN = Flag.toggle("", "no-stdin", "Leave standard input alone");

    private final Engine engine;

    Attach(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "attach";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER";
    }

    @Override
    public String purpose() {
        return "Take part in the output and input of a container that runs";
    }

    @Override
    public List<Flag> flags() {
        return List.of(AttachWords.KEYS, NO_STDIN, AttachWords.SIG_PROXY);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Its terminal; ctrl-p ctrl-q leaves it", "carafe attach shell"),
                new Example("Watch only", "carafe attach --no-stdin web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe attach\" takes one CONTAINER");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        Condition now = acts.containers().find(arguments.operands().getFirst());
        replies.plan(acts.containers()
                .attach(
                        now,
                        !Boolean.TRUE.equals(arguments.on(NO_STDIN)),
                        AttachWords.keys(arguments),
                        !Boolean.FALSE.equals(arguments.on(AttachWords.SIG_PROXY))));
    }
}
