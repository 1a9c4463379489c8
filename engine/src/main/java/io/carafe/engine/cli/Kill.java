package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.sandbox.plan.Signals;
import java.util.List;

/// `carafe kill`
final class Kill implements Command {
    private static final Flag SIGNAL = Flag.one("s", "signal", "signal", "Which one (default KILL)");
    private static final int SIGKILL = 9;

    private final Engine engine;

    Kill(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER [CONTAINER...]";
    }

    @Override
    public String purpose() {
        return "Send a signal to the first process of containers";
    }

    @Override
    public List<Flag> flags() {
        return List.of(SIGNAL);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("End one at once", "carafe kill web"),
                new Example("Have one read its configuration again", "carafe kill -s HUP web"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers got no signal"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe kill\" takes one CONTAINER at least");
        }
        String named = arguments.last(SIGNAL);
        int signal;
        try {
            signal = Signals.number(named == null ? "KILL" : named);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
        var acts = new ContainerActs(engine, invocation, replies);
        replies.exit(acts.each(arguments.operands(), (word, now) -> {
            if (signal == SIGKILL || signal == now.container().stopSignal()) {
                acts.containers().stopping(now.container(), "carafe kill -s " + Signals.name(signal));
            }
            acts.signal(now, signal);
            replies.out(word + "\n");
        }));
    }
}
