package io.carafe.engine.runtime;

/// A container as it is now.
///
/// @param pid of its first process, 0 if there is none
public record State(ContainerFile file, Status status, int pid) {}
