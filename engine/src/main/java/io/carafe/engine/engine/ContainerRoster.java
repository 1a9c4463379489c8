package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.metric.Watched;
import io.carafe.engine.pod.Pod;
import io.carafe.engine.runtime.Containers;
import io.carafe.engine.runtime.State;
import io.carafe.sandbox.cgroup.Groups;
import java.util.List;

/// The engine's containers, for those who look at them from outside.
final class ContainerRoster {
    private final LivingContainers containers;

    ContainerRoster(LivingContainers containers) {
        this.containers = containers;
    }

    /// All of them, but those that only hold the namespaces of a pod.
    List<Watched> all() {
        return containers.all().stream()
                .filter(it -> !it.container().isInfra())
                .map(this::watched)
                .toList();
    }

    /// One by its name, its id, or the first digits of that.
    ///
    /// @throws io.carafe.engine.error.EngineException if there is none
    Watched find(String word) {
        return watched(containers.find(word));
    }

    private Watched watched(Condition now) {
        Containers running = containers.running();
        Groups groups = now.status().isLive()
                ? running.find(now.container().key())
                        .map(State::file)
                        .map(it -> it.groups())
                        .orElse(Groups.NONE)
                : Groups.NONE;
        return new Watched(
                now.container().id(),
                now.container().name(),
                now.container().image(),
                containers.pods().lookUp(now.container().pod()).map(Pod::name).orElse(""),
                now.status().isLive() ? now.pid() : 0,
                groups);
    }
}
