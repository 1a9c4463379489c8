package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;

/// The options of `run` that are about networks.
final class NetworkFlags {
    static final Flag EGRESS = Flag.list(
                    "",
                    "egress",
                    "Let the box send beyond its networks only here, as 10.0.0.0/8:443/tcp; deny: to nobody")
            .of("deny");
    static final Flag EXPOSE = Flag.list("", "expose", "Ports of the box that -P publishes: PORT[-PORT][/PROTOCOL]");
    static final Flag IP = Flag.one("", "ip", "address", "IPv4 address of the box on its first network");
    static final Flag IP6 = Flag.one("", "ip6", "address", "IPv6 address of the box on its first network");
    static final Flag MAC_ADDRESS =
            Flag.one("", "mac-address", "string", "Hardware address of the box on its first network");
    static final Flag NETWORK = new Flag(
                    "",
                    "network",
                    "network",
                    true,
                    "Network: none, host, bridge or another's name, pasta[:OPTIONS], ns:PATH or ns:PID; several names,"
                            + " also as name=NAME,alias=ALIAS,ip=ADDRESS (default bridge, none of host and --rootfs)")
            .of("none", "host", "bridge", "pasta", "name=");
    static final Flag NETWORK_ALIAS =
            Flag.list("", "network-alias", "What the box is called on its first network, beside its host name");
    static final Flag PUBLISH = Flag.list(
            "p",
            "publish",
            "Have ports of this machine lead to the box: [[ADDRESS:][PORT]:]PORT[/PROTOCOL], ranges too (default"
                    + " address 127.0.0.1, or CARAFE_PUBLISH_ADDRESS)");
    static final Flag PUBLISH_ALL = Flag.toggle(
            "P", "publish-all", "Have free ports of this machine lead to all that --expose and the image name");

    private NetworkFlags() {}
}
