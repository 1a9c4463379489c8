package io.carafe.engine.cli;

import io.carafe.engine.command.Command;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// Which commands `carafe volume` has.
final class VolumeCommands {
    static final String GROUP = "volume";
    static final List<String> NAMES = List.of("create", "ls", "inspect", "rm", "prune", "export", "import");

    private VolumeCommands() {}

    /// @param name with the group's before it
    static Command named(String name, Engine engine) {
        return switch (name) {
            case "volume create" -> new VolumeCreate(engine);
            case "volume ls" -> new VolumeList(engine);
            case "volume inspect" -> new KindInspect(engine, KindInspect.Kind.VOLUME);
            case "volume rm" -> new VolumeRemove(engine);
            case "volume prune" -> new VolumePrune(engine);
            case "volume export" -> new VolumeExport(engine);
            case "volume import" -> new VolumeImport(engine);
            default -> throw new UsageError("'" + name + "' is not a carafe command");
        };
    }
}
