package io.carafe.engine.doctor;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysSocket;
import io.carafe.sandbox.plan.Netlink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Chains of other people's nftables, iptables-nft's too, that drop what they don't know of what is
/// forwarded: a box's packets pass ours, and end there.
final class ForwardChains {
    private static final int NEWCHAIN = 10 << 8 | 3;
    private static final int GETCHAIN = 10 << 8 | 4;
    private static final int DUMP = 0x300;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int HEADER = 16; // struct nlmsghdr
    private static final int FAMILY = 4; // struct nfgenmsg
    private static final int TABLE = 1;
    private static final int NAME = 3;
    private static final int HOOK = 4;
    private static final int POLICY = 5;
    private static final int FORWARD = 2;
    private static final int DROP = 0;
    private static final int TYPE_MASK = 0x3fff;
    private static final int ROOM = 1 << 16;
    private static final Map<Integer, String> FAMILIES = Map.of(1, "inet", 2, "ip", 10, "ip6");

    private ForwardChains() {}

    /// Their families, tables and names.
    static List<String> dropping() throws ErrnoException {
        var words =
                new Netlink().message(GETCHAIN, Netlink.REQUEST | DUMP).fixed(0).words();
        ByteBuffer request = ByteBuffer.allocate(4 * words.size()).order(ByteOrder.nativeOrder());
        words.forEach(request::putInt);
        var found = new ArrayList<String>();
        try (Fd socket = SysSocket.netlink(Netlink.NETFILTER)) {
            SysSocket.send(socket, request.array());
            while (read(SysSocket.recv(socket, ROOM), found)) {
                // until the list ends
            }
        }
        return found;
    }

    /// Whether more will come.
    static boolean read(byte[] datagram, List<String> found) {
        ByteBuffer in = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        for (int at = 0; at + HEADER <= datagram.length; ) {
            int length = in.getInt(at);
            int type = in.getShort(at + 4);
            if (type == NLMSG_DONE || type == NLMSG_ERROR || length < HEADER || length > datagram.length - at) {
                return false;
            }
            if (type == NEWCHAIN && length > HEADER + FAMILY) {
                String family = FAMILIES.get((int) in.get(at + HEADER));
                Map<Integer, byte[]> parts = attributes(in, at + HEADER + FAMILY, at + length);
                if (family != null && drops(parts)) {
                    found.add(family + " " + text(parts.get(TABLE)) + " " + text(parts.get(NAME)));
                }
            }
            at += length + 3 & ~3;
        }
        return datagram.length > 0;
    }

    private static boolean drops(Map<Integer, byte[]> parts) {
        byte[] hook = parts.get(HOOK);
        byte[] policy = parts.get(POLICY);
        if (hook == null
                || policy == null
                || policy.length != 4
                || ByteBuffer.wrap(policy).getInt() != DROP) {
            return false;
        }
        byte[] number = attributes(ByteBuffer.wrap(hook).order(ByteOrder.nativeOrder()), 0, hook.length)
                .get(1);
        return number != null && number.length == 4 && ByteBuffer.wrap(number).getInt() == FORWARD;
    }

    private static String text(byte @org.jspecify.annotations.Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, 0, Math.max(0, bytes.length - 1), StandardCharsets.UTF_8);
    }

    private static Map<Integer, byte[]> attributes(ByteBuffer in, int from, int end) {
        var attributes = new HashMap<Integer, byte[]>();
        for (int at = from; at + 4 <= end; ) {
            int length = in.getShort(at) & 0xffff;
            if (length < 4 || length > end - at) {
                return attributes;
            }
            byte[] value = new byte[length - 4];
            in.get(at + 4, value);
            attributes.put(in.getShort(at + 2) & TYPE_MASK, value);
            at += length + 3 & ~3;
        }
        return attributes;
    }
}
