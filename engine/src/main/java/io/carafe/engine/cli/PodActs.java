package io.carafe.engine.cli;

import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.pod.Pod;
import java.util.List;
import java.util.function.BiConsumer;

/// What commands do to pods of their caller's: the container that holds the namespaces comes first and goes
/// last.
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

    /// Starts what of one doesn't run, in the order of creation. If nothing does yet, those that make
    /// something ready for the others come first, each to its end.
    ///
    /// @throws EngineException if one can't be started; the others are all the same, but for what had to
    ///     come first
    void start(Pod pod) {
        List<Condition> before = pods.containers(pod);
        boolean rests = before.stream()
                .noneMatch(it -> it.status().isLive() && !it.container().isInfra());
        acts.hold(pod);
        if (rests) {
            before.stream().filter(it -> it.container().isInit()).forEach(it -> makeReady(it, pod));
        }
        int failed = 0;
        for (Condition each : pods.containers(pod)) {
            if (!each.status().isLive() && !each.container().isInit()) {
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

    /// Runs one to its end.
    private void makeReady(Condition now, Pod pod) {
        Container container = now.container();
        String which = "container " + container.name() + " of pod " + pod.name() + ", which comes before its others,";
        String remedy = ": they were not started; carafe why " + container.name();
        if (acts.start(now, 0) != 0) {
            throw new EngineException.Conflict(which + " could not be started" + remedy);
        }
        int code = acts.end(acts.containers().records().condition(container));
        if (code != 0) {
            throw new EngineException.Conflict(which + " ended with code " + code + remedy);
        }
        if (container.init() == Container.Init.ONCE) {
            acts.discard(acts.containers().records().condition(container), false);
        }
    }

    /// Stops all of one: those that were made last first, for they need the others.
    void stop(Pod pod, StopWords how) {
        for (Condition each : pods.containers(pod).reversed()) {
            acts.stop(List.of(each), how, _ -> {});
        }
        acts.clear(pod);
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
