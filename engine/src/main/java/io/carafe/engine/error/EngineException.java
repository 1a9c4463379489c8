package io.carafe.engine.error;

import java.io.Serial;

/// How an operation fails, by who has to act. Nothing has happened then. Messages are lower case, without a full stop.
public abstract sealed class EngineException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private EngineException(String message) {
        super(message);
    }

    /// There is no such thing.
    public static final class NotFound extends EngineException {
        @Serial
        private static final long serialVersionUID = 1;

        public NotFound(String kind, String name) {
            super(kind + " " + name + " does not exist");
        }
    }

    /// It is there, but not in a state in which this can be done.
    public static final class Conflict extends EngineException {
        @Serial
        private static final long serialVersionUID = 1;

        public Conflict(String message) {
            super(message);
        }
    }
}
