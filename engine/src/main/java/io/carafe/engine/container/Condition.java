package io.carafe.engine.container;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a container comes to at this moment. Whether it runs is asked of the kernel, each time.
///
/// @param pid   of its first process, as the host knows it; 0 if there is none
/// @param start null if it has never been started
/// @param end   null if it hasn't ended since, or nobody has seen it
/// @param checked what the checks of its health came to; null if there are none, or it doesn't run
/// @param failed  why it couldn't be started last; null if it could, or never was
public record Condition(
        Container container,
        Status status,
        int pid,
        @Nullable Start start,
        @Nullable End end,
        @Nullable Health checked,
        @Nullable Failure failed) {
    private static final int UNSEEN = 255; // Docker's, after its own daemon was killed

    /// How its last run ended.
    public Optional<End> ended() {
        return Optional.ofNullable(end);
    }

    /// What the checks of its health came to; empty if there are none, or it doesn't run.
    public Optional<Health> health() {
        return Optional.ofNullable(checked);
    }

    /// Why it couldn't be started last; empty if it could, or never was.
    public Optional<Failure> failure() {
        return Optional.ofNullable(failed);
    }

    /// Its exit code; 0 as long as there is none.
    public int code() {
        return switch (status) {
            case CREATED -> failed == null ? 0 : failed.code();
            case RUNNING, PAUSED -> 0;
            case DEAD -> UNSEEN;
            case EXITED, RESTARTING -> end == null ? UNSEEN : end.code();
        };
    }
}
