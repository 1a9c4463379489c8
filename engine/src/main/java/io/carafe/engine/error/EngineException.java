package io.carafe.engine.error;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// How an operation fails, by who has to act. Nothing has happened then. Messages are lower case, without a full stop.
public abstract sealed class EngineException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private EngineException(String message) {
        super(message);
    }

    private EngineException(String message, Throwable cause) {
        super(message, cause);
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

    /// The machine doesn't let us.
    public static final class Failed extends EngineException {
        @Serial
        private static final long serialVersionUID = 1;

        /// @param doing what was being done, and to what
        public Failed(String doing, IOException cause) {
            super(doing + ": " + reason(cause), cause);
        }

        private static String reason(IOException cause) {
            return switch (cause) {
                case AccessDeniedException denied -> "permission denied: " + denied.getFile();
                case NoSuchFileException missing -> "no such file or directory: " + missing.getFile();
                default -> String.valueOf(cause.getMessage());
            };
        }
    }
}
