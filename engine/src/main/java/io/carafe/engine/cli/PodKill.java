package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import io.carafe.sandbox.plan.Signals;
import java.util.List;

/// `carafe pod kill`
final class PodKill implements Command {
    private static final Flag SIGNAL = Flag.one("s", "signal", "signal", "Signal to send (default KILL)");
    private static final int SIGKILL = 9;

    private final Engine engine;

    PodKill(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod kill";
    }

    @Override
    public String operands() {
        return "[OPTIONS] POD [POD...]";
    }

    @Override
    public String purpose() {
        return "Send a signal to the containers of pods";
    }

    @Override
    public List<Flag> flags() {
        return List.of(SIGNAL);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of one", "carafe pod kill shop"),
                new Example("Have them read their settings", "carafe pod kill -s HUP shop"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers got none"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pod kill\" takes one POD at least");
        }
        String named = arguments.last(SIGNAL);
        int signal;
        try {
            signal = Signals.number(named == null ? "KILL" : named);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
        String why = "carafe pod kill -s " + Signals.name(signal);
        var pods = new PodActs(engine, invocation, replies);
        ContainerActs acts = pods.acts();
        replies.exit(pods.each(arguments.operands(), (word, pod) -> {
            for (Condition each : pods.pods().containers(pod).reversed()) {
                boolean ends = signal == SIGKILL || signal == each.container().stopSignal();
                if (each.status().isLive() && (ends || !each.container().isInfra())) {
                    if (ends) {
                        acts.containers().stopping(each.container(), why);
                    }
                    acts.perform(acts.containers().kill(each, signal));
                }
            }
            replies.out(word + "\n");
        }));
    }
}
