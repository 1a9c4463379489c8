package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.sandbox.audit.Audit;
import io.carafe.sandbox.audit.Difference;
import java.util.List;

/// `carafe-runtime verify`
final class Verify implements Command {
    private final OciRuntime runtime;

    Verify(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "verify";
    }

    @Override
    public String operands() {
        return "CONTAINER";
    }

    @Override
    public String purpose() {
        return "Compare what the kernel says of a container with what was asked for";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Is it as confined as it should be? Exit code 0 if so", "carafe-runtime verify web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        Audit audit = runtime.verify(CreationFlags.container(arguments));
        for (Difference difference : audit.differences()) {
            replies.out((difference.weaker() ? "weaker   " : "changed  ") + difference + "\n");
        }
        for (String step : audit.unchecked()) {
            replies.out("unknown  " + step + "\n");
        }
        replies.out(
                audit.holds()
                        ? "the container is as confined as planned\n"
                        : "the container is less confined than planned\n");
        replies.exit(audit.holds() ? 0 : 1);
    }
}
