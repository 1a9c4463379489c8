package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.sandbox.plan.Signals;
import java.util.List;

/// `carafe-runtime kill`
final class Kill implements Command {
    private static final Flag ALL = Flag.toggle("a", "all", "Send it to all of its processes");

    private final OciRuntime runtime;

    Kill(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER [SIGNAL]";
    }

    @Override
    public String purpose() {
        return "Send a signal to a container";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALL);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("End it", "carafe-runtime kill web KILL"),
                new Example("SIGTERM, the default", "carafe-runtime kill web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.isEmpty() || operands.size() > 2) {
            throw new UsageError("a container and one signal make sense, not " + operands.size() + " words");
        }
        int signal;
        try {
            signal = Signals.number(operands.size() == 1 ? "SIGTERM" : operands.get(1));
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
        boolean all = Boolean.TRUE.equals(arguments.on(ALL));
        replies.plan(runtime.kill(CreationFlags.container(operands.getFirst()), signal, all));
    }
}
