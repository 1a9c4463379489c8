package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Start;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// `carafe system service`: has containers run that shall, and tells what all of them use.
final class SystemService implements Command {
    static final String NAME = "system service";

    private static final Flag METRICS = Flag.one(
            "",
            "metrics",
            "address",
            "Serve Prometheus at [HOST:]PORT (default host 127.0.0.1), or at unix:PATH (default nowhere)");
    private static final Flag ONCE = Flag.toggle("", "once", "Start what is due, and end");
    private static final long LOOK = 5_000; // milliseconds between two looks
    private static final long HEARD = 100; // milliseconds until the end is noticed
    private static final Duration CALM = Duration.ofMinutes(1); // between two tries for one that can't be started

    private final Engine engine;

    SystemService(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Start containers again after a reboot as their policies say, and stay for those that nobody minds";
    }

    @Override
    public List<Flag> flags() {
        return List.of(METRICS, ONCE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("What systemd runs at the boot", "carafe system service"),
                new Example("For Prometheus on this machine", "carafe system service --metrics 9323"),
                new Example("Once, for another init", "carafe system service --once"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe system service\" accepts no arguments");
        }
        var acts = new ContainerActs(engine, invocation, replies);
        var tried = new HashMap<String, Long>();
        String address = arguments.last(METRICS);
        if (Boolean.TRUE.equals(arguments.on(ONCE))) {
            start(acts, acts.containers()::isDueAfterBoot, tried, replies);
            start(acts, acts.containers()::isForgotten, tried, replies);
            replies.exit(0);
            return;
        }
        try (Metrics _ = metrics(address, invocation)) {
            start(acts, acts.containers()::isDueAfterBoot, tried, replies);
            while (replies.isHeard()) {
                start(acts, acts.containers()::isForgotten, tried, replies);
                if (!waits(replies)) {
                    break;
                }
            }
        }
        replies.exit(0);
    }

    private @Nullable Metrics metrics(@Nullable String address, Invocation caller) {
        if (address == null) {
            return null;
        }
        String place = address.startsWith("unix:")
                ? "unix:" + CallerPath.absolute(address.substring("unix:".length()), caller)
                : address;
        try {
            return engine.metrics(place, caller.environment(), caller.uid());
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(METRICS, address, String.valueOf(e.getMessage())));
        }
    }

    /// Starts each that is due, the one made first first, whatever becomes of the others.
    private static void start(ContainerActs acts, Predicate<Condition> due, Map<String, Long> tried, Replies replies) {
        var all = new ArrayList<Condition>();
        acts.guarded(() -> all.addAll(acts.containers().all().reversed()));
        for (Condition now : all) {
            String id = now.container().id();
            long time = System.nanoTime();
            Long before = tried.get(id);
            boolean calm = before != null && time - before < CALM.toNanos();
            if (!calm && acts.guarded(() -> start(now, due, acts, tried, replies)) != 0) {
                tried.put(id, time);
            }
        }
    }

    private static void start(
            Condition now, Predicate<Condition> due, ContainerActs acts, Map<String, Long> tried, Replies replies) {
        if (!due.test(now)) {
            return;
        }
        Start last = now.start();
        tried.put(now.container().id(), System.nanoTime());
        if (acts.start(now, last == null ? 0 : last.restarts() + 1) == 0) {
            replies.out(
                    "started " + now.container().name() + " (" + now.container().restart() + ")\n");
        }
    }

    /// @return false if nobody wants us any more
    private static boolean waits(Replies replies) {
        for (long slept = 0; slept < LOOK; slept += HEARD) {
            try {
                Thread.sleep(HEARD);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (!replies.isHeard()) {
                return false;
            }
        }
        return true;
    }
}
