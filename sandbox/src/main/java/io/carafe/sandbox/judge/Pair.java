package io.carafe.sandbox.judge;

/// How two programs ended that talked to each other. Which of them was right, the checker's exit code says.
public record Pair(Verdict solution, Verdict checker) {}
