package io.carafe.engine.runtime;

import io.carafe.sandbox.spec.Spec;
import java.util.List;
import java.util.function.UnaryOperator;

/// A further process in a container that runs.
///
/// @param process   it, made of the container's own
/// @param pidFile   absolute, "" for none, as the next
/// @param groups    as `--cgroup` has them
/// @param paused    also in a container that is paused
/// @param preserved descriptors from 3 on that it gets
public record Execution(
        ContainerId id,
        UnaryOperator<Spec.Process> process,
        String pidFile,
        String consoleSocket,
        String pidfdSocket,
        List<String> groups,
        boolean paused,
        int preserved,
        boolean detached) {}
