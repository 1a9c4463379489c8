package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.LivingContainers;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.pod.Pod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// `carafe pod logs`
final class PodLogs implements Command {
    private static final Flag NAMES = Flag.toggle("", "names", "Put the container's name before each line (default)");
    private static final List<String> COLOURS = List.of("36", "33", "32", "35", "34", "31"); // ECMA-48, SGR

    private final Engine engine;

    PodLogs(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pod logs";
    }

    @Override
    public String operands() {
        return "[OPTIONS] POD";
    }

    @Override
    public String purpose() {
        return "Show what the containers of a pod have printed, in the order of its time";
    }

    @Override
    public List<Flag> flags() {
        return List.of(Logs.FOLLOW, NAMES, Logs.SINCE, Logs.TAIL, Logs.TIMESTAMPS, Logs.UNTIL);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of it", "carafe pod logs shop"),
                new Example("The last ten lines of each, and whatever comes", "carafe pod logs -f --tail 10 shop"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe pod logs\" takes one POD");
        }
        Pods pods = engine.pods(invocation.environment(), invocation.uid());
        Pod pod = pods.find(arguments.operands().getFirst());
        List<Container> containers = pods.containers(pod).stream()
                .map(Condition::container)
                .filter(it -> it.log().kept())
                .toList();
        if (containers.isEmpty()) {
            throw new EngineException.Conflict("no container of pod " + pod.name() + " keeps a log");
        }
        var text = new LogText(
                replies,
                Boolean.TRUE.equals(arguments.on(Logs.TIMESTAMPS)),
                LogTime.of(arguments.last(Logs.SINCE), Logs.SINCE),
                LogTime.of(arguments.last(Logs.UNTIL), Logs.UNTIL));
        List<byte[]> labels = labels(containers, arguments, invocation);
        LivingContainers living = engine.containers(invocation.environment(), invocation.uid());
        boolean follows = Boolean.TRUE.equals(arguments.on(Logs.FOLLOW));
        try (var logs = new MergedLogs()) {
            for (Container container : containers) {
                logs.read(
                        container.name(),
                        living.log(container),
                        Logs.tail(arguments.last(Logs.TAIL)),
                        () -> follows && Logs.lives(living, container));
            }
            logs.print(text::isWanted, (source, line) -> {
                text.label(labels.get(source));
                line.forEach(text);
            });
        }
        text.flush();
        replies.exit(0);
    }

    private static List<byte[]> labels(List<Container> containers, Arguments arguments, Invocation caller) {
        int width = containers.stream().mapToInt(it -> it.name().length()).max().orElse(0);
        boolean named = !Boolean.FALSE.equals(arguments.on(NAMES));
        boolean coloured = caller.terminal().output() && !caller.environment().containsKey("NO_COLOR");
        var labels = new ArrayList<byte[]>();
        for (Container container : containers) {
            String name = container.name() + " ".repeat(width - container.name().length()) + " | ";
            String colour = COLOURS.get(labels.size() % COLOURS.size());
            String label = coloured ? "\u001b[" + colour + "m" + name + "\u001b[0m" : name;
            labels.add((named ? label : "").getBytes(StandardCharsets.UTF_8));
        }
        return labels;
    }
}
