package io.carafe.engine.pod;

import io.carafe.engine.container.Registered;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is kept of a pod from its creation to its removal. Which containers are in it they say themselves.
///
/// @param id     64 hexadecimal digits
/// @param shared which namespaces its containers have together
/// @param infra  id of the container that holds them
/// @param limits of all its containers together; null for none
public record Pod(
        String id,
        String name,
        Instant created,
        List<Namespace> shared,
        String infra,
        ExitPolicy exitPolicy,
        Map<String, String> labels,
        @Nullable Resources limits)
        implements Registered<Pod> {
    private static final int BRIEF = 12;

    public Pod {
        shared = List.copyOf(shared);
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    }

    /// What becomes of a pod when the last of its containers has ended: Podman's words.
    public enum ExitPolicy {
        /// It waits for others.
        CONTINUE,
        /// It ends as well.
        STOP;

        /// As the command line and `inspect` have it.
        public String word() {
            return this == STOP ? "stop" : "continue";
        }
    }

    /// Its first 12 digits, which people read.
    public String brief() {
        return id.substring(0, Math.min(BRIEF, id.length()));
    }

    /// Whether its containers have one of a kind together.
    public boolean shares(Namespace namespace) {
        return shared.contains(namespace);
    }

    @Override
    public Pod named(String other) {
        return new Pod(id, other, created, shared, infra, exitPolicy, labels, limits);
    }
}
