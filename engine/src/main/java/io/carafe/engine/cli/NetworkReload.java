package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe network reload`
final class NetworkReload implements Command {
    private final Engine engine;

    NetworkReload(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "network reload";
    }

    @Override
    public String operands() {
        return "";
    }

    @Override
    public String purpose() {
        return "Make the packet filter right again after somebody has flushed it";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example(
                "After the firewall has begun anew", "sudo nft -f /etc/nftables.conf && sudo carafe network reload"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe network reload\" accepts no arguments");
        }
        replies.plan(engine.networks(invocation.environment(), invocation.uid()).reload());
    }
}
