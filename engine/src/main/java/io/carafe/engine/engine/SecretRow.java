package io.carafe.engine.engine;

/// A secret, as a list shows it.
///
/// @param created RFC 3339
/// @param labels  `NAME=VALUE`, with commas
public record SecretRow(String id, String name, String created, String labels) {}
