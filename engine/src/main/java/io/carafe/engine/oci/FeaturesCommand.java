package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.OciRuntime;
import java.util.List;

/// `carafe-runtime features`
final class FeaturesCommand implements Command {
    private final OciRuntime runtime;

    FeaturesCommand(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "features";
    }

    @Override
    public String operands() {
        return "";
    }

    @Override
    public String purpose() {
        return "Print what this runtime and this kernel can do, as JSON";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example(
                "Whether it knows idmapped mounts",
                "carafe-runtime features | jq .linux.mountExtensions.idmap.enabled"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("features takes no operands");
        }
        replies.out(runtime.features());
        replies.exit(0);
    }
}
