package io.carafe.sandbox.planner;

import static io.carafe.sandbox.planner.FilterBatch.ACCEPT;
import static io.carafe.sandbox.planner.FilterBatch.DROP;

import io.carafe.sandbox.plan.Netlink;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.FilterBatch.Rule;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Allowed;
import io.carafe.sandbox.spec.Connections.Filtering;
import io.carafe.sandbox.spec.Connections.Forwarding;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Connections.Port;
import io.carafe.sandbox.spec.IpAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/// The packet filter: one table of nftables, `inet carafe`, there from the first box on a bridge to the last.
/// Its rules are always the same; what a box needs are elements of its sets and maps.
///
/// Nothing of other people's tables is touched. What ours drops is dropped, and what it accepts others may
/// still drop.
final class Firewall {
    private static final String BRIDGES = "bridges";
    private static final String SAME = "same";
    private static final String INTERNAL = "internal";
    private static final String GUARDED = "guarded";
    private static final int ICMPV6 = 58;

    private Firewall() {}

    static List<Line> before(Connections c, int first, List<Undo> undo) {
        var steps = new ArrayList<Line>();
        undo.addFirst(new Undo(first, leave(c), "nothing is left of it after the last box"));
        steps.add(Planner.line(
                new Step.JoinShared(
                        c.directory(),
                        directory(c),
                        List.of(c.box()),
                        c.own().text(),
                        Netlink.NETFILTER,
                        table(c),
                        "have the table inet carafe: networks are kept apart, and what leaves one has the host's address"),
                "before packets can come through"));
        if (!outer(c.own()).isEmpty() || !c.own().guarded().isEmpty()) {
            for (Filtering part : parts(c.own())) {
                undo.addFirst(new Undo(
                        first + steps.size(),
                        new Step.SendNetlink(Netlink.NETFILTER, removed(part), 0, true, "take back: " + words(part)),
                        "only this box's"));
            }
            var batch = new FilterBatch();
            add(batch, c.own(), true);
            steps.add(
                    Planner.line(new Step.SendNetlink(Netlink.NETFILTER, batch.words(), words(c.own())), "asked for"));
        }
        steps.addAll(forwarding(c, c.links()));
        return steps;
    }

    /// @param links that the machine has to pass packets on for
    static List<Line> forwarding(Connections c, List<Link> links) {
        var steps = new ArrayList<Line>();
        if (c.forwards() == Forwarding.BEGINS) {
            steps.add(Planner.line(
                    new Step.WriteFile("/proc/sys/net/ipv4/ip_forward", "1"),
                    "packets go from one interface to another; only our bridges': the table drops others"));
        }
        if (links.stream().anyMatch(link -> !link.internal() && sixth(link))) {
            steps.add(Planner.line(
                    new Step.WriteFile("/proc/sys/net/ipv6/conf/all/forwarding", "1"), "version 6 likewise"));
        }
        return steps;
    }

    /// What is there together or not at all, while the box's networks change: the kernel takes away all of a
    /// batch or nothing. Ports of each version go with the last network that they can lead to, a guard with
    /// its own.
    private static List<Filtering> parts(Filtering own) {
        var parts = new ArrayList<Filtering>();
        for (boolean six : List.of(false, true)) {
            List<Port> ports =
                    outer(own).stream().filter(it -> it.to().isSix() == six).toList();
            if (!ports.isEmpty()) {
                parts.add(new Filtering(own.box(), List.of(), List.of(), ports, List.of(), List.of(), false));
            }
        }
        for (String sender : own.guarded()) {
            parts.add(new Filtering(own.box(), List.of(), List.of(), List.of(), List.of(sender), own.allowed(), false));
        }
        return parts;
    }

    /// Has the table do what it shall do for a box by now.
    ///
    /// @param c      what it was, but for `own`, which is as it shall be
    /// @param before what the table does for the box; all of the table is made if it isn't there
    static Step changed(Connections c, Filtering before, boolean present) {
        Filtering after = c.own();
        var batch = table(c.others(), c.forwards() != Forwarding.MACHINES);
        interfaces(batch, after);
        var gone = less(before, after);
        for (Port port : present ? gone.ports() : List.<Port>of()) {
            batch.removeElement(map(port), key(port), false);
        }
        for (String sender : present ? gone.guarded() : List.<String>of()) {
            batch.removeElement(GUARDED, hardware(sender), false).removeChain(chain(sender), false);
        }
        add(batch, present ? less(after, before) : after, false);
        return new Step.SendNetlink(
                Netlink.NETFILTER, batch.words(), "have the table inet carafe as the box's networks are by now");
    }

    /// What one has of ports and guards, and the other hasn't.
    private static Filtering less(Filtering one, Filtering other) {
        var ports = new ArrayList<>(outer(one));
        ports.removeAll(outer(other));
        var guarded = new ArrayList<>(one.guarded());
        guarded.removeAll(other.guarded());
        return new Filtering(one.box(), List.of(), List.of(), ports, guarded, one.allowed(), false);
    }

    /// Takes away what was put there since the box's start, if it still is there.
    static List<Step> taken(Connections c) {
        var steps = new ArrayList<Step>();
        for (Filtering part : parts(c.own())) {
            steps.add(new Step.SendNetlink(Netlink.NETFILTER, removed(part), 0, true, "take back: " + words(part)));
        }
        if (c.forwards() != Forwarding.MACHINES) {
            steps.add(leave(c));
        }
        return steps;
    }

    private static Step leave(Connections c) {
        boolean ends = c.forwards() != Forwarding.MACHINES;
        return new Step.LeaveShared(
                c.directory(),
                directory(c),
                List.of(c.box()),
                ends ? "/proc/sys/net/ipv4/ip_forward" : "",
                ends ? "0" : "",
                "",
                Cables.LINGERING_MS,
                Netlink.NETFILTER,
                new FilterBatch().removeTable().wordsOfTheLast(),
                "remove the table inet carafe");
    }

    private static boolean sixth(Link link) {
        return link.assigned().stream().anyMatch(it -> it.address().isSix());
    }

    private static String directory(Connections c) {
        return c.directory() + "/filter";
    }

    private static String words(Filtering own) {
        var words = new ArrayList<String>();
        for (Port port : outer(own)) {
            words.add("pass " + port.protocol() + " port " + port.port() + " of " + port.address() + " to " + port.to()
                    + " port " + port.inside());
        }
        if (!own.guarded().isEmpty()) {
            words.add("let the box send to "
                    + (own.allowed().isEmpty()
                            ? "nobody outside its networks"
                            : String.join(
                                    ", ",
                                    own.allowed().stream().map(Firewall::words).toList())));
        }
        return String.join(", ", words);
    }

    private static String words(Allowed allowed) {
        String ports = allowed.from() == allowed.to() ? "" + allowed.from() : allowed.from() + "-" + allowed.to();
        return allowed.range()
                + (allowed.from() == 0 ? "" : ":" + ports)
                + (allowed.protocol().isEmpty() ? "" : "/" + allowed.protocol());
    }

    private static List<Integer> table(Connections c) {
        var batch = table(c.others(), c.forwards() != Forwarding.MACHINES);
        interfaces(batch, c.own());
        return batch.words();
    }

    /// The table as it should be, for all boxes: somebody has changed it, or a box was killed together with
    /// all that could have taken its elements away.
    static Step again(List<Filtering> all) {
        boolean ours = all.stream().anyMatch(Filtering::forwards);
        var batch = table(List.of(), ours);
        for (String set : List.of(BRIDGES, INTERNAL, SAME, GUARDED)) {
            batch.forget(set);
        }
        for (boolean six : List.of(false, true)) {
            batch.forget(map(six, true)).forget(map(six, false));
        }
        elements(batch, all);
        return new Step.SendNetlink(Netlink.NETFILTER, batch.words(), "have the table inet carafe as it should be");
    }

    private static FilterBatch table(List<Filtering> others, boolean ours) {
        var batch = new FilterBatch().table();
        sets(batch);
        addresses(batch);
        forward(batch, ours);
        batch.baseChain("input", "filter", FilterBatch.INPUT, 0)
                .rule("input", Rule::established, ACCEPT)
                .rule(
                        "input",
                        it -> it.from(BRIDGES).version(true).protocol(ICMPV6).message(133, 136),
                        ACCEPT)
                .rule("input", it -> it.from(BRIDGES).bySender(GUARDED));
        elements(batch, others);
        return batch;
    }

    private static void elements(FilterBatch batch, List<Filtering> all) {
        for (Filtering one : all) {
            interfaces(batch, one);
            add(batch, one, false);
        }
    }

    private static void sets(FilterBatch batch) {
        int port = FilterBatch.together(FilterBatch.INET_PROTO, FilterBatch.INET_SERVICE);
        batch.set(BRIDGES, FilterBatch.IFNAME, 16).set(INTERNAL, FilterBatch.IFNAME, 16);
        batch.set(SAME, FilterBatch.together(FilterBatch.IFNAME, FilterBatch.IFNAME), 32);
        for (boolean six : List.of(false, true)) {
            int address = six ? FilterBatch.IPV6_ADDR : FilterBatch.IPV4_ADDR;
            int length = six ? 16 : 4;
            int to = FilterBatch.together(address, FilterBatch.INET_SERVICE);
            batch.map(
                    map(six, true),
                    FilterBatch.together(address, FilterBatch.INET_PROTO, FilterBatch.INET_SERVICE),
                    length + 8,
                    to,
                    length + 4);
            batch.map(map(six, false), port, 8, to, length + 4);
        }
        batch.chains(GUARDED, FilterBatch.ETHER_ADDR, 6);
    }

    private static String map(boolean six, boolean byAddress) {
        return (byAddress ? "ports" : "anywhere") + (six ? "6" : "4");
    }

    /// A published port of one address, or of all of the machine's. What a box sends to a port that leads
    /// back to its own network, and whatever leaves a network, has the host's address: the answer must come
    /// back this way.
    private static void addresses(FilterBatch batch) {
        batch.baseChain("prerouting", "nat", FilterBatch.PREROUTING, -100);
        for (boolean six : List.of(false, true)) {
            batch.rule("prerouting", it -> it.version(six).sendOn(map(six, true), six, true))
                    .rule("prerouting", it -> it.version(six).toThisMachine().sendOn(map(six, false), six, false));
        }
        batch.baseChain("postrouting", "nat", FilterBatch.POSTROUTING, 100)
                .rule("postrouting", it -> it.from(BRIDGES).notTo(BRIDGES).masquerade())
                .rule(
                        "postrouting",
                        it -> it.from(BRIDGES).to(BRIDGES).published().masquerade());
    }

    /// @param ours the machine forwards only because of us: for nobody else
    private static void forward(FilterBatch batch, boolean ours) {
        String chain = "forward";
        batch.baseChain(chain, "filter", FilterBatch.FORWARD, 0)
                .rule(chain, Rule::established, ACCEPT)
                .rule(
                        chain,
                        it -> it.between(SAME),
                        ACCEPT) // a bridge's own frames, where br_netfilter shows them to us
                .rule(chain, it -> it.from(INTERNAL), DROP)
                .rule(chain, it -> it.to(INTERNAL), DROP)
                .rule(chain, it -> it.from(BRIDGES).bySender(GUARDED))
                .rule(chain, it -> it.to(BRIDGES).published(), ACCEPT)
                .rule(chain, it -> it.to(BRIDGES), DROP)
                .rule(chain, it -> it.from(BRIDGES), ACCEPT);
        if (ours) {
            batch.rule(chain, UnaryOperator.identity(), DROP);
        }
    }

    private static void interfaces(FilterBatch batch, Filtering filtering) {
        filtering.bridges().forEach(it -> batch.element(BRIDGES, FilterBatch.name(it), new byte[0], false));
        filtering
                .bridges()
                .forEach(it -> batch.element(
                        SAME, FilterBatch.joined(FilterBatch.name(it), FilterBatch.name(it)), new byte[0], false));
        filtering.internal().forEach(it -> batch.element(INTERNAL, FilterBatch.name(it), new byte[0], false));
    }

    /// What is for this machine alone, the filter mustn't take: a neighbour could send it to that address,
    /// too (CVE-2020-8558).
    private static List<Port> outer(Filtering filtering) {
        return filtering.ports().stream()
                .filter(port -> !port.address().isLoopback() && port.leads())
                .toList();
    }

    private static void add(FilterBatch batch, Filtering filtering, boolean exclusive) {
        for (Port port : outer(filtering)) {
            byte[] to = FilterBatch.joined(port.to().bytes(), FilterBatch.number(port.inside(), 2));
            batch.element(map(port), key(port), to, exclusive);
        }
        for (String sender : filtering.guarded()) {
            String chain = chain(sender);
            batch.chain(chain);
            filtering.allowed().forEach(it -> batch.rule(chain, rule -> allowed(rule, it), ACCEPT));
            batch.rule(chain, UnaryOperator.identity(), DROP).jump(GUARDED, hardware(sender), chain);
        }
    }

    private static Rule allowed(Rule rule, Allowed allowed) {
        Rule into = rule.version(allowed.range().isSix())
                .into(allowed.range().base().bytes(), allowed.range().prefix());
        if (!allowed.protocol().isEmpty()) {
            into = into.protocol(number(allowed.protocol()));
        }
        return allowed.from() == 0 ? into : into.port(allowed.from(), allowed.to());
    }

    private static List<Integer> removed(Filtering own) {
        var batch = new FilterBatch();
        List<Port> ports = outer(own);
        for (int i = 0; i < ports.size(); i++) {
            Port port = ports.get(i);
            boolean last = own.guarded().isEmpty() && i == ports.size() - 1;
            batch.removeElement(map(port), key(port), last);
        }
        for (int i = 0; i < own.guarded().size(); i++) {
            String sender = own.guarded().get(i);
            batch.removeElement(GUARDED, hardware(sender), false)
                    .removeChain(chain(sender), i == own.guarded().size() - 1);
        }
        return batch.wordsOfTheLast();
    }

    private static String map(Port port) {
        return map(port.to().isSix(), !port.address().isAny());
    }

    private static byte[] key(Port port) {
        byte[] protocol = {(byte) number(port.protocol())};
        byte[] number = FilterBatch.number(port.port(), 2);
        IpAddress address = port.address();
        return address.isAny()
                ? FilterBatch.joined(protocol, number)
                : FilterBatch.joined(address.bytes(), protocol, number);
    }

    private static int number(String protocol) {
        return protocol.equals("tcp") ? 6 : 17;
    }

    private static String chain(String sender) {
        return "from-" + sender.replace(":", "");
    }

    static byte[] hardware(String address) {
        return HexFormat.of().parseHex(address.replace(":", ""));
    }
}
