package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.pod.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// `carafe pod ps`
final class PodList implements Command {
    private static final Flag FILTER = Flag.list(
                    "f", "filter", "Show only what has this: id=, name=, label=NAME[=VALUE], status=")
            .of(PodFilters.NAMES.stream().map(it -> it + "=").toList());
    private static final Flag NO_TRUNC = Flag.toggle("", "no-trunc", "Show ids whole");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Only show ids");

    private static final Listed LIST = new Listed(
            List.of("POD ID", "NAME", "STATUS", "CREATED", "INFRA ID", "# OF CONTAINERS"),
            List.of("ID", "Name", "Status", "CreatedHuman", "InfraID", "NumberOfContainers"),
            List.of("Created", "Labels", "ContainerNames"));
    private static final int BRIEF = 12;

    private final Engine engine;

    PodList(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod ps";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "List pods";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FILTER, Listed.FORMAT, NO_TRUNC, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of them", "carafe pod ps"),
                new Example("For programs", "carafe pod ps --format json"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pod ps\" takes no operands: --filter name=NAME shows one");
        }
        boolean whole = Boolean.TRUE.equals(arguments.on(NO_TRUNC));
        var filters = new PodFilters(arguments.all(FILTER));
        Pods pods = engine.pods(invocation.environment(), invocation.uid());
        Instant now = Instant.now();
        var rows = new ArrayList<List<String>>();
        for (Pod pod : pods.all()) {
            List<Condition> containers = pods.containers(pod);
            if (filters.pass(pod, containers)) {
                rows.add(cells(pod, containers, whole, now));
            }
        }
        if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            rows.forEach(it -> replies.out(it.getFirst() + "\n"));
        } else {
            replies.out(LIST.text(arguments.last(Listed.FORMAT), rows));
        }
        replies.exit(0);
    }

    private static List<String> cells(Pod pod, List<Condition> containers, boolean whole, Instant now) {
        return List.of(
                whole ? pod.id() : pod.brief(),
                pod.name(),
                Pods.status(containers).word(),
                Amount.since(pod.created().toString(), now),
                whole ? pod.infra() : pod.infra().substring(0, BRIEF),
                Integer.toString(containers.size()),
                pod.created().toString(),
                pod.labels().entrySet().stream()
                        .map(it -> it.getKey() + "=" + it.getValue())
                        .collect(Collectors.joining(",")),
                String.join(
                        ",",
                        containers.stream().map(it -> it.container().name()).toList()));
    }
}
