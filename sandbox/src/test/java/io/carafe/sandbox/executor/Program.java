package io.carafe.sandbox.executor;

import java.nio.file.Path;

/// The executor as it is shipped, and the same with ASan and UBSan, which ends with a status of its own at the first
/// finding.
enum Program {
    SHIPPED("target/classes/io/carafe/sandbox/executor/executor"),
    SANITIZED("target/executor-sanitized");

    final Path file;

    Program(String file) {
        this.file = Path.of(file).toAbsolutePath();
    }
}
