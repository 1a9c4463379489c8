package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.EventFilters;
import io.carafe.engine.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// `carafe events`
final class Events implements Command {
    private static final Flag FILTER = Flag.list(
                    "f",
                    "filter",
                    "Show only what has this: type=, event=, container=, image=, volume=, network=, label=NAME[=VALUE]")
            .of(EventFilters.NAMES.stream().map(it -> it + "=").toList());
    private static final Flag FORMAT =
            Flag.one("", "format", "string", "Print each by a template, as '{{.Action}}', or json for a line of JSON");
    private static final Flag SINCE =
            Flag.one("", "since", "time", "Also what has happened since then: 2026-01-02T03:04:05Z, or 10m for ago");
    private static final Flag STREAM = Flag.toggle("", "stream", "Go on with what comes (default; =false to end)");
    private static final Flag UNTIL = Flag.one("", "until", "time", "End then");

    private final Engine engine;

    Events(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "events";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "Tell what happens to containers, images, volumes and networks";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FILTER, FORMAT, SINCE, STREAM, UNTIL);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Whatever happens from now on", "carafe events"),
                new Example("What has ended in the last hour", "carafe events --since 1h --stream=false -f event=die"),
                new Example(
                        "What becomes of one, for programs",
                        "carafe events -f container=web --format json | jq -r .Action"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe events\" takes no operands: --filter container=NAME shows one's");
        }
        Instant now = Instant.now();
        Instant since = LogTime.of(arguments.last(SINCE), SINCE);
        Instant until = LogTime.of(arguments.last(UNTIL), UNTIL);
        boolean stream = !Boolean.FALSE.equals(arguments.on(STREAM));
        Instant from = since == null && stream && (until == null || until.isAfter(now)) ? now : since;
        var filters = new EventFilters(arguments.all(FILTER));
        var text = new EventText(arguments.last(FORMAT));
        BooleanSupplier more = () ->
                stream && replies.isHeard() && (until == null || Instant.now().isBefore(until));
        engine.chronicle(invocation.environment(), invocation.uid()).read(more, event -> {
            if (isWithin(event, from, until) && filters.pass(event)) {
                replies.out(text.of(event) + "\n");
            }
        });
        replies.exit(0);
    }

    private static boolean isWithin(Event event, @Nullable Instant from, @Nullable Instant until) {
        return (from == null || !event.time().isBefore(from))
                && (until == null || !event.time().isAfter(until));
    }
}
