package io.carafe.engine.registry;

/// A repository that a search has found. Its texts are strangers' and harmless in a terminal.
///
/// @param name        as `carafe pull` takes it
/// @param description "" where the registry has none
/// @param stars       how many people have marked it
/// @param isOfficial  whether the registry's own people look after it
public record Found(String name, String description, long stars, boolean isOfficial) {}
