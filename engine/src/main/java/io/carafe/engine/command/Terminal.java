package io.carafe.engine.command;

/// Which of the caller's standard descriptors are a terminal, and its size (0 if there is none).
public record Terminal(boolean input, boolean output, boolean error, int rows, int columns) {}
