package io.carafe.engine.engine;

import io.carafe.engine.image.Reference;
import io.carafe.engine.pack.PackOptions;
import io.carafe.engine.pack.PackedLayer;
import java.util.List;
import java.util.Map;

/// An image that shall be made of a program.
///
/// @param names       at least one
/// @param entrypoint  empty for the program alone
/// @param cmd         its arguments where none are given
/// @param environment `NAME=VALUE`, beside the image's own
/// @param labels      in the order in which they are written
/// @param user        "" for root
/// @param workdir     absolute, "" for the root directory
/// @param compression of the layer
/// @param epoch       seconds since 1970: the time of everything in it
public record PackRequest(
        PackOptions options,
        List<Reference> names,
        List<String> entrypoint,
        List<String> cmd,
        List<String> environment,
        Map<String, String> labels,
        String user,
        String workdir,
        PackedLayer.Compression compression,
        long epoch) {
    public PackRequest {
        names = List.copyOf(names);
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        environment = List.copyOf(environment);
        labels = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(labels));
    }
}
