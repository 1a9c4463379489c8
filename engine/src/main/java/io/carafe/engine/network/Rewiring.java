package io.carafe.engine.network;

import io.carafe.engine.network.Asked.Egress;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Allowed;
import io.carafe.sandbox.spec.Connections.Assigned;
import io.carafe.sandbox.spec.Connections.Filtering;
import io.carafe.sandbox.spec.Connections.Forwarding;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Connections.Port;
import io.carafe.sandbox.spec.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What becomes of a box's connections when it is connected with one more network, or leaves one: where its
/// published ports lead, and by which network the way out is. Pure.
public final class Rewiring {
    private static final String INTERFACE = "eth";

    private Rewiring() {}

    /// The link with a network; empty if the box isn't on it.
    public static Optional<Link> link(Connections now, String network) {
        return now.links().stream().filter(it -> it.network().equals(network)).findFirst();
    }

    /// The first number that no interface of the box has.
    static int number(List<Link> links) {
        int number = 0;
        while (has(links, INTERFACE + number)) {
            number++;
        }
        return number;
    }

    private static boolean has(List<Link> links, String name) {
        return links.stream().anyMatch(it -> it.name().equals(name));
    }

    /// @param egress null if the box may send to whom it likes
    /// @param others what the filter has forgotten of others
    static Connections with(
            Connections now, Link added, @Nullable Egress egress, List<Filtering> others, Forwarding forwards) {
        var links = new ArrayList<>(now.links());
        links.add(added);
        List<Allowed> allowed = egress == null ? List.of() : egress.allowed();
        return rewired(now, links, egress != null, allowed, others, forwards);
    }

    /// The same without a network. The default route goes to the first of those that are left that leads
    /// further.
    ///
    /// @param others what the filter has forgotten of others
    public static Connections without(Connections now, Link removed, List<Filtering> others) {
        var links = new ArrayList<>(now.links());
        links.remove(removed);
        for (int i = 0; removed.leads() && i < links.size(); i++) {
            if (!links.get(i).internal()) {
                links.set(i, links.get(i).leading(true));
                break;
            }
        }
        Filtering own = now.own();
        return rewired(now, links, !own.guarded().isEmpty(), own.allowed(), others, now.forwards());
    }

    private static Connections rewired(
            Connections now,
            List<Link> links,
            boolean guarded,
            List<Allowed> allowed,
            List<Filtering> others,
            Forwarding forwards) {
        Filtering before = now.own();
        boolean ours = before.forwards() || forwards != Forwarding.MACHINES;
        var own = new Filtering(
                before.box(),
                links.stream().map(Link::bridge).toList(),
                links.stream().filter(Link::internal).map(Link::bridge).toList(),
                before.ports().stream().map(it -> led(it, links)).toList(),
                guarded ? links.stream().map(Link::hardware).toList() : List.of(),
                guarded ? allowed : List.of(),
                ours);
        Forwarding then = ours && forwards == Forwarding.MACHINES ? Forwarding.OURS : forwards;
        return now.with(
                links,
                own,
                others.stream().filter(it -> !it.box().equals(now.box())).toList(),
                then);
    }

    /// A port stays where it leads as long as that is the box's.
    private static Port led(Port port, List<Link> links) {
        boolean stays = links.stream()
                .flatMap(it -> it.assigned().stream())
                .anyMatch(it -> it.address().equals(port.to()));
        return stays ? port : port.leadingTo(target(port.address(), links));
    }

    /// What a port at an address of the host leads to.
    ///
    /// @return an address that is any if there is none
    static IpAddress target(IpAddress host, List<Link> links) {
        for (Link link : links) {
            for (Assigned assigned : link.internal() ? List.<Assigned>of() : link.assigned()) {
                if (host.isLoopback() || assigned.address().isSix() == host.isSix()) {
                    return assigned.address();
                }
            }
        }
        return IpAddress.of(host.isSix() ? "::" : "0.0.0.0");
    }
}
