package io.carafe.engine.runtime;

import java.util.Locale;

/// Runtime specification, runtime.md, "State".
public enum Status {
    CREATING,
    CREATED,
    RUNNING,
    /// Its processes are frozen; every runtime's own.
    PAUSED,
    STOPPED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
