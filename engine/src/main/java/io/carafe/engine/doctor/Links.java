package io.carafe.engine.doctor;

import io.carafe.sandbox.plan.Netlink;
import io.carafe.sandbox.plan.Step;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Steps that make network interfaces, and what hangs on them, by rtnetlink(7).
final class Links {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_NEWQDISC = 36;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_VLAN_ID = 1;
    private static final int IFLA_VXLAN_ID = 1;
    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TC_H_ROOT = -1;
    private static final int LOOPBACK = 1; // its index in every network namespace
    private static final int PARENT = 10;

    private Links() {}

    /// One interface of this kind, and below it the one that it needs.
    static List<Step> of(String kind) {
        var steps = new ArrayList<Step>();
        boolean onAnother = List.of("macvlan", "ipvlan", "vlan").contains(kind);
        if (onAnother) {
            steps.add(link("veth", "below", PARENT, 0));
        }
        steps.add(link(kind, "above", PARENT + 10, onAnother ? PARENT : 0));
        return steps;
    }

    private static Step link(String kind, String name, int index, int below) {
        var message = new Netlink()
                .message(RTM_NEWLINK, Netlink.REQUEST | Netlink.ACK | Netlink.CREATE)
                .fixed(0, index, 0, 0)
                .string(IFLA_IFNAME, name);
        if (below != 0) {
            message.number(IFLA_LINK, below);
        }
        message.begin(IFLA_LINKINFO).string(IFLA_INFO_KIND, kind);
        data(kind).apply(message).end();
        return message.step(Netlink.ROUTE, "make the interface " + name + ", a " + kind);
    }

    private static UnaryOperator<Netlink> data(String kind) {
        return switch (kind) {
            case "vlan" ->
                message -> message.begin(IFLA_INFO_DATA)
                        .bytes(
                                IFLA_VLAN_ID,
                                ByteBuffer.allocate(2)
                                        .order(ByteOrder.nativeOrder())
                                        .putShort((short) 7)
                                        .array())
                        .end();
            case "vxlan" ->
                message ->
                        message.begin(IFLA_INFO_DATA).number(IFLA_VXLAN_ID, 7).end();
            default -> UnaryOperator.identity();
        };
    }

    /// A queueing discipline on the loopback that delays and loses packets.
    static Step netem() {
        return new Netlink()
                .message(RTM_NEWQDISC, Netlink.REQUEST | Netlink.ACK | Netlink.CREATE)
                .fixed(0, LOOPBACK, 0, TC_H_ROOT, 0)
                .string(TCA_KIND, "netem")
                .bytes(
                        TCA_OPTIONS,
                        ByteBuffer.allocate(24)
                                .order(ByteOrder.nativeOrder())
                                .putInt(4, 1000)
                                .array())
                .step(Netlink.ROUTE, "put a netem queue on lo");
    }

    /// Asks for the number of a generic netlink family, which the kernel gives out if it has it.
    static Step family(String name) {
        return new Netlink()
                .message(16, Netlink.REQUEST | Netlink.ACK) // GENL_ID_CTRL
                .fixed(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0x103 : 0x03010000) // CTRL_CMD_GETFAMILY
                .string(2, name) // CTRL_ATTR_FAMILY_NAME
                .step(Netlink.GENERIC, "look up " + name);
    }
}
