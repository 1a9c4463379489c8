package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Distribution;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe logout`: forgets an account of a registry.
final class Logout implements Command {
    private final Engine engine;

    Logout(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "logout";
    }

    @Override
    public String operands() {
        return "[REGISTRY]";
    }

    @Override
    public String purpose() {
        return "Log out of a registry";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Of Docker's registry", "carafe logout"),
                new Example("Of another", "carafe logout registry.example"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() > 1) {
            throw new UsageError("\"carafe logout\" accepts at most one registry");
        }
        String server = Login.server(arguments.operands());
        try (Distribution distribution = engine.distribution(invocation.environment(), invocation.uid(), true)) {
            boolean known = distribution.logout(server);
            replies.out(
                    known ? "Removing login credentials for " + server + "\n" : "Not logged in to " + server + "\n");
        }
        replies.exit(0);
    }
}
