package io.carafe.engine.cli;

import io.carafe.engine.command.Command;
import io.carafe.engine.command.UsageError;
import java.util.List;

/// Which commands `carafe forensics` has.
final class ForensicsCommands {
    static final String GROUP = "forensics";
    static final List<String> NAMES = List.of("ls", "show", "verify");

    private ForensicsCommands() {}

    /// @param name with the group's before it
    static Command named(String name) {
        return switch (name) {
            case "forensics ls" -> new ForensicsList();
            case "forensics show" -> new ForensicsShow();
            case "forensics verify" -> new ForensicsVerify();
            default -> throw new UsageError("'" + name + "' is not a carafe command");
        };
    }
}
