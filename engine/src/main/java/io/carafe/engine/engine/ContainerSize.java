package io.carafe.engine.engine;

/// What a container takes on the disk.
///
/// @param written bytes of what it has written over its image
/// @param whole   bytes of that and of the image, which others may have too
public record ContainerSize(long written, long whole) {}
