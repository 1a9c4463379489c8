package io.carafe.engine.engine;

import io.carafe.engine.container.Container.Init;
import io.carafe.engine.container.HealthCheck;
import io.carafe.engine.container.LogSettings;
import io.carafe.engine.container.RestartPolicy;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is asked for of a container beside what its box shall be.
///
/// @param name        "" for a made-up one
/// @param removed     when it has ended
/// @param stopSignal  null for the image's, or SIGTERM
/// @param stopTimeout null for ten seconds
/// @param labels      beside the image's
/// @param pod         id of the pod that it is made in, "" for none
/// @param init        it makes something ready for the others of its pod; null if it doesn't
public record Terms(
        String name,
        boolean removed,
        RestartPolicy restart,
        @Nullable Integer stopSignal,
        @Nullable Duration stopTimeout,
        LogSettings log,
        Health health,
        Map<String, String> labels,
        String pod,
        @Nullable Init init) {
    public Terms {
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /// The same in a pod.
    public Terms in(String other) {
        return new Terms(name, removed, restart, stopSignal, stopTimeout, log, health, labels, other, init);
    }

    /// The same, of one that makes something ready for the others.
    public Terms initial(Init other) {
        return new Terms(name, removed, restart, stopSignal, stopTimeout, log, health, labels, pod, other);
    }

    /// What is said about the health check; where nothing is, the image's counts, or Docker's default.
    ///
    /// @param none    there shall be none
    /// @param command null for the image's
    public record Health(
            boolean none,
            @Nullable List<String> command,
            @Nullable Duration interval,
            @Nullable Duration timeout,
            @Nullable Duration startPeriod,
            @Nullable Integer retries,
            HealthCheck.Action action) {
        public static final Health UNSAID = new Health(false, null, null, null, null, null, HealthCheck.Action.NONE);
    }
}
