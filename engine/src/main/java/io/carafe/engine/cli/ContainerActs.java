package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.Status;
import io.carafe.engine.engine.Ending;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.engine.Refused;
import io.carafe.engine.engine.Watch;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.pod.Pod;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Signals;
import io.carafe.sandbox.plan.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// What commands do to containers of their caller's, by plans that the front performs.
final class ContainerActs {
    static final int FAILED = 1;

    private static final int SIGKILL = 9;
    private static final long PAUSE = 5; // milliseconds between two looks
    private static final Duration CLEANING = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(500);

    private static final String BY_FORCE = "removed by force";

    private final Engine engine;
    private final Invocation invocation;
    private final Replies replies;
    private final LivingContainers containers;
    private final Pods pods;
    private final Set<String> killed = new HashSet<>(); // and not waited for yet

    ContainerActs(Engine engine, Invocation invocation, Replies replies) {
        this.engine = engine;
        this.invocation = invocation;
        this.replies = replies;
        containers = engine.containers(invocation.environment(), invocation.uid());
        pods = engine.pods(invocation.environment(), invocation.uid());
    }

    Pods pods() {
        return pods;
    }

    LivingContainers containers() {
        return containers;
    }

    Invocation caller() {
        return invocation;
    }

    /// Does something to each, whatever becomes of the others, and says what went wrong.
    ///
    /// @param words names, ids, or the first digits of these
    /// @param act   gets the word too: what is done is told by it
    /// @return 0, or 1 if something did
    int each(List<String> words, BiConsumer<String, Condition> act) {
        int code = 0;
        for (String word : words) {
            code = Math.max(code, guarded(() -> act.accept(word, containers.find(word))));
        }
        return code;
    }

    /// Does something, and says what went wrong.
    ///
    /// @return 0, or 1 if something did
    int guarded(Runnable act) {
        try {
            act.run();
            return 0;
        } catch (EngineException e) {
            say(String.valueOf(e.getMessage()));
        } catch (Refused e) {
            e.sentences().forEach(this::say);
        }
        return FAILED;
    }

    void say(String sentence) {
        replies.err(invocation.name() + ": " + sentence + "\n");
    }

    /// Has the front perform a plan.
    ///
    /// @throws EngineException if it fails
    void perform(Plan plan) {
        Ending ending = ending(plan);
        if (!ending.ran()) {
            throw new EngineException.Conflict(String.join("; ", ending.sentences()));
        }
    }

    private Ending ending(Plan plan) {
        Report report = replies.perform(plan);
        return engine.ending(plan, report);
    }

    /// Sends one a signal, and says so.
    ///
    /// @throws EngineException unless it runs
    void signal(Condition now, int signal) {
        perform(containers.kill(now, signal));
        tell(now.container(), "kill", Map.of("signal", Integer.toString(signal)));
    }

    /// Puts down what was done to one.
    void tell(Container container, String action, Map<String, String> more) {
        containers.chronicle().tell(container, action, more);
    }

    /// Starts one that nobody is attached to.
    ///
    /// @return the exit code: 0, or what tells why it couldn't be
    int start(Condition now, int restarts) {
        inPod(now);
        settle(now.container());
        Watch alone = Watch.alone(invocation.environment());
        Plan plan = containers.start(now, alone, invocation.cgroup(), invocation.uid(), restarts);
        Ending ending = ending(plan);
        ending.sentences().forEach(this::say);
        return ending.ran() ? 0 : ending.code();
    }

    /// Has the namespaces of the pod there that one is in.
    private void inPod(Condition now) {
        Container container = now.container();
        if (!container.pod().isEmpty() && !container.isInfra()) {
            hold(pods.find(container.pod()));
        }
    }

    /// Has the namespaces of a pod there. Who still is in those of the time before is stopped: they are
    /// others.
    ///
    /// @throws EngineException if they can't be made
    void hold(Pod pod) {
        Condition infra = pods.infra(pod);
        if (infra.status().isLive()) {
            return;
        }
        settle(infra.container());
        orphaned(pod);
        if (start(infra, 0) != 0) {
            throw new EngineException.Conflict("the namespaces of pod " + pod.name() + " could not be made");
        }
    }

    /// Stops what is left of a pod whose namespaces nobody holds any more; if somebody does, nothing.
    void orphaned(Pod pod) {
        List<Condition> all = pods.containers(pod); // looked at first: who was started since has new namespaces
        if (pods.infra(pod).status().isLive()) {
            return;
        }
        var how = new StopWords(null, null, "the end of what holds the namespaces of pod " + pod.name());
        for (Condition each : all.reversed()) {
            stop(List.of(each), how, _ -> {});
        }
        clear(pod);
    }

    /// Removes what the containers of a pod shared that has stopped; of one that runs by now, nothing.
    void clear(Pod pod) {
        if (!pods.infra(pod).status().isLive()) {
            containers.leftovers(pod).ifPresent(this::perform);
        }
    }

    /// Starts one, and leaves the front attached to it.
    ///
    /// @param streams of [Watch]
    void startAttached(Condition now, int streams, Arguments words) {
        inPod(now);
        settle(now.container());
        boolean signals = !Boolean.FALSE.equals(words.on(AttachWords.SIG_PROXY));
        var watch = new Watch(streams, signals, AttachWords.keys(words), invocation.environment());
        replies.plan(containers.start(now, watch, invocation.cgroup(), invocation.uid(), 0));
    }

    /// Waits for the end of one, for as long as somebody wants to know.
    ///
    /// @return its exit code
    int end(Condition now) {
        Container container = now.container();
        Condition then = now;
        while (then.status().isLive() || then.status() == Status.RESTARTING) {
            if (then.status().isLive()) {
                OptionalInt told = told(then);
                if (told.isPresent() && container.removed()) {
                    return told.getAsInt(); // nobody else knows any more
                }
            }
            if (!replies.isHeard()) {
                return 0;
            }
            pause(PAUSE);
            then = containers.records().condition(container);
        }
        return then.code();
    }

    /// What its monitor tells when it has ended; nothing if that has ended itself.
    private OptionalInt told(Condition live) {
        Plan waiting = containers.await(live);
        Report report = replies.perform(waiting);
        Ending ending = engine.ending(waiting, report);
        return report.outcome() == Report.Outcome.ENDED ? OptionalInt.of(ending.code()) : OptionalInt.empty();
    }

    /// Asks several to end, and kills those that don't in time. Whatever becomes of one, the others are.
    ///
    /// @param stopped is told of each that has
    /// @throws EngineException if one doesn't end; what becomes of a further one is said
    void stop(List<Condition> several, StopWords how, Consumer<Container> stopped) {
        var asked = new ArrayList<Condition>();
        var failures = new ArrayList<EngineException>();
        long begun = System.nanoTime();
        for (Condition now : several) {
            trying(failures, () -> {
                if (isAsked(now, how)) {
                    asked.add(now);
                } else {
                    stopped.accept(now.container());
                }
            });
        }
        for (Condition now : asked) {
            Duration left = how.patience(now.container()).minusNanos(System.nanoTime() - begun);
            trying(failures, () -> {
                within(left, () -> !isStill(now) || !replies.isHeard());
                if (isStill(now)) {
                    kill(now.container());
                }
                tell(now.container(), "stop", Map.of());
                stopped.accept(now.container());
            });
        }
        if (!failures.isEmpty()) {
            EngineException last = failures.removeLast();
            failures.forEach(it -> say(String.valueOf(it.getMessage())));
            throw last;
        }
    }

    private boolean isAsked(Condition now, StopWords how) {
        if (now.status() == Status.RESTARTING) {
            containers.stopping(now.container(), how.why());
        }
        if (!now.status().isLive()) {
            return false;
        }
        if (isStill(now)) { // else it is another run, which nobody has asked to end
            containers.stopping(now.container(), how.why());
            ask(now, how.signal(now.container()));
            if (now.status() == Status.PAUSED) {
                perform(containers.pause(now, false)); // what is frozen hears no signal
            }
        }
        return true;
    }

    private static void trying(List<EngineException> failures, Runnable act) {
        try {
            act.run();
        } catch (EngineException e) {
            failures.add(e);
        }
    }

    /// Sends one a signal, unless its program has just ended, or is another one since.
    ///
    /// @return whether it got it
    private boolean ask(Condition now, int signal) {
        try {
            Plan plan = containers.kill(now, signal);
            if (!isStill(now)) { // looked at after the plan: else that may be about a later run
                return false;
            }
            perform(plan);
            tell(now.container(), "kill", Map.of("signal", Integer.toString(signal)));
            return true;
        } catch (EngineException e) {
            if (isStill(now) && containers.records().condition(now.container()).pid() != 0) {
                throw e;
            }
            return false;
        }
    }

    /// Whether one runs as it did then: somebody may have started it again since.
    private boolean isStill(Condition then) {
        Condition now = containers.records().condition(then.container());
        return now.status().isLive() && Objects.equals(now.start(), then.start());
    }

    /// Kills several that are removed then, and waits for none: what their ends take overlaps.
    void killAll(List<Condition> several) {
        for (Condition now : several) {
            if (now.status().isLive() && !now.container().isInfra()) {
                guarded(() -> {
                    containers.stopping(now.container(), BY_FORCE);
                    if (ask(now, SIGKILL)) {
                        killed.add(now.container().id());
                    }
                });
            }
        }
    }

    /// Kills one and waits until it is cleaned up after.
    void kill(Container container) {
        Condition now = containers.records().condition(container);
        if (now.status().isLive() && !killed.remove(container.id())) {
            ask(now, SIGKILL);
        }
        if (!ends(container, CLEANING)) {
            throw new EngineException.Conflict("container " + container.name() + " got " + Signals.name(SIGKILL)
                    + " and doesn't end: a process of it waits in the kernel, as for a disk that doesn't answer");
        }
    }

    /// Waits for its end.
    ///
    /// @return whether it came in time
    boolean ends(Container container, Duration patience) {
        within(patience, () -> !isLive(container) || !replies.isHeard());
        return !isLive(container);
    }

    private boolean isLive(Container container) {
        return containers.records().condition(container).status().isLive();
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException.Conflict("interrupted while a container was waited for");
        }
    }

    /// Has nothing be left in the runtime of one that has ended: its monitor may be just at it, or have been
    /// killed.
    private void settle(Container container) {
        boolean seen = containers.records().condition(container).status() != Status.DEAD;
        within(seen ? CLEANING : MOMENT, () -> !containers.isLeft(container));
        containers.leftovers(containers.records().condition(container)).ifPresent(this::perform);
    }

    /// Waits until something is so, but no longer than that.
    private static boolean within(Duration patience, BooleanSupplier so) {
        return within(patience, PAUSE, so);
    }

    /// Likewise.
    ///
    /// @param pause between two looks, in milliseconds
    /// @return whether it was so in time
    static boolean within(Duration patience, long pause, BooleanSupplier so) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!so.getAsBoolean()) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            pause(pause);
        }
        return true;
    }

    /// Removes one that has ended.
    ///
    /// @param force also if it runs: it is killed
    void remove(Condition now, boolean force) {
        Container container = now.container();
        Optional<Pod> pod = container.isInfra() ? pods.lookUp(container.pod()) : Optional.empty();
        if (pod.isPresent()) {
            String name = pod.get().name();
            throw new EngineException.Conflict("container " + container.name() + " holds the namespaces of pod " + name
                    + ", and goes with it: carafe pod rm " + name);
        }
        discard(now, force);
    }

    /// Likewise, whatever it is.
    void discard(Condition now, boolean force) {
        Container container = now.container();
        if (force && now.status().isLive()) {
            containers.stopping(container, BY_FORCE);
            kill(container);
            if (container.removed() && within(CLEANING, () -> isGone(container))) {
                return; // its monitor has done so
            }
        }
        settle(container);
        empty(containers.retire(containers.records().condition(container)));
    }

    private boolean isGone(Container container) {
        return containers.records().lookUp(container.id()).isEmpty();
    }

    /// Removes what is left of containers that are gone from the list.
    void empty(Path removed) {
        if (invocation.uid() == 0) {
            var line = new Line(new Step.RemoveTree(removed.toString()), "it is removed");
            perform(Plan.act(List.of(line), List.of()));
        } else {
            engine.discard(removed); // what its users own an ordinary user removes as their root
        }
    }
}
