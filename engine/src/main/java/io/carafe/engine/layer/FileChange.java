package io.carafe.engine.layer;

/// How a file differs.
///
/// @param kind `A` for added, `C` for changed, `D` for deleted
/// @param path absolute, its bytes as text; what is no text is escaped
public record FileChange(char kind, String path) {}
