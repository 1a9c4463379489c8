package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Quantity;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.engine.runtime.ContainerId;
import java.time.Duration;
import java.util.List;

/// `carafe-runtime events`
final class Events implements Command {
    private static final long GLANCE = 100; // milliseconds
    private static final Flag INTERVAL = Flag.one("", "interval", "DURATION", "How often (default: 5s)");
    private static final Flag STATS = Flag.toggle("", "stats", "Print what it uses now, and nothing else");

    private final OciRuntime runtime;

    Events(OciRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public String name() {
        return "events";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER";
    }

    @Override
    public String purpose() {
        return "Print what a container uses, and when it runs out of memory";
    }

    @Override
    public List<Flag> flags() {
        return List.of(INTERVAL, STATS);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Once", "carafe-runtime events --stats web"),
                new Example("Every second, until it ends", "carafe-runtime events --interval 1s web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        ContainerId container = CreationFlags.container(arguments);
        String word = arguments.last(INTERVAL);
        Duration interval = word == null ? Duration.ofSeconds(5) : interval(word);
        replies.out(event("stats", container, runtime.statistics(container)));
        if (!Boolean.TRUE.equals(arguments.on(STATS))) {
            follow(container, interval, replies);
        }
        replies.exit(0);
    }

    private void follow(ContainerId container, Duration interval, Replies replies) {
        long kills = runtime.memoryKills(container);
        long next = System.nanoTime() + interval.toNanos();
        while (replies.isHeard() && sleep()) {
            long now = runtime.memoryKills(container);
            for (; kills < now; kills++) {
                replies.out("{\"type\":\"oom\",\"id\":\"" + container + "\"}\n");
            }
            if (!runtime.runs(container)) {
                return;
            }
            if (System.nanoTime() - next >= 0) {
                next += interval.toNanos();
                replies.out(event("stats", container, runtime.statistics(container)));
            }
        }
    }

    /// False when nobody waits for more.
    private static boolean sleep() {
        try {
            Thread.sleep(GLANCE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Duration interval(String word) {
        Duration interval = Quantity.duration(word);
        if (interval.isZero()) {
            throw new UsageError("duration interval must be greater than 0");
        }
        return interval;
    }

    private static String event(String type, ContainerId container, String data) {
        return "{\"type\":\"" + type + "\",\"id\":\"" + container + "\",\"data\":" + data.strip() + "}\n";
    }
}
