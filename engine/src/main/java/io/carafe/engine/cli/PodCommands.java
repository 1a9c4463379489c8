package io.carafe.engine.cli;

import io.carafe.engine.command.Command;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import java.util.List;

/// Which commands `carafe pod` has.
final class PodCommands {
    static final String GROUP = "pod";
    static final List<String> NAMES = List.of(
            "create", "start", "stop", "restart", "kill", "pause", "unpause", "rm", "ps", "inspect", "stats", "top",
            "exists", "logs", "prune");

    private PodCommands() {}

    /// @param name with the group's before it
    static Command named(String name, Engine engine) {
        return switch (name) {
            case "pod create" -> new PodCreate(engine);
            case "pod start" -> new PodStart(engine);
            case "pod stop" -> new PodStop(engine);
            case "pod restart" -> new PodRestart(engine);
            case "pod kill" -> new PodKill(engine);
            case "pod pause" -> new PodPause(engine, true);
            case "pod unpause" -> new PodPause(engine, false);
            case "pod rm" -> new PodRemove(engine);
            case "pod ps" -> new PodList(engine);
            case "pod inspect" -> new KindInspect(engine, KindInspect.Kind.POD);
            case "pod stats" -> new Stats(engine, true);
            case "pod top" -> new Top(engine, true);
            case "pod exists" -> new PodExists(engine);
            case "pod logs" -> new PodLogs(engine);
            case "pod prune" -> new PodPrune(engine);
            default -> throw new UsageError("'" + name + "' is not a carafe command");
        };
    }
}
