package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Watch;
import java.util.List;

/// `carafe start`
final class Start implements Command {
    private static final Flag ATTACH = Flag.toggle("a", "attach", "Take part in its output, and wait for its end");
    private static final Flag INTERACTIVE = Flag.toggle("i", "interactive", "Likewise, and pass on standard input");

    private final Engine engine;

    Start(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return "Start containers that have ended, or never ran";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ATTACH, AttachWords.KEYS, INTERACTIVE, AttachWords.SIG_PROXY);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("One that was stopped", "carafe start web"),
                new Example("One whose output is of interest", "carafe start -a job"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers could not be started"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe start\" takes one CONTAINER at least");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        boolean interactive = Boolean.TRUE.equals(arguments.on(INTERACTIVE));
        if (interactive || Boolean.TRUE.equals(arguments.on(ATTACH))) {
            if (arguments.operands().size() > 1) {
                throw new UsageError("only one container can be attached to at a time");
            }
            Condition now = acts.containers().find(arguments.operands().getFirst());
            boolean input = interactive && now.container().interactive();
            acts.startAttached(now, Watch.OUTPUT | Watch.ERROR | (input ? Watch.INPUT : 0), arguments);
            return;
        }
        int[] failed = {0};
        int code = acts.each(arguments.operands(), (word, now) -> {
            if (!now.status().isLive() && acts.start(now, 0) != 0) {
                failed[0] = ContainerActs.FAILED;
            } else {
                replies.out(word + "\n");
            }
        });
        replies.exit(Math.max(code, failed[0]));
    }
}
