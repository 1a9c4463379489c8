package io.carafe.engine.runtime;

import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Handover;
import org.jspecify.annotations.Nullable;

/// What a container is created with, beside its `config.json`.
///
/// @param pidFile   absolute, "" for none, as the next two
/// @param preserved descriptors from 3 on that its program gets
/// @param pivot     its root becomes `/` by pivot_root(2); else by chroot(2)
/// @param keyring   it gets a session keyring of its own
/// @param readiness a socket of the host's that it may tell its readiness to (sd_notify(3)), "" for none
/// @param systemd   systemd makes its control groups
/// @param monitor   who stays with it in the background; null for nobody
public record Creation(
        ContainerId id,
        String pidFile,
        String consoleSocket,
        String pidfdSocket,
        int preserved,
        boolean pivot,
        boolean keyring,
        String readiness,
        boolean systemd,
        Handover.Left left,
        Step.@Nullable Monitor monitor) {
    /// With nobody who stays with it.
    public Creation(
            ContainerId id,
            String pidFile,
            String consoleSocket,
            String pidfdSocket,
            int preserved,
            boolean pivot,
            boolean keyring,
            String readiness,
            boolean systemd,
            Handover.Left left) {
        this(id, pidFile, consoleSocket, pidfdSocket, preserved, pivot, keyring, readiness, systemd, left, null);
    }
}
