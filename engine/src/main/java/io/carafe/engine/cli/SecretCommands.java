package io.carafe.engine.cli;

import io.carafe.engine.command.Command;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// Which commands `carafe secret` has.
final class SecretCommands {
    static final String GROUP = "secret";
    static final List<String> NAMES = List.of("create", "ls", "inspect", "rm");

    private SecretCommands() {}

    /// @param name with the group's before it
    static Command named(String name, Engine engine) {
        return switch (name) {
            case "secret create" -> new SecretCreate(engine);
            case "secret ls" -> new SecretList(engine);
            case "secret inspect" -> new KindInspect(engine, KindInspect.Kind.SECRET);
            case "secret rm" -> new SecretRemove(engine);
            default -> throw new UsageError("'" + name + "' is not a carafe command");
        };
    }
}
