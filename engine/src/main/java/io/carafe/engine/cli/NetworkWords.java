package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Pasta;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.engine.network.Asked;
import io.carafe.engine.network.Asked.Attachment;
import io.carafe.engine.network.Asked.Egress;
import io.carafe.engine.network.Asked.Exposed;
import io.carafe.engine.network.Asked.Published;
import io.carafe.engine.network.FreePorts;
import io.carafe.engine.network.Handed;
import io.carafe.engine.store.DataRoot;
import io.carafe.sandbox.spec.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `--network` and what goes with it: which networks a box is on, under which names and addresses, which
/// ports lead to it and where it may send to. Docker's words.
final class NetworkWords {
    private static final String USUAL = "CARAFE_NETWORK";
    private static final String PUBLISH_ADDRESS = "CARAFE_PUBLISH_ADDRESS";

    private final Arguments arguments;
    private final Invocation caller;
    private final boolean ofAnImage;
    private final List<String> problems;

    private NetworkWords(Arguments arguments, Invocation caller, boolean ofAnImage, List<String> problems) {
        this.arguments = arguments;
        this.caller = caller;
        this.ofAnImage = ofAnImage;
        this.problems = problems;
    }

    /// @param ofAnImage whether it has a network without asking: a program of this machine has that from its own
    static Network read(Arguments arguments, Invocation caller, boolean ofAnImage, List<String> problems) {
        return new NetworkWords(arguments, caller, ofAnImage, problems).network();
    }

    private Network network() {
        List<Published> ports = ports();
        List<String> given = arguments.all(NetworkFlags.NETWORK);
        List<String> words = given.isEmpty() ? List.of(meant(ports)) : given;
        String first = words.getFirst();
        if (isOther(first)) {
            return other(first, words, ports);
        }
        List<Attachment> attachments = list(NetworkFlags.NETWORK, words, NetworkWords::attachment);
        if (attachments.isEmpty()) {
            return Network.NONE; // with a problem
        }
        attachments.set(0, first(attachments.getFirst()));
        for (Attachment attachment : attachments) {
            if (isOther(attachment.network())) {
                problems.add("conflicting options: --network " + attachment.network() + " goes with no other");
            }
        }
        return new Network.Connected(new Asked(
                DataRoot.of(caller.environment(), caller.uid()).networks().toString(),
                attachments,
                ports,
                exposed(),
                Boolean.TRUE.equals(arguments.on(NetworkFlags.PUBLISH_ALL)),
                usual(),
                egress(),
                List.of(),
                false));
    }

    /// Of who names no network.
    private String meant(List<Published> ports) {
        boolean needed = !ports.isEmpty()
                || Stream.of(
                                NetworkFlags.PUBLISH_ALL,
                                NetworkFlags.NETWORK_ALIAS,
                                NetworkFlags.IP,
                                NetworkFlags.IP6,
                                NetworkFlags.MAC_ADDRESS,
                                NetworkFlags.EGRESS)
                        .anyMatch(flag -> arguments.last(flag) != null);
        String configured = caller.environment().getOrDefault(USUAL, "");
        if (!needed && (!ofAnImage || !configured.isEmpty())) {
            return ofAnImage ? configured : "none";
        }
        if (caller.uid() == 0) {
            return "bridge";
        }
        return needed || Pasta.missing().isEmpty() ? "pasta" : "none";
    }

    /// Why a container that would have a network without asking has none; "" if it has, or shall have none.
    static String missing(Arguments arguments, Invocation caller, Network network) {
        boolean wanted = arguments.last(NetworkFlags.NETWORK) == null
                && caller.environment().getOrDefault(USUAL, "").isEmpty();
        boolean without = wanted && network instanceof Network.None && caller.uid() != 0;
        return without ? "the container has no network: " + Pasta.missing() + "; or say --network none" : "";
    }

    private static boolean isOther(String word) {
        return List.of("none", "host", "pasta").contains(word)
                || word.startsWith("pasta:")
                || word.startsWith("ns:")
                || word.startsWith("container:");
    }

    private Network other(String word, List<String> words, List<Published> ports) {
        if (words.size() > 1) {
            problems.add("conflicting options: --network " + word + " goes with no other");
        }
        for (Flag flag : List.of(
                NetworkFlags.NETWORK_ALIAS,
                NetworkFlags.IP,
                NetworkFlags.IP6,
                NetworkFlags.MAC_ADDRESS,
                NetworkFlags.EGRESS)) {
            if (arguments.last(flag) != null) {
                problems.add(flag + " needs --network bridge, or another network by its name");
            }
        }
        if (word.equals("host")) {
            return Network.HOST; // where every port is the machine's own, as with Docker
        }
        if (word.startsWith("pasta")) {
            if (Boolean.TRUE.equals(arguments.on(NetworkFlags.PUBLISH_ALL))) {
                problems.add(NetworkFlags.PUBLISH_ALL
                        + " needs --network bridge or another network by its name; with pasta -p publishes a port");
            }
            return new Network.Pasta(pasta(word, ports));
        }
        if (!ports.isEmpty() || arguments.last(NetworkFlags.PUBLISH_ALL) != null) {
            problems.add("a port can only be published with --network bridge, another network by its name, or pasta");
        }
        return Network.NONE; // NamespaceWords reads the others
    }

    private static List<String> pasta(String word, List<Published> ports) {
        var options = new ArrayList<String>();
        if (word.startsWith("pasta:")) {
            options.addAll(List.of(word.substring("pasta:".length()).split(",", -1)));
        }
        var handed = new Handed();
        for (Published asked : ports) {
            Published port = FreePorts.chosen(asked, handed); // it would take 0 for a port
            String address = port.address().isAny() ? "" : port.address() + "/";
            options.add(port.protocol().equals("tcp") ? "-t" : "-u");
            options.add(address + port.host() + (port.host() == port.inside() ? "" : ":" + port.inside()));
        }
        return options;
    }

    /// `NAME`, or Docker's `name=NAME,alias=ALIAS,ip=ADDRESS,ip6=ADDRESS,mac-address=ADDRESS`; Podman's
    /// `NAME:ip=…` too.
    private static Attachment attachment(String word) {
        int colon = word.indexOf(':');
        boolean podmans = colon > 0 && !word.substring(0, colon).contains("=");
        String fields = podmans ? "name=" + word.substring(0, colon) + "," + word.substring(colon + 1) : word;
        if (!fields.contains("=")) {
            return new Attachment(fields, List.of(), null, null, "");
        }
        String name = "";
        var aliases = new ArrayList<String>();
        IpAddress four = null;
        IpAddress six = null;
        String hardware = "";
        for (String field : fields.split(",", -1)) {
            int equals = field.indexOf('=');
            String value = field.substring(equals + 1);
            switch (equals < 0 ? "" : field.substring(0, equals)) {
                case "name" -> name = value;
                case "alias" -> aliases.add(alias(value));
                case "ip", "ip6" -> {
                    IpAddress address = IpAddress.of(value);
                    four = address.isSix() ? four : address;
                    six = address.isSix() ? address : six;
                }
                case "mac", "mac-address" -> hardware = hardware(value);
                default ->
                    throw new IllegalArgumentException(field + " is none of name=, alias=, ip=, ip6= and mac-address=");
            }
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name of the network is missing: name=NAME");
        }
        return new Attachment(name, aliases, four, six, hardware);
    }

    /// `--network-alias`, `--ip`, `--ip6` and `--mac-address` are about the first network, as with Docker.
    private Attachment first(Attachment attachment) {
        var aliases = new ArrayList<>(attachment.aliases());
        aliases.addAll(
                list(NetworkFlags.NETWORK_ALIAS, arguments.all(NetworkFlags.NETWORK_ALIAS), NetworkWords::alias));
        IpAddress four = one(NetworkFlags.IP, word -> version(word, false));
        IpAddress six = one(NetworkFlags.IP6, word -> version(word, true));
        String hardware = one(NetworkFlags.MAC_ADDRESS, NetworkWords::hardware);
        return new Attachment(
                attachment.network(),
                aliases,
                four == null ? attachment.four() : four,
                six == null ? attachment.six() : six,
                hardware == null ? attachment.hardware() : hardware);
    }

    static IpAddress version(String word, boolean six) {
        IpAddress address = IpAddress.of(word);
        if (address.isSix() != six) {
            throw new IllegalArgumentException("it is an address of version " + (six ? 4 : 6));
        }
        return address;
    }

    static String alias(String word) {
        if (!word.matches("[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9_])?")) {
            throw new IllegalArgumentException(
                    "a name on a network has 1 to 64 letters, digits, _, . and -, and begins and ends with none of the"
                            + " last two");
        }
        return word;
    }

    /// Six bytes, of one machine alone.
    static String hardware(String word) {
        String address = word.toLowerCase(java.util.Locale.ROOT).replace('-', ':');
        if (!address.matches("[0-9a-f]{2}(:[0-9a-f]{2}){5}")) {
            throw new IllegalArgumentException("a hardware address is six bytes, as 02:00:00:00:00:01");
        }
        if ((Integer.parseInt(address.substring(0, 2), 16) & 1) != 0) {
            throw new IllegalArgumentException("it is the address of a group, not of one interface");
        }
        return address;
    }

    private List<Published> ports() {
        var ports = new ArrayList<Published>();
        list(NetworkFlags.PUBLISH, arguments.all(NetworkFlags.PUBLISH), word -> PortWords.published(word, usual()))
                .forEach(ports::addAll);
        return ports;
    }

    /// Where ports are published that come without an address.
    private IpAddress usual() {
        String configured = caller.environment().getOrDefault(PUBLISH_ADDRESS, "");
        try {
            return IpAddress.of(configured.isEmpty() ? "127.0.0.1" : configured);
        } catch (IllegalArgumentException e) {
            throw new UsageError(List.of(PUBLISH_ADDRESS + ": " + e.getMessage()));
        }
    }

    private List<Exposed> exposed() {
        var exposed = new ArrayList<Exposed>();
        list(NetworkFlags.EXPOSE, arguments.all(NetworkFlags.EXPOSE), PortWords::exposed)
                .forEach(exposed::addAll);
        return exposed;
    }

    private @Nullable Egress egress() {
        List<String> words = arguments.all(NetworkFlags.EGRESS);
        if (words.isEmpty()) {
            return null;
        }
        return new Egress(list(
                NetworkFlags.EGRESS,
                words.stream().filter(word -> !word.equals("deny")).toList(),
                PortWords::allowed));
    }

    private <T> @Nullable T one(Flag flag, Function<String, T> reader) {
        String word = arguments.last(flag);
        List<T> read = word == null ? List.of() : list(flag, List.of(word), reader);
        return read.isEmpty() ? null : read.getFirst();
    }

    private <T> List<T> list(Flag flag, List<String> words, Function<String, T> reader) {
        var list = new ArrayList<T>();
        for (String word : words) {
            try {
                list.add(reader.apply(word));
            } catch (IllegalArgumentException e) {
                problems.add(UsageError.invalid(flag, word, String.valueOf(e.getMessage())));
            }
        }
        return list;
    }
}
