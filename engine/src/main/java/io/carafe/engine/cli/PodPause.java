package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Status;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe pod pause` and `carafe pod unpause`
final class PodPause implements Command {
    private final Engine engine;
    private final boolean pauses;

    /// @param pauses else they go on
    PodPause(Engine engine, boolean pauses) {
        this.engine = engine;
        this.pauses = pauses;
    }

    @Override
    public String name() {
        return pauses ? "pod pause" : "pod unpause";
    }

    @Override
    public String operands() {
        return "POD [POD...]";
    }

    @Override
    public String purpose() {
        return pauses
                ? "Stop the processes of pods where they are"
                : "Have the processes of pods go on that were stopped where they are";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("One", "carafe " + name() + " shop"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "One of the containers is as it was"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe " + name() + "\" takes one POD at least");
        }
        var pods = new PodActs(engine, invocation, replies);
        ContainerActs acts = pods.acts();
        Status changes = pauses ? Status.RUNNING : Status.PAUSED;
        replies.exit(pods.each(arguments.operands(), (word, pod) -> {
            for (Condition each : pods.pods().containers(pod)) {
                if (each.status() == changes) {
                    acts.perform(acts.containers().pause(each, pauses));
                }
            }
            replies.out(word + "\n");
        }));
    }
}
