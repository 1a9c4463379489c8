package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.network.Network;
import java.util.ArrayList;
import java.util.List;

/// `carafe network ls`
final class NetworkList implements Command {
    private static final Flag FILTER = Flag.list(
                    "f",
                    "filter",
                    "Only what has this: dangling=BOOL, driver=bridge, id=, label=NAME[=VALUE], label!=NAME[=VALUE],"
                            + " name=PART, scope=local, type=custom or builtin, until=TIME")
            .of("dangling=", "driver=", "id=", "label=", "label!=", "name=", "scope=", "type=", "until=");
    private static final Flag NO_TRUNC = Flag.toggle("", "no-trunc", "Show ids whole");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Only show ids");

    private static final Listed LIST = new Listed(
            List.of("NETWORK ID", "NAME", "DRIVER", "SUBNET"),
            List.of("ID", "Name", "Driver", "Subnet"),
            List.of("Internal", "Labels", "Scope", "IPv6", "CreatedAt"));

    private final Engine engine;

    NetworkList(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "network ls";
    }

    @Override
    public String operands() {
        return "[OPTIONS]";
    }

    @Override
    public String purpose() {
        return "List networks";
    }

    @Override
    public List<Flag> flags() {
        return List.of(FILTER, Listed.FORMAT, NO_TRUNC, QUIET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("All of them", "carafe network ls"),
                new Example("Those that nobody is on", "carafe network ls --filter dangling=true"),
                new Example("For programs", "carafe network ls --format json"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe network ls\" accepts no arguments");
        }
        boolean whole = Boolean.TRUE.equals(arguments.on(NO_TRUNC));
        List<Network> networks = engine.networks(invocation.environment(), invocation.uid())
                .list(PruneWords.timed(arguments.all(FILTER)));
        if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            networks.forEach(it -> replies.out(id(it, whole) + "\n"));
        } else {
            replies.out(LIST.text(
                    arguments.last(Listed.FORMAT),
                    networks.stream().map(it -> cells(it, whole)).toList()));
        }
        replies.exit(0);
    }

    private static String id(Network network, boolean whole) {
        return whole ? network.id() : network.brief();
    }

    private static List<String> cells(Network network, boolean whole) {
        var labels = new ArrayList<String>();
        network.labels().forEach((name, value) -> labels.add(name + "=" + value));
        return List.of(
                id(network, whole),
                network.name(),
                "bridge",
                String.join(
                        ", ",
                        network.ranges().stream()
                                .map(it -> it.subnet().toString())
                                .toList()),
                String.valueOf(network.internal()),
                String.join(",", labels),
                "local",
                String.valueOf(
                        network.ranges().stream().anyMatch(it -> it.subnet().isSix())),
                network.created().toString());
    }
}
