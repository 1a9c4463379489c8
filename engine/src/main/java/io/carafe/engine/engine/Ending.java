package io.carafe.engine.engine;

import java.util.List;

/// How a box ended.
///
/// @param sentences what a user has to be told: lower case, no full stop; often nothing
/// @param warnings  likewise, of what changes nothing
/// @param ran       whether all that was to be done was done; not that the program is content
/// @param code      what the caller exits with
public record Ending(List<String> sentences, List<String> warnings, boolean ran, int code) {
    public Ending {
        sentences = List.copyOf(sentences);
        warnings = List.copyOf(warnings);
    }
}
