package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.Planner.line;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Netlink;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Assigned;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Subnet;
import java.util.ArrayList;
import java.util.List;

/// Bridges of the host and the cables from them to a box: rtnetlink(7), veth(4). A bridge is there from the
/// first of its boxes to the last. A cable goes when one of its ends does: with the box's network namespace.
final class Cables {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_NEWROUTE = 24;
    private static final int CREATE = 0x400;
    private static final int REPLACE = 0x100;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_PID = 19;
    private static final int KIND = 1;
    private static final int DATA = 2;
    private static final int PEER = 1;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_FLAGS = 8;
    private static final int NO_DUPLICATES = 2; // IFA_F_NODAD: we have given it to nobody else
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int IFF_UP = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int FIRST = 1 << 16; // in the box: not a number that the kernel gives away there by itself

    private static final String NAME = "eth"; // of an interface in a box, before its number

    private static final String RESOLVER = "127.0.0.11"; // and this port: native/net.c
    private static final int RESOLVER_PORT = 41753;
    private static final int DOMAIN = 53;
    private static final int TCP = 6;
    private static final int UDP = 17;

    /// A script's next box comes within a second, and finds the bridge and the table: the kernel takes 50 ms
    /// to remove them. Longer a command's user wouldn't expect them to stay.
    static final int LINGERING_MS = 1000;

    private static final String WHERE = "--network";

    private Cables() {}

    static void check(Spec spec, Host host, List<Problem> problems) {
        if (spec.connections() == null) {
            return;
        }
        if (!host.isPrivileged()) {
            problems.add(new Problem(WHERE, "only root can connect a box with a bridge; --network pasta is for all"));
        }
        if (!spec.linux().makes(Namespace.NETWORK)) {
            problems.add(new Problem(WHERE, "a bridge needs a network namespace of the box's own"));
        }
    }

    /// Outside, before the clone.
    static List<Line> before(Spec spec, int first, List<Undo> undo) {
        Connections c = spec.connections();
        if (c == null) {
            return Planner.none();
        }
        var steps = new ArrayList<Line>();
        for (String parent : c.parents()) {
            steps.add(line(new Step.MakeDirectory(parent, 0755, true), "where it is kept what boxes share"));
        }
        for (Link link : c.links()) {
            steps.add(line(left(link), "the network that it was in may not have ended yet"));
            undo.addFirst(new Undo(first + steps.size(), leave(c, link), "others may have the addresses"));
            steps.add(join(c, link));
        }
        steps.addAll(Firewall.before(c, first + steps.size(), undo));
        undo.addFirst(new Undo(first, new Step.UndoKept(c.kept()), "its networks may have changed since its start"));
        return steps;
    }

    private static List<String> names(Link link) {
        return link.assigned().stream().map(it -> it.address().toString()).toList();
    }

    static Line join(Connections c, Link link) {
        return line(
                new Step.JoinShared(
                        c.directory(),
                        directory(c, link),
                        names(link),
                        text(c, link),
                        Netlink.ROUTE,
                        bridge(link),
                        "have the bridge " + link.bridge() + " with " + words(link.gateways())),
                "network " + link.network() + ": the addresses are this box's");
    }

    static Step leave(Connections c, Link link) {
        return new Step.LeaveShared(
                c.directory(),
                directory(c, link),
                names(link),
                "",
                "",
                c.box(),
                LINGERING_MS,
                Netlink.ROUTE,
                remove(link.number()),
                "remove the bridge " + link.bridge());
    }

    private static String directory(Connections c, Link link) {
        return c.directory() + "/" + link.bridge();
    }

    /// What the resolver reads.
    private static String text(Connections c, Link link) {
        return c.box() + " " + link.host() + "\n" + String.join(" ", link.known()) + "\n";
    }

    /// Outside, after the clone.
    static List<Line> after(Spec spec) {
        var steps = new ArrayList<Line>();
        Connections c = spec.connections();
        List<Link> links = c == null ? List.of() : c.links();
        for (int i = 0; i < links.size(); i++) {
            steps.add(line(
                    cable(links.get(i), FIRST + i, 0),
                    "the box is on the network " + links.get(i).network()));
        }
        return steps;
    }

    /// Inside.
    static List<Line> inside(Spec spec) {
        var steps = new ArrayList<Line>();
        Connections c = spec.connections();
        List<Link> links = c == null ? List.of() : c.links();
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            Netlink out = given(link, FIRST + i);
            steps.add(line(out.step(Netlink.ROUTE, giving(link)), "network " + link.network()));
        }
        if (!links.isEmpty()) {
            steps.add(line(names(), "port 53 stays free for a name server of the box's own"));
        }
        return steps;
    }

    /// The addresses of an interface of the box's, and the way out.
    private static Netlink given(Link link, int number) {
        var out = new Netlink();
        for (Assigned address : link.assigned()) {
            address(out, number, address);
        }
        up(out, number);
        for (Assigned gateway : link.leads() ? link.gateways() : List.<Assigned>of()) {
            route(out, number, gateway.address());
        }
        return out;
    }

    private static String giving(Link link) {
        String way = link.leads() ? ", and the way out by " + addresses(link.gateways()) : "";
        return "give " + link.name() + " " + words(link.assigned()) + way;
    }

    /// The number of an interface of a box that runs.
    static int number(Link link) {
        return FIRST + Integer.parseInt(link.name().substring(NAME.length()));
    }

    /// In a box that runs.
    static Step give(Link link) {
        return new Step.SendNetlinkIn(
                Slot.PROCESS, Netlink.ROUTE, given(link, number(link)).words(), giving(link));
    }

    /// Likewise: the way out is by this network now.
    static Step lead(Link link) {
        var out = new Netlink();
        link.gateways().forEach(gateway -> route(out, number(link), gateway.address()));
        return new Step.SendNetlinkIn(
                Slot.PROCESS, Netlink.ROUTE, out.words(), "have the way out by " + addresses(link.gateways()));
    }

    /// In the box's own filter.
    private static Step names() {
        byte[] here = IpAddress.of(RESOLVER).bytes();
        var batch = new FilterBatch().table().baseChain("output", "nat", FilterBatch.OUTPUT, -100);
        for (int protocol : List.of(UDP, TCP)) {
            batch.rule(
                    "output",
                    it -> it.version(false)
                            .toAddress(here)
                            .protocol(protocol)
                            .port(DOMAIN, DOMAIN)
                            .sendTo(here, RESOLVER_PORT));
        }
        return new Step.SendNetlink(
                Netlink.NETFILTER,
                batch.words(),
                "lead questions for " + RESOLVER + " to port " + RESOLVER_PORT + ", where carafe-net answers them");
    }

    /// Whatever of it is there already, is there as it should be.
    private static List<Integer> bridge(Link link) {
        var out = new Netlink()
                .message(RTM_NEWLINK, Netlink.REQUEST | Netlink.ACK | CREATE)
                .fixed(0, link.number(), IFF_UP, IFF_UP)
                .string(IFLA_IFNAME, link.bridge());
        if (link.mtu() > 0) {
            out.number(IFLA_MTU, link.mtu());
        }
        out.begin(IFLA_LINKINFO).string(KIND, "bridge").end();
        for (Assigned gateway : link.gateways()) {
            address(out, link.number(), gateway);
        }
        return out.words();
    }

    private static List<Integer> remove(int number) {
        return new Netlink()
                .message(RTM_DELLINK, Netlink.REQUEST | Netlink.ACK)
                .fixed(0, number, 0, 0)
                .words();
    }

    /// That of the box's last run, by its name: the kernel takes it away in its own time.
    private static Step left(Link link) {
        List<Integer> request = new Netlink()
                .message(RTM_DELLINK, Netlink.REQUEST | Netlink.ACK)
                .fixed(0, 0, 0, 0)
                .string(IFLA_IFNAME, link.host())
                .words();
        return new Step.SendNetlink(Netlink.ROUTE, request, 0, true, "take away " + link.host() + " of its last run");
    }

    /// With both its ends.
    static Step cut(Link link) {
        return new Step.SendNetlink(
                Netlink.ROUTE, remove(link.end()), 0, true, "take away the cable from " + link.bridge());
    }

    /// Both ends at once, the one in the box's network namespace from the beginning: it never is anybody
    /// else's.
    ///
    /// @param process whose network the other end is in; 0 for the box that has just been cloned
    static Step cable(Link link, int number, int process) {
        var out = new Netlink()
                .message(RTM_NEWLINK, Netlink.REQUEST | Netlink.ACK | CREATE)
                .fixed(0, link.end(), IFF_UP, IFF_UP)
                .string(IFLA_IFNAME, link.host())
                .number(IFLA_MASTER, link.number());
        if (link.mtu() > 0) {
            out.number(IFLA_MTU, link.mtu());
        }
        out.begin(IFLA_LINKINFO)
                .string(KIND, "veth")
                .begin(DATA)
                .begin(PEER)
                .fixed(0, number, 0, 0)
                .string(IFLA_IFNAME, link.name())
                .bytes(IFLA_ADDRESS, Firewall.hardware(link.hardware()));
        if (link.mtu() > 0) {
            out.number(IFLA_MTU, link.mtu());
        }
        int box = out.nextValue();
        out.number(IFLA_NET_NS_PID, process).end().end().end();
        return new Step.SendNetlink(
                Netlink.ROUTE,
                out.words(),
                process == 0 ? box : 0,
                false,
                "lay a cable from " + link.bridge() + " to the box: " + link.host() + " here, " + link.name()
                        + " there");
    }

    private static void up(Netlink out, int number) {
        out.message(RTM_NEWLINK, Netlink.REQUEST | Netlink.ACK).fixed(0, number, IFF_UP, IFF_UP);
    }

    private static void address(Netlink out, int number, Assigned assigned) {
        IpAddress address = assigned.address();
        int family = address.isSix() ? AF_INET6 : AF_INET;
        out.message(RTM_NEWADDR, Netlink.REQUEST | Netlink.ACK | CREATE | REPLACE)
                .fixed(family | assigned.prefix() << 8, number) // little-endian, as every machine we are on
                .bytes(IFA_LOCAL, address.bytes())
                .bytes(IFA_ADDRESS, address.bytes());
        if (address.isSix()) {
            out.number(IFA_FLAGS, NO_DUPLICATES);
        } else {
            out.bytes(
                    IFA_BROADCAST,
                    Subnet.around(address, assigned.prefix()).last().bytes());
        }
    }

    private static void route(Netlink out, int number, IpAddress gateway) {
        int family = gateway.isSix() ? AF_INET6 : AF_INET;
        out.message(RTM_NEWROUTE, Netlink.REQUEST | Netlink.ACK | CREATE)
                .fixed(family, 254 | 3 << 8 | 1 << 24, 0) // the main table, RTPROT_BOOT, RTN_UNICAST
                .bytes(RTA_GATEWAY, gateway.bytes())
                .number(RTA_OIF, number);
    }

    private static String words(List<Assigned> addresses) {
        return String.join(", ", addresses.stream().map(Assigned::toString).toList());
    }

    private static String addresses(List<Assigned> addresses) {
        return String.join(
                ", ", addresses.stream().map(it -> it.address().toString()).toList());
    }
}
