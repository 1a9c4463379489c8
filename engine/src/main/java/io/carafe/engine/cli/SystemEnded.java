package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.Records;
import io.carafe.engine.container.Start;
import io.carafe.engine.container.Status;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.pod.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// `carafe system ended`: what a container's monitor becomes at its end, if there is a policy to ask.
final class SystemEnded implements Command {
    static final String NAME = "system ended";

    private static final String ID = "[0-9a-f]{64}";
    private static final Duration FIRST = Duration.ofMillis(100); // Docker's
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration STEADY = Duration.ofSeconds(10); // who ran that long begins anew
    private static final int DOUBLINGS_MAX = 16;
    private static final long LOOK = 50; // milliseconds

    private final Engine engine;

    SystemEnded(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "CONTAINER [POD]";
    }

    @Override
    public String purpose() {
        return "Start a container again that has ended, if its policy says so; its monitor asks";
    }

    @Override
    public List<Flag> flags() {
        return List.of();
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("What a monitor does at the end", "carafe system ended web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> words = arguments.operands();
        if (words.isEmpty() || words.size() > 2) {
            throw new UsageError("\"carafe system ended\" takes one CONTAINER, and the POD that it was in");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        if (words.getFirst().matches(ID)) { // a path is made of it
            acts.containers().forget(words.getFirst());
        }
        Optional<Pod> pod = words.size() > 1 ? acts.pods().lookUp(words.getLast()) : Optional.empty();
        if (pod.isPresent() && ofPod(pod.get(), words.getFirst(), acts)) {
            replies.exit(0);
            return;
        }
        Optional<Container> found =
                acts.containers().records().lookUp(arguments.operands().getFirst());
        Condition now = found.map(acts.containers().records()::condition).orElse(null);
        Start start = now == null ? null : now.start();
        if (now == null || start == null || !acts.containers().isDue(now)) {
            replies.exit(0);
            return;
        }
        Instant ended = now.ended().map(it -> it.time()).orElseGet(Instant::now);
        boolean steady = Duration.between(start.time(), ended).compareTo(STEADY) >= 0;
        int restarts = steady ? 0 : start.restarts();
        Records records = acts.containers().records();
        records.write(now.container(), Records.RESTARTING, "");
        boolean wanted = waits(delay(restarts), now.container(), records, replies);
        int code = 0;
        if (wanted) {
            code = acts.guarded(() -> acts.start(records.condition(now.container()), start.restarts() + 1));
        }
        records.forget(now.container(), Records.RESTARTING);
        replies.exit(code);
    }

    /// What a pod does about the end of one of its containers.
    ///
    /// @return whether there is nothing else to do
    private static boolean ofPod(Pod pod, String id, ContainerActs acts) {
        if (id.equals(pod.infra())) {
            acts.guarded(() -> acts.orphaned(pod));
            return true;
        }
        List<Condition> others = acts.pods().containers(pod);
        boolean held = others.stream()
                .anyMatch(it -> it.container().isInfra() && it.status().isLive());
        boolean last = others.stream()
                .filter(it -> !it.container().isInfra())
                .noneMatch(it -> it.status().isLive() || it.status() == Status.RESTARTING || isDue(it, acts));
        if (held && last && pod.exitPolicy() == Pod.ExitPolicy.STOP) {
            var how = new StopWords(null, null, "the end of the last container of pod " + pod.name());
            acts.guarded(() -> {
                acts.stop(List.of(acts.pods().infra(pod)), how, _ -> {});
                acts.clear(pod);
            });
        }
        return !held || last;
    }

    private static boolean isDue(Condition condition, ContainerActs acts) {
        return acts.containers().isDue(condition);
    }

    private static Duration delay(int restarts) {
        Duration delay = FIRST.multipliedBy(1L << Math.min(restarts, DOUBLINGS_MAX));
        return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
    }

    /// Waits until it is time.
    ///
    /// @return false if it is no longer wanted by then
    private static boolean waits(Duration delay, Container container, Records records, Replies replies) {
        return !ContainerActs.within(
                delay,
                LOOK,
                () -> !records.has(container, Records.RESTARTING)
                        || records.has(container, Records.STOPPED)
                        || !replies.isHeard());
    }
}
