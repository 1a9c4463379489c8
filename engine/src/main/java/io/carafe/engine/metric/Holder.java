package io.carafe.engine.metric;

/// A process that has descriptors open.
///
/// @param container its name
/// @param pid       the host's
/// @param began     its start time in clock ticks since the boot: no other has this and the number
public record Holder(String container, int pid, long began, String command, Descriptors descriptors) {}
