package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.OciRuntime;
import java.util.List;

/// `carafe-runtime spec`
final class SpecCommand implements Command {
    private static final Flag BUNDLE = Flag.one("b", "bundle", "DIRECTORY", "Where (default: the working directory)")
            .ofDirectories();
    private static final Flag ROOTLESS = Flag.toggle("", "rootless", "For a container of an ordinary user");

    private final OciRuntime runtime;

    SpecCommand(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "spec";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Write a config.json to begin with";
    }

    @Override
    public List<Flag> flags() {
        return List.of(BUNDLE, ROOTLESS);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Into this directory", "carafe-runtime spec"),
                new Example("For an ordinary user", "carafe-runtime spec --rootless"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("spec takes no operands");
        }
        String bundle = arguments.last(BUNDLE);
        String file = CallerPath.absolute((bundle == null ? "." : bundle) + "/config.json", invocation);
        boolean rootless = Boolean.TRUE.equals(arguments.on(ROOTLESS));
        replies.plan(runtime.template(file, 0666 & ~invocation.umask(), rootless, invocation.uid(), invocation.gid()));
    }
}
