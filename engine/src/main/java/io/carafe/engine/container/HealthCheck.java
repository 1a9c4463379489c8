package io.carafe.engine.container;

import java.time.Duration;
import java.util.List;

/// How it is found out whether a container's program does its work: Docker's `HEALTHCHECK`, podman's actions.
///
/// @param command     run in the container; 0 is healthy
/// @param interval    between one and the next
/// @param timeout     after which one has failed
/// @param startPeriod from the start, in which a failure doesn't count
/// @param retries     so many failures in a row make it unhealthy
/// @param action      what is done then
public record HealthCheck(
        List<String> command, Duration interval, Duration timeout, Duration startPeriod, int retries, Action action) {
    public HealthCheck {
        command = List.copyOf(command);
    }

    /// What is done with a container that isn't healthy.
    public enum Action {
        NONE,
        KILL,
        RESTART,
        STOP
    }
}
