package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.network.Wish;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// `carafe network create`
final class NetworkCreate implements Command {
    private static final Flag DNS = Flag.list("", "dns", "Name servers that are asked for names outside");
    private static final Flag DRIVER =
            Flag.one("d", "driver", "string", "Driver: bridge (default bridge)").of("bridge");
    private static final Flag GATEWAY = Flag.list("", "gateway", "Address of the bridge (default the subnet's first)");
    private static final Flag INTERNAL = Flag.toggle("", "internal", "Nothing leads out of it");
    private static final Flag IP_RANGE =
            Flag.list("", "ip-range", "Take boxes' addresses from this part of the subnet");
    private static final Flag IPV6 = Flag.toggle("", "ipv6", "Have addresses of version 6, too");
    private static final Flag LABEL = Flag.list("", "label", "Say something about it: NAME[=VALUE]");
    private static final Flag OPT =
            Flag.list("o", "opt", "Of the driver: mtu=BYTES").of("mtu=");
    private static final Flag SUBNET =
            Flag.list("", "subnet", "Addresses, as 10.5.0.0/24 or fd00:5::/64 (default such as are free)");

    private static final int MTU_MIN = 68; // RFC 791
    private static final int MTU_MIN_SIX = 1280; // RFC 8200
    private static final int MTU_MAX = 65535;

    private final Engine engine;

    NetworkCreate(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "network create";
    }

    @Override
    public String operands() {
        return "[OPTIONS] NETWORK";
    }

    @Override
    public String purpose() {
        return "Make a network: a bridge that boxes can be on";
    }

    @Override
    public List<Flag> flags() {
        return List.of(DNS, DRIVER, GATEWAY, INTERNAL, IP_RANGE, IPV6, LABEL, OPT, SUBNET);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("One for a shop and its database", "carafe network create shop"),
                new Example(
                        "With addresses of one's own choice",
                        "carafe network create --subnet 10.5.0.0/24 --subnet fd00:5::/64 shop"),
                new Example("From which nothing gets out", "carafe network create --internal vault"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 1) {
            throw new UsageError("\"carafe network create\" takes one NETWORK");
        }
        String driver = arguments.last(DRIVER);
        if (driver != null && !driver.equals("bridge")) {
            throw new UsageError(UsageError.invalid(DRIVER, driver, "it is bridge"));
        }
        List<Subnet> subnets = list(arguments, SUBNET, Subnet::of);
        boolean six =
                Boolean.TRUE.equals(arguments.on(IPV6)) || subnets.stream().anyMatch(Subnet::isSix);
        var wish = new Wish(
                arguments.operands().getFirst(),
                subnets,
                list(arguments, GATEWAY, IpAddress::of),
                list(arguments, IP_RANGE, Subnet::of),
                six,
                Boolean.TRUE.equals(arguments.on(INTERNAL)),
                mtu(arguments, six),
                list(arguments, DNS, IpAddress::of),
                VolumeCreate.words(arguments, LABEL));
        try {
            String made =
                    engine.networks(invocation.environment(), invocation.uid()).create(wish);
            engine.chronicle(invocation.environment(), invocation.uid()).network("create", made);
            replies.out(made + "\n");
        } catch (IllegalArgumentException e) {
            throw new UsageError(List.of(String.valueOf(e.getMessage())));
        }
        replies.exit(0);
    }

    private static int mtu(Arguments arguments, boolean six) {
        int mtu = 0;
        for (String word : arguments.all(OPT)) {
            String value = word.replaceFirst("^(com\\.docker\\.network\\.driver\\.)?mtu=", "");
            if (value.equals(word)) {
                throw new UsageError(UsageError.invalid(OPT, word, "it is mtu=BYTES"));
            }
            int least = six ? MTU_MIN_SIX : MTU_MIN;
            mtu = value.matches("[1-9][0-9]{0,5}") ? Integer.parseInt(value) : 0;
            if (mtu < least || mtu > MTU_MAX) {
                throw new UsageError(UsageError.invalid(OPT, word, "it is from " + least + " to " + MTU_MAX));
            }
        }
        return mtu;
    }

    private static <T> List<T> list(Arguments arguments, Flag flag, Function<String, T> reader) {
        var list = new ArrayList<T>();
        for (String word : arguments.all(flag)) {
            try {
                list.add(reader.apply(word));
            } catch (IllegalArgumentException e) {
                throw new UsageError(UsageError.invalid(flag, word, String.valueOf(e.getMessage())));
            }
        }
        return list;
    }
}
