package io.carafe.engine.runtime;

import io.carafe.sandbox.spec.Spec;
import java.util.function.UnaryOperator;

/// A further process in a container that runs.
///
/// @param process   it, made of the container's own
/// @param pidFile   absolute, "" for none, as the next
/// @param preserved descriptors from 3 on that it gets
public record Execution(
        ContainerId id,
        UnaryOperator<Spec.Process> process,
        String pidFile,
        String consoleSocket,
        int preserved,
        boolean detached) {}
