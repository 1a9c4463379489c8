package io.carafe.engine.container;

import java.util.Locale;

/// What a container does, in Docker's words.
public enum Status {
    CREATED,
    RUNNING,
    PAUSED,
    /// Its policy has it started again, in a moment.
    RESTARTING,
    EXITED,
    /// It ended, and nobody has seen how: its monitor was killed, or the machine went down.
    DEAD;

    /// Whether it has processes.
    public boolean isLive() {
        return this == RUNNING || this == PAUSED;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
