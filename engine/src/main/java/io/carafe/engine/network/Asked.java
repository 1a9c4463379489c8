package io.carafe.engine.network;

import io.carafe.sandbox.spec.Connections.Allowed;
import io.carafe.sandbox.spec.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What somebody asks for whose box shall be on networks.
///
/// @param records   the directory that the networks' records are in, absolute
/// @param networks  in the order of the box's interfaces; none if it has left them all
/// @param ports     of the host, that lead to the box
/// @param exposed   ports that the box listens at
/// @param all       each of these gets some free one of the host, and those that the image names
/// @param usual     address that ports are published at if nothing is said
/// @param egress    null if the box may send to whom it likes
/// @param known     what else the box is called on all of its networks
/// @param changed   the networks are others by now than those that the ports were asked for with: a port may
///     lead nowhere
public record Asked(
        String records,
        List<Attachment> networks,
        List<Published> ports,
        List<Exposed> exposed,
        boolean all,
        IpAddress usual,
        @Nullable Egress egress,
        List<String> known,
        boolean changed) {
    public Asked {
        networks = List.copyOf(networks);
        ports = List.copyOf(ports);
        exposed = List.copyOf(exposed);
        known = List.copyOf(known);
    }

    /// The same, called so, too.
    public Asked named(String name) {
        var names = new ArrayList<>(List.of(name));
        names.addAll(known);
        return new Asked(records, networks, ports, exposed, all, usual, egress, names, changed);
    }

    /// The same on other networks.
    public Asked with(List<Attachment> others) {
        return new Asked(records, others, ports, exposed, all, usual, egress, known, true);
    }

    /// The same, of a box that listens at these, too.
    public Asked exposing(List<Exposed> others) {
        var both = new LinkedHashSet<>(exposed);
        both.addAll(others);
        return new Asked(records, networks, ports, List.copyOf(both), all, usual, egress, known, changed);
    }

    /// One network.
    ///
    /// @param network  its name, or the beginning of its id
    /// @param aliases  what the box is called there
    /// @param four     an address of its own choice; null for a free one
    /// @param six      likewise
    /// @param hardware of the interface, "" for one that follows from the address
    public record Attachment(
            String network,
            List<String> aliases,
            @Nullable IpAddress four,
            @Nullable IpAddress six,
            String hardware) {
        public Attachment {
            aliases = List.copyOf(aliases);
        }

        /// The same to a network of that name.
        public Attachment named(String name) {
            return new Attachment(name, aliases, four, six, hardware);
        }
    }

    /// A port of the host for one of the box.
    ///
    /// @param protocol `tcp` or `udp`
    /// @param host     0 for a free one
    public record Published(String protocol, IpAddress address, int host, int inside) {}

    /// A port of the box.
    public record Exposed(String protocol, int inside) {}

    /// To whom the box may send beyond its networks; to nobody but these.
    public record Egress(List<Allowed> allowed) {
        public Egress {
            allowed = List.copyOf(allowed);
        }
    }
}
