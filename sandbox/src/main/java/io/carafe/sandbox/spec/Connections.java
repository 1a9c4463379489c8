package io.carafe.sandbox.spec;

import java.util.ArrayList;
import java.util.List;

/// What connects a box with others, which `config.json` knows nothing of: cables to bridges of the host, and
/// what its packet filter has to do with the box.
///
/// @param directory of the host, where it is kept what boxes of this network namespace share; its parents are
///     there
/// @param box       names the box there
/// @param parents   directories above that may have to be made, the topmost first
/// @param links     `eth0`, `eth1` …; the first one that leads further has the default route
/// @param own       what the filter does for the box
/// @param others    what it does for other boxes, but has forgotten: somebody has flushed it
/// @param forwards  packets are forwarded since we have asked for it, and for our boxes alone
public record Connections(
        String directory,
        String box,
        List<String> parents,
        List<Link> links,
        Filtering own,
        List<Filtering> others,
        Forwarding forwards) {
    public Connections {
        parents = List.copyOf(parents);
        links = List.copyOf(links);
        others = List.copyOf(others);
    }

    /// Where it is kept how what was done to the box's networks since its start is undone: in the wire form
    /// of a plan.
    public String kept() {
        return directory + "/" + box + ".undo";
    }

    /// The same box on other networks.
    ///
    /// @param others what the filter has forgotten of others by now
    public Connections with(
            List<Link> otherLinks, Filtering otherOwn, List<Filtering> others, Forwarding otherForwards) {
        return new Connections(directory, box, parents, otherLinks, otherOwn, others, otherForwards);
    }

    /// Whose decision it was that the machine passes packets on (`ip_forward`).
    public enum Forwarding {
        /// It did before.
        MACHINES,
        /// It does since another box needs it.
        OURS,
        /// This box is the first to need it.
        BEGINS
    }

    /// An address and the range that is reached directly from it.
    public record Assigned(IpAddress address, int prefix) {
        @Override
        public String toString() {
            return address + "/" + prefix;
        }
    }

    /// One cable from a box to a bridge.
    ///
    /// @param network  what people call the network
    /// @param bridge   the interface's name: at most 15 bytes
    /// @param number   its index, the same for all who make it
    /// @param gateways the bridge's own addresses
    /// @param host     name of the cable's end on the bridge
    /// @param end      its index there: the kernel lets us choose that of the other end only if we choose
    ///     both
    /// @param name     of that in the box
    /// @param hardware its address there, six bytes as `02:…`
    /// @param assigned the box's addresses
    /// @param known    what the box is called on this network
    /// @param mtu      bytes; 0 for the kernel's choice
    /// @param internal nothing leads out of the network
    /// @param leads    the default route goes here
    /// @param servers  who is asked for names outside; none for whom the machine asks
    public record Link(
            String network,
            String bridge,
            int number,
            List<Assigned> gateways,
            String host,
            int end,
            String name,
            String hardware,
            List<Assigned> assigned,
            List<String> known,
            int mtu,
            boolean internal,
            boolean leads,
            List<IpAddress> servers) {
        public Link {
            servers = List.copyOf(servers);
            gateways = List.copyOf(gateways);
            assigned = List.copyOf(assigned);
            known = List.copyOf(known);
        }

        /// The same, with the default route or without it.
        public Link leading(boolean other) {
            return new Link(
                    network, bridge, number, gateways, host, end, name, hardware, assigned, known, mtu, internal, other,
                    servers);
        }
    }

    /// A port of the host that leads to one of the box.
    ///
    /// @param protocol `tcp` or `udp`
    /// @param to       of the box; `0.0.0.0` or `::` while the box has none that it could lead to
    public record Port(String protocol, IpAddress address, int port, IpAddress to, int inside) {
        /// Whether there is a box behind it.
        public boolean leads() {
            return !to.isAny();
        }

        /// The same, which leads there.
        public Port leadingTo(IpAddress other) {
            return new Port(protocol, address, port, other, inside);
        }

        String text() {
            return "port " + protocol + " " + address + " " + port + " " + to + " " + inside;
        }
    }

    /// Where a box may send to.
    ///
    /// @param protocol `tcp` or `udp`, "" for any
    /// @param from     the first port; 0 for all of them
    /// @param to       the last port
    public record Allowed(Subnet range, String protocol, int from, int to) {
        String text() {
            return "allow " + range + " " + (protocol.isEmpty() ? "any" : protocol) + " " + from + " " + to;
        }
    }

    /// What the packet filter does for one box, as it is kept in a file.
    ///
    /// @param bridges  those that it is on
    /// @param internal those of them that lead nowhere
    /// @param guarded  hardware addresses from which only what is allowed gets out of its network
    /// @param forwards it needs the machine to pass packets on, which that didn't before
    public record Filtering(
            String box,
            List<String> bridges,
            List<String> internal,
            List<Port> ports,
            List<String> guarded,
            List<Allowed> allowed,
            boolean forwards) {
        public Filtering {
            bridges = List.copyOf(bridges);
            internal = List.copyOf(internal);
            ports = List.copyOf(ports);
            guarded = List.copyOf(guarded);
            allowed = List.copyOf(allowed);
        }

        /// A line for each thing.
        public String text() {
            var text = new StringBuilder();
            bridges.forEach(bridge -> text.append("bridge ").append(bridge).append('\n'));
            internal.forEach(bridge -> text.append("internal ").append(bridge).append('\n'));
            ports.forEach(port -> text.append(port.text()).append('\n'));
            guarded.forEach(address -> text.append("guarded ").append(address).append('\n'));
            allowed.forEach(one -> text.append(one.text()).append('\n'));
            return text.append(forwards ? "forwards\n" : "").toString();
        }

        /// What a [#text] says.
        ///
        /// @throws IllegalArgumentException if it is none, or only the beginning of one
        public static Filtering of(String box, String text) {
            var bridges = new ArrayList<String>();
            var internal = new ArrayList<String>();
            var ports = new ArrayList<Port>();
            var guarded = new ArrayList<String>();
            var allowed = new ArrayList<Allowed>();
            boolean forwards = false;
            for (String line : text.lines().toList()) {
                List<String> words = List.of(line.split(" "));
                switch (words.getFirst() + " " + words.size()) {
                    case "bridge 2" -> bridges.add(words.get(1));
                    case "internal 2" -> internal.add(words.get(1));
                    case "port 6" ->
                        ports.add(new Port(
                                words.get(1),
                                IpAddress.of(words.get(2)),
                                Integer.parseInt(words.get(3)),
                                IpAddress.of(words.get(4)),
                                Integer.parseInt(words.get(5))));
                    case "guarded 2" -> guarded.add(words.get(1));
                    case "allow 5" ->
                        allowed.add(new Allowed(
                                Subnet.of(words.get(1)),
                                words.get(2).equals("any") ? "" : words.get(2),
                                Integer.parseInt(words.get(3)),
                                Integer.parseInt(words.get(4))));
                    case "forwards 1" -> forwards = true;
                    default -> throw new IllegalArgumentException("not what the packet filter does: " + line);
                }
            }
            return new Filtering(box, bridges, internal, ports, guarded, allowed, forwards);
        }
    }
}
