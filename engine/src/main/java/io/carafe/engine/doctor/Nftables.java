package io.carafe.engine.doctor;

import io.carafe.sandbox.plan.Netlink;
import io.carafe.sandbox.plan.Step;

/// Steps that set up nftables as a network of boxes needs it: one batch each.
final class Nftables {
    static final int IPV4 = 2;
    static final int IPV6 = 10;

    private static final int INET = 1;
    private static final int SUBSYSTEM = 10 << 8;
    private static final int BATCH_BEGIN = 16;
    private static final int BATCH_END = 17;
    private static final int NEWTABLE = SUBSYSTEM;
    private static final int NEWCHAIN = SUBSYSTEM | 3;
    private static final int NEWRULE = SUBSYSTEM | 6;
    private static final int NEWFLOWTABLE = SUBSYSTEM | 22;
    private static final int PREROUTING = 0;
    private static final int POSTROUTING = 4;
    private static final int REGISTER = 1;

    private Nftables() {}

    /// What goes out gets the address of the way out.
    static Step masquerade(int family) {
        var batch = chain(family, POSTROUTING, 100);
        batch.begin(4).begin(1).string(1, "masq").begin(2).end().end().end();
        return end(batch, "masquerade");
    }

    /// What comes in goes to another address.
    static Step destination(int family) {
        byte[] address = new byte[family == IPV4 ? 4 : 16];
        address[address.length - 1] = 1;
        var batch = chain(family, PREROUTING, -100);
        batch.begin(4);
        batch.begin(1).string(1, "immediate").begin(2).big(1, REGISTER).begin(2).bytes(1, address);
        batch.end().end().end();
        batch.begin(1)
                .string(1, "nat")
                .begin(2)
                .big(1, 1)
                .big(2, family)
                .big(3, REGISTER)
                .end()
                .end();
        batch.end();
        return end(batch, "send packets to another address");
    }

    /// Known connections past the rules, on the loopback.
    static Step flowtable() {
        var batch = table(INET);
        batch.message(NEWFLOWTABLE, Netlink.REQUEST | Netlink.ACK | Netlink.CREATE)
                .fixed(INET)
                .string(1, "carafe")
                .string(2, "fast")
                .begin(3)
                .big(1, 0)
                .big(2, 0)
                .begin(3)
                .string(1, "lo")
                .end()
                .end();
        return end(batch, "make a flow table");
    }

    /// `struct nfgenmsg` is the family, a version and a resource id in network byte order.
    private static Netlink table(int family) {
        return new Netlink()
                .message(BATCH_BEGIN, Netlink.REQUEST)
                .fixed(SUBSYSTEM << 16)
                .message(NEWTABLE, Netlink.REQUEST | Netlink.ACK | Netlink.CREATE)
                .fixed(family)
                .string(1, "carafe");
    }

    /// A rule begins in it.
    private static Netlink chain(int family, int hook, int priority) {
        return table(family)
                .message(NEWCHAIN, Netlink.REQUEST | Netlink.ACK | Netlink.CREATE)
                .fixed(family)
                .string(1, "carafe")
                .string(3, "nat")
                .begin(4)
                .big(1, hook)
                .big(2, priority)
                .end()
                .string(7, "nat")
                .message(NEWRULE, Netlink.REQUEST | Netlink.ACK | Netlink.CREATE)
                .fixed(family)
                .string(1, "carafe")
                .string(2, "nat");
    }

    private static Step end(Netlink batch, String what) {
        return batch.message(BATCH_END, Netlink.REQUEST)
                .fixed(SUBSYSTEM << 16)
                .step(Netlink.NETFILTER, what + " by nftables");
    }
}
