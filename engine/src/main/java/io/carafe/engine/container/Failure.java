package io.carafe.engine.container;

import java.time.Instant;
import java.util.List;

/// Why a container could not be started, as whoever tried was told.
///
/// @param time      when that was
/// @param code      125, 126 or 127: what the command exited with
/// @param sentences lower case, no full stop; with the step that failed, and the remedy if there is one
public record Failure(Instant time, int code, List<String> sentences) {
    public Failure {
        sentences = List.copyOf(sentences);
    }

    /// In one line.
    public String text() {
        return String.join("; ", sentences);
    }
}
