package io.carafe.engine.network;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.network.Asked.Attachment;
import io.carafe.engine.network.Asked.Exposed;
import io.carafe.engine.network.Asked.Published;
import io.carafe.engine.network.Network.Range;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Assigned;
import io.carafe.sandbox.spec.Connections.Filtering;
import io.carafe.sandbox.spec.Connections.Forwarding;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Connections.Port;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What somebody asks for, looked up: which bridges, which addresses, which ports. Nothing is done yet: the
/// plan takes the addresses, and fails if somebody else was faster.
public final class Connecting {
    private static final int CABLE_DIGITS = 12; // a name of an interface has 15 bytes at most
    private static final int BRIEF = 12;
    static final String TABLE = "carafe";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,64}");

    private final Networks networks;
    private final Place place;
    private final Handed handed;
    private final Path proc;

    private Connecting(Networks networks, Place place, Handed handed, Path proc) {
        this.networks = networks;
        this.place = place;
        this.handed = handed;
        this.proc = proc;
    }

    /// What connects a box so.
    ///
    /// @param id       the box's
    /// @param hostname its own name for itself
    /// @throws EngineException if it can't be had
    /// @throws IllegalArgumentException if it makes no sense
    public static Connections of(Asked asked, String id, String hostname, Handed handed) {
        try {
            Networks networks = new Networks(Path.of(asked.records()));
            return new Connecting(networks, Place.ofThisNamespace(), handed, Path.of("/proc"))
                    .connections(asked, id, hostname);
        } catch (IOException e) {
            throw new EngineException.Failed("connect the box with its networks", e);
        }
    }

    /// What connects a box that runs with one more network. The new link is the last one.
    ///
    /// @param now      what connects it
    /// @param hostname its own name for itself
    /// @throws EngineException if it can't be had
    /// @throws IllegalArgumentException if it makes no sense
    public static Connections further(Asked asked, Attachment wanted, Connections now, String hostname, Handed handed) {
        try {
            var place = new Place(Path.of(now.directory()));
            var connecting = new Connecting(new Networks(Path.of(asked.records())), place, handed, Path.of("/proc"));
            Link added = connecting.link(
                    wanted,
                    asked,
                    now.box(),
                    hostname,
                    Rewiring.number(now.links()),
                    now.links().stream().anyMatch(Link::leads));
            Forwarding forwards = connecting.forwarding(List.of(added));
            return Rewiring.with(now, added, asked.egress(), connecting.others(), forwards);
        } catch (IOException e) {
            throw new EngineException.Failed("connect the container with network " + wanted.network(), e);
        }
    }

    private Connections connections(Asked asked, String id, String hostname) throws IOException {
        var links = new ArrayList<Link>();
        for (Attachment attachment : asked.networks()) {
            boolean leads = links.stream().anyMatch(Link::leads);
            links.add(link(attachment, asked, id, hostname, links.size(), leads));
        }
        long different = links.stream().map(Link::bridge).distinct().count();
        if (different < links.size()) {
            throw new IllegalArgumentException("the same network twice");
        }
        Forwarding forwards = forwarding(links);
        var filtering = new Filtering(
                id,
                links.stream().map(Link::bridge).toList(),
                links.stream().filter(Link::internal).map(Link::bridge).toList(),
                ports(asked, links),
                asked.egress() == null
                        ? List.of()
                        : links.stream().map(Link::hardware).toList(),
                asked.egress() == null ? List.of() : asked.egress().allowed(),
                forwards != Forwarding.MACHINES);
        return new Connections(place.directory().toString(), id, place.parents(), links, filtering, others(), forwards);
    }

    /// Those whose part the filter has forgotten.
    private List<Filtering> others() throws IOException {
        try {
            return Kernel.hasTable(TABLE) ? List.of() : place.filterings();
        } catch (ErrnoException e) {
            return List.of(); // a kernel without nftables: the step that needs it says so
        }
    }

    /// Only that of version 4 is given back at the end: others rely on the one of version 6 too soon.
    private Forwarding forwarding(List<Link> links) throws IOException {
        if (Files.readString(proc.resolve("sys/net/ipv4/ip_forward")).strip().equals("1")) {
            return place.hasBegunToForward() ? Forwarding.OURS : Forwarding.MACHINES;
        }
        return links.stream().allMatch(Link::internal) ? Forwarding.MACHINES : Forwarding.BEGINS;
    }

    private Link link(Attachment asked, Asked all, String id, String hostname, int number, boolean leads)
            throws IOException {
        Network network = usable(networks.find(asked.network()));
        var assigned = new ArrayList<Assigned>();
        for (Range range : network.ranges()) {
            IpAddress wanted = range.subnet().isSix() ? asked.six() : asked.four();
            IpAddress address = wanted == null ? free(network, range, id) : wanted(network, range, wanted);
            assigned.add(new Assigned(address, range.subnet().prefix()));
        }
        if (asked.six() != null
                && network.ranges().stream().noneMatch(it -> it.subnet().isSix())) {
            throw new IllegalArgumentException("network " + network.name()
                    + " has no addresses of version 6; carafe network create --ipv6 makes one that has");
        }
        var known = new LinkedHashSet<>(all.known());
        known.addAll(asked.aliases());
        known.add(hostname);
        known.add(id.substring(0, Math.min(BRIEF, id.length())));
        known.removeIf(name -> !NAME.matcher(name).matches()); // in a line of names it would be several, or none
        return new Link(
                network.name(),
                network.bridge(),
                network.number(),
                network.ranges().stream()
                        .map(it -> new Assigned(it.gateway(), it.subnet().prefix()))
                        .toList(),
                cable(id, number),
                handed.index(),
                "eth" + number,
                asked.hardware().isEmpty() ? hardware(assigned.getFirst().address()) : asked.hardware(),
                assigned,
                List.copyOf(known),
                network.mtu(),
                network.internal(),
                !network.internal() && !leads,
                network.dns());
    }

    /// With addresses that lead nowhere else: its packets and those of somebody else would go the wrong way.
    private Network usable(Network network) throws IOException {
        if (place.isInUse(network.bridge())) {
            return network;
        }
        Optional<Subnet> other = elsewhere(network);
        if (other.isEmpty()) {
            return network;
        }
        if (network.name().equals(Network.DEFAULT)) {
            return networks.renewed(network); // nobody has chosen them
        }
        throw new EngineException.Conflict("network " + network.name() + ": this machine has a route to " + other.get()
                + " by now, which are its addresses: carafe network rm " + network.name()
                + " and create it with another --subnet");
    }

    /// A route that some of its addresses have without it.
    private Optional<Subnet> elsewhere(Network network) throws IOException {
        List<Subnet> taken = Taken.byRoutes(proc, List.of(network.bridge()));
        for (Range range : network.ranges()) {
            for (Subnet other : taken) {
                if (range.subnet().overlaps(other)) {
                    return Optional.of(other);
                }
            }
        }
        return Optional.empty();
    }

    static String cable(String id, int number) {
        return "cv" + id.substring(0, Math.min(CABLE_DIGITS, id.length())) + (char) ('a' + number);
    }

    /// The same for the same address: neighbours may still remember who had it before.
    private static String hardware(IpAddress address) {
        String hex = address.hex().substring(address.hex().length() - 8);
        var text = new StringBuilder("02:cf");
        for (int i = 0; i < hex.length(); i += 2) {
            text.append(':').append(hex, i, i + 2);
        }
        return text.toString();
    }

    private IpAddress wanted(Network network, Range range, IpAddress wanted) throws IOException {
        boolean outer = wanted.equals(range.subnet().base())
                || (!range.subnet().isSix() && wanted.equals(range.subnet().last()));
        if (!range.subnet().contains(wanted) || outer) {
            throw new IllegalArgumentException(
                    wanted + " is no address of a box on network " + network.name() + ", which has " + range.subnet());
        }
        if (wanted.equals(range.gateway())) {
            throw new IllegalArgumentException(wanted + " is the gateway of network " + network.name());
        }
        if (place.isHeld(network.bridge(), wanted)) {
            place.reclaim(Interfaces.names());
            Place.Holder holder = place.holders(network.bridge()).get(wanted.toString());
            if (holder != null) {
                throw new EngineException.Conflict(wanted + " is in use on network " + network.name() + " by "
                        + holder.box().substring(0, Math.min(BRIEF, holder.box().length())));
            }
        }
        return wanted;
    }

    private IpAddress free(Network network, Range range, String id) throws IOException {
        Optional<IpAddress> free = FreeAddresses.of(range, id, it -> isFree(network, it));
        if (free.isEmpty() && place.reclaim(Interfaces.names()) > 0) {
            free = FreeAddresses.of(range, id, it -> isFree(network, it));
        }
        return free.orElseThrow(() -> new EngineException.Conflict(
                "all addresses of network " + network.name() + " are in use: " + range.subnet()));
    }

    private boolean isFree(Network network, IpAddress address) {
        return !place.isHeld(network.bridge(), address) && handed.take(network.bridge(), address);
    }

    private List<Port> ports(Asked asked, List<Link> links) throws IOException {
        var ports = new ArrayList<Port>();
        for (Published one : asked.ports()) {
            ports.add(port(one, links, asked));
        }
        for (Exposed one : asked.all() ? asked.exposed() : List.<Exposed>of()) {
            ports.add(port(new Published(one.protocol(), asked.usual(), 0, one.inside()), links, asked));
        }
        return ports;
    }

    private Port port(Published one, List<Link> links, Asked asked) throws IOException {
        IpAddress to = Rewiring.target(one.address(), links);
        if (!to.isAny() || asked.changed()) {
            int host = one.host() != 0 ? one.host() : FreePorts.of(one, handed);
            return new Port(one.protocol(), one.address(), host, to, one.inside());
        }
        throw new IllegalArgumentException("port " + one.inside() + " can't be published: the box has no address of"
                + " version " + (one.address().isSix() ? 6 : 4) + " on a network that isn't internal");
    }
}
