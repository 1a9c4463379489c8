package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.network.Asked.Attachment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// `carafe network connect`
final class NetworkConnect implements Command {
    private static final Flag ALIAS = Flag.list("", "alias", "What the container is called there, beside its name");
    private static final Flag IP = Flag.one("", "ip", "address", "Its IPv4 address there");
    private static final Flag IP6 = Flag.one("", "ip6", "address", "Its IPv6 address there");
    private static final Flag MAC_ADDRESS =
            Flag.one("", "mac-address", "string", "The hardware address of its interface");

    private final Engine engine;

    NetworkConnect(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "network connect";
    }

    @Override
    public String operands() {
        return "[OPTIONS] NETWORK CONTAINER";
    }

    @Override
    public String purpose() {
        return "Connect a container with a further network, at once if it runs";
    }

    @Override
    public List<Flag> flags() {
        return List.of(ALIAS, IP, IP6, MAC_ADDRESS);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("By its name and another", "carafe network connect --alias db shop postgres"),
                new Example("With an address", "carafe network connect --ip 10.92.0.9 shop web"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        List<String> operands = arguments.operands();
        if (operands.size() != 2) {
            throw new UsageError("\"carafe network connect\" takes a NETWORK and a CONTAINER");
        }
        var problems = new ArrayList<String>();
        var aliases = new ArrayList<String>();
        for (String word : arguments.all(ALIAS)) {
            aliases.add(read(ALIAS, word, NetworkWords::alias, problems));
        }
        String hardware = read(MAC_ADDRESS, arguments.last(MAC_ADDRESS), NetworkWords::hardware, problems);
        var four = read(IP, arguments.last(IP), it -> NetworkWords.version(it, false), problems);
        var six = read(IP6, arguments.last(IP6), it -> NetworkWords.version(it, true), problems);
        if (!problems.isEmpty()) {
            throw new UsageError(problems);
        }
        var wanted = new Attachment(operands.getFirst(), aliases, four, six, hardware == null ? "" : hardware);
        var acts = new ContainerActs(engine, invocation, replies);
        try {
            engine.containerNetworks(invocation.environment(), invocation.uid())
                    .connect(operands.getLast(), wanted, acts::perform);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
        replies.exit(0);
    }

    private static <T> @Nullable T read(
            Flag flag, @Nullable String word, Function<String, T> reader, List<String> problems) {
        try {
            return word == null ? null : reader.apply(word);
        } catch (IllegalArgumentException e) {
            problems.add(UsageError.invalid(flag, String.valueOf(word), String.valueOf(e.getMessage())));
            return null;
        }
    }
}
