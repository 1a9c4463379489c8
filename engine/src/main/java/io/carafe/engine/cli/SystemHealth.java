package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.Health;
import io.carafe.engine.container.HealthCheck;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// `carafe system health`: what a container's monitor has run from time to time.
final class SystemHealth implements Command {
    static final String NAME = "system health";

    private static final int SIGKILL = 9;
    private static final int UNHEALTHY = 1;

    private final Engine engine;

    SystemHealth(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "CONTAINER";
    }

    @Override
    public String purpose() {
        return "Check a container's health now, and do what is to be done about it; its monitor asks";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Without waiting for the next time", "carafe system health web"));
    }

    @Override
    public List<Exit> exits() {
        return List.of(new Exit("1", "The check has failed"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe system health\" takes one CONTAINER");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        Condition now = acts.containers().find(arguments.operands().getFirst());
        Health health = acts.containers().check(now, replies::isHeard);
        HealthCheck rules = now.container().health();
        if (rules != null && health.state() == Health.State.UNHEALTHY) {
            act(rules.action(), now, acts);
        }
        boolean well = health.checks().getLast().code() == 0;
        replies.out(health.state().word() + "\n");
        replies.exit(well ? 0 : UNHEALTHY);
    }

    /// To be started again it has only to end: then its monitor asks.
    private static void act(HealthCheck.Action action, Condition now, ContainerActs acts) {
        switch (action) {
            case NONE -> {}
            case KILL, RESTART -> acts.signal(now, SIGKILL);
            case STOP -> {
                Container container = now.container();
                acts.containers().stopping(container, "its health check");
                acts.signal(now, container.stopSignal());
            }
        }
    }
}
