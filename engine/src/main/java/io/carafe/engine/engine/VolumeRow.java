package io.carafe.engine.engine;

/// A volume, as a list shows it.
///
/// @param labels `NAME=VALUE`, with commas
/// @param links  how many containers have it
public record VolumeRow(String driver, String name, String labels, String mountpoint, String scope, String links) {}
