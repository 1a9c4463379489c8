package io.carafe.engine.cli;

import io.carafe.engine.command.Command;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// Which commands `carafe network` has.
final class NetworkCommands {
    static final String GROUP = "network";
    static final List<String> NAMES =
            List.of("create", "ls", "inspect", "connect", "disconnect", "rm", "prune", "reload");

    private NetworkCommands() {}

    /// @param name with the group's before it
    static Command named(String name, Engine engine) {
        return switch (name) {
            case "network create" -> new NetworkCreate(engine);
            case "network ls" -> new NetworkList(engine);
            case "network inspect" -> new KindInspect(engine, KindInspect.Kind.NETWORK);
            case "network connect" -> new NetworkConnect(engine);
            case "network disconnect" -> new NetworkDisconnect(engine);
            case "network rm" -> new NetworkRemove(engine);
            case "network prune" -> new NetworkPrune(engine);
            case "network reload" -> new NetworkReload(engine);
            default -> throw new UsageError("'" + name + "' is not a carafe command");
        };
    }
}
