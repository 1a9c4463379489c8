package io.carafe.engine.runtime;

import io.carafe.sandbox.planner.Handover;

/// What a container is created with, beside its `config.json`.
///
/// @param pidFile   absolute, "" for none, as the next two
/// @param preserved descriptors from 3 on that its program gets
/// @param systemd   systemd makes its control groups
public record Creation(
        ContainerId id,
        String pidFile,
        String consoleSocket,
        String pidfdSocket,
        int preserved,
        boolean systemd,
        Handover.Left left) {}
