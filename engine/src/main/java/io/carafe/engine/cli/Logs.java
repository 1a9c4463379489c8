package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.Status;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.error.EngineException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `carafe logs`
final class Logs implements Command {
    static final Flag FOLLOW = Flag.toggle("f", "follow", "Go on with what it prints, until it has ended");
    static final Flag SINCE = Flag.one(
            "", "since", "time", "From then on: 2026-01-02T03:04:05Z, seconds since 1970, or 10m for so long ago");
    static final Flag TAIL = Flag.one("n", "tail", "int", "So many lines at the end alone (default all)");
    static final Flag TIMESTAMPS = Flag.toggle("t", "timestamps", "Put its time before each line");
    static final Flag UNTIL = Flag.one("", "until", "time", "Up to then");

    private final Engine engine;

    Logs(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "logs";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER";
    }

    @Override
    public String purpose() {
        return "Show what a container has printed";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FOLLOW, SINCE, TAIL, TIMESTAMPS, UNTIL);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of it", "carafe logs web"),
                new Example("The last lines, and whatever comes", "carafe logs -f --tail 20 web"),
                new Example("Of the last ten minutes, with times", "carafe logs -t --since 10m web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe logs\" takes one CONTAINER");
        }
        LivingContainers containers = engine.containers(invocation.environment(), invocation.uid());
        Container container = containers.records().find(arguments.operands().getFirst());
        if (!container.log().kept()) {
            throw new EngineException.Conflict("container " + container.name() + " keeps no log: --log-driver none");
        }
        var lines = new LogText(
                replies,
                Boolean.TRUE.equals(arguments.on(TIMESTAMPS)),
                LogTime.of(arguments.last(SINCE), SINCE),
                LogTime.of(arguments.last(UNTIL), UNTIL));
        boolean follow = Boolean.TRUE.equals(arguments.on(FOLLOW));
        try {
            containers
                    .log(container)
                    .read(
                            tail(arguments.last(TAIL)),
                            () -> follow && lines.isWanted() && lives(containers, container),
                            lines);
        } catch (IOException e) {
            throw new EngineException.Failed("read the log of container " + container.name(), e);
        }
        lines.flush();
        replies.exit(0);
    }

    static boolean lives(LivingContainers containers, Container container) {
        Status status = containers.records().condition(container).status();
        return status.isLive() || status == Status.RESTARTING;
    }

    static long tail(@Nullable String word) {
        if (word == null || word.equals("all") || word.equals("-1")) {
            return -1;
        }
        try {
            return Long.parseUnsignedLong(word);
        } catch (NumberFormatException e) {
            throw new UsageError(UsageError.invalid(TAIL, word, "it is a number of lines, or all"));
        }
    }
}
