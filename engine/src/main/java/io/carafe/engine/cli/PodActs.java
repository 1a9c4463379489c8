package io.carafe.engine.cli;

import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.pod.Pod;
import java.util.List;
import java.util.function.BiConsumer;

/// What commands do to pods of their caller's: the container that holds the namespaces comes first and goes last.
final class PodActs {
    private final ContainerActs acts;
    private final Pods pods;

    PodActs(Engine engine, Invocation invocation, Replies replies) {
        acts = new ContainerActs(engine, invocation, replies);
        pods = acts.pods();
    }

    Pods pods() {
        return pods;
    }

    ContainerActs acts() {
        return acts;
    }

    /// Does something to each, whatever becomes of the others, and says what went wrong.
    ///
    /// @param act gets the word too: what is done is told by it
    /// @return 0, or 1 if something did
    int each(List<String> words, BiConsumer<String, Pod> act) {
        int code = 0;
        for (String word : words) {
            code = Math.max(code, acts.guarded(() -> act.accept(word, pods.find(word))));
        }
        return code;
    }

    /// Starts what of one doesn't run, in the order of creation.
    ///
    /// @throws EngineException if one can't be started; the others are all the same
    void start(Pod pod) {
        acts.hold(pod);
        int failed = 0;
        for (Condition each : pods.containers(pod)) {
            if (!each.status().isLive()) {
                failed += acts.guarded(() -> {
                    if (acts.start(each, 0) != 0) {
                        throw new EngineException.Conflict(
                                "container " + each.container().name() + " was not started");
                    }
                });
            }
        }
        if (failed > 0) {
            throw new EngineException.Conflict("pod " + pod.name() + " runs without " + failed + " of its containers");
        }
    }

    /// Stops all of one: those that were made last first, for they need the others.
    void stop(Pod pod, StopWords how) {
        for (Condition each : pods.containers(pod).reversed()) {
            acts.stop(List.of(each), how, _ -> {});
        }
    }

    /// Removes one.
    ///
    /// @param force also if there are containers in it: those that run are killed
    /// @throws EngineException if there are
    void remove(Pod pod, boolean force) {
        List<Condition> all = pods.containers(pod);
        boolean empty = all.stream()
                .allMatch(it -> it.container().isInfra() && !it.status().isLive());
        if (!force && !empty) {
            throw new EngineException.Conflict("pod " + pod.name() + " has containers or runs; carafe pod rm -f "
                    + pod.name() + " stops it and removes them too");
        }
        for (Condition each : all.reversed()) {
            acts.discard(each, force);
        }
        acts.containers().leftovers(pod).ifPresent(acts::perform);
        pods.discard(pod);
    }
}
