package io.carafe.engine.daemon;

import io.carafe.engine.cli.Commands;
import io.carafe.engine.command.Cli;
import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.oci.RuntimeCommands;

/// The names that the front is called by, and who answers to each.
final class Names implements Cli {
    private static final String RUNTIME = "carafe-runtime";

    private final Engine engine = Engine.ofThisMachine();

    /// Made when it is asked: a cold JVM pays for each class.
    private Cli named(String name) {
        return name.equals(RUNTIME) ? new RuntimeCommands(engine) : new Commands(engine);
    }

    @Override
    public void run(Invocation invocation, Replies replies) {
        named(invocation.name()).run(invocation, replies);
    }

    @Override
    public void ended(Ended ended, Replies replies) {
        named(ended.name()).ended(ended, replies);
    }

    @Override
    public void warmUp() {
        new Commands(engine).warmUp();
        new RuntimeCommands(engine).warmUp();
    }
}
