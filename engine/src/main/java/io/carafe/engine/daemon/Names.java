package io.carafe.engine.daemon;

import io.carafe.engine.cli.Commands;
import io.carafe.engine.command.Cli;
import io.carafe.engine.command.Ended;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.oci.RuntimeCommands;
import org.jspecify.annotations.Nullable;

/// The names that the front is called by, and who answers to each.
final class Names implements Cli {
    private static final String RUNTIME = "carafe-runtime";

    private volatile @Nullable Cli carafe;
    private volatile @Nullable Cli runtime;

    /// Made when it is asked: a cold JVM pays for each class. Twice does no harm.
    private Cli named(String name) {
        boolean isRuntime = name.equals(RUNTIME);
        Cli known = isRuntime ? runtime : carafe;
        if (known != null) {
            return known;
        }
        Cli made = isRuntime ? new RuntimeCommands() : new Commands();
        if (isRuntime) {
            runtime = made;
        } else {
            carafe = made;
        }
        return made;
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
        named("carafe").warmUp();
        named(RUNTIME).warmUp();
    }
}
