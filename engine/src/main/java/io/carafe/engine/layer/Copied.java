package io.carafe.engine.layer;

/// What was copied.
///
/// @param size    bytes of the files, with their holes
/// @param leftOut devices that were not made
public record Copied(long size, int leftOut) {}
