package io.carafe.engine.pod;

import io.carafe.engine.container.Status;
import java.util.List;

/// What the containers of a pod come to together, in Podman's words.
public enum PodStatus {
    /// None of them has been started.
    CREATED,
    RUNNING,
    /// Some run, others don't.
    DEGRADED,
    PAUSED,
    /// All have ended.
    EXITED,
    /// Those that have been started have ended.
    STOPPED;

    /// What they come to.
    ///
    /// @param all what each of its containers does, the one that holds the namespaces too
    public static PodStatus of(List<Status> all) {
        long running = all.stream().filter(it -> it == Status.RUNNING).count();
        long paused = all.stream().filter(it -> it == Status.PAUSED).count();
        long created = all.stream().filter(it -> it == Status.CREATED).count();
        if (created == all.size()) {
            return CREATED;
        }
        if (running == all.size()) {
            return RUNNING;
        }
        if (paused == all.size()) {
            return PAUSED;
        }
        if (running + paused > 0) {
            return DEGRADED;
        }
        return created == 0 ? EXITED : STOPPED;
    }

    /// As it is shown.
    public String word() {
        return name().charAt(0) + name().substring(1).toLowerCase(java.util.Locale.ROOT);
    }
}
