package io.carafe.engine.registry;

import java.nio.file.Path;

/// Where an account is kept.
public sealed interface Kept {
    /// In a file, in which anybody who may read it can read the password.
    record File(Path path) implements Kept {}

    /// By a credential helper.
    record Helper(String name) implements Kept {}
}
