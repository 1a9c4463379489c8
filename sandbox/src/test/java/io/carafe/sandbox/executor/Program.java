package io.carafe.sandbox.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The executor as it is shipped, and the same with ASan and UBSan, which ends with a status of its own at the first
/// finding.
enum Program {
    SHIPPED("target/classes/io/carafe/sandbox/executor/executor"),
    SANITIZED("target/executor-sanitized");

    private final Path file;

    Program(String file) {
        this.file = Path.of(file).toAbsolutePath();
    }

    /// By the name that makes it the executor.
    Path named() throws IOException {
        return named("carafe-executor");
    }

    /// One binary is several programs: its name says which.
    synchronized Path named(String name) throws IOException {
        Path link = Path.of(
                        "target",
                        "named",
                        name() + "-" + ProcessHandle.current().pid(),
                        name)
                .toAbsolutePath();
        if (!Files.exists(link)) {
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, file);
        }
        return link;
    }
}
