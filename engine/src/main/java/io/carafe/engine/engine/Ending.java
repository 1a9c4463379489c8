package io.carafe.engine.engine;

import java.util.List;

/// How a box ended.
///
/// @param sentences what a user has to be told: lower case, no full stop; often nothing
/// @param code      what the caller exits with
public record Ending(List<String> sentences, int code) {
    public Ending {
        sentences = List.copyOf(sentences);
    }
}
