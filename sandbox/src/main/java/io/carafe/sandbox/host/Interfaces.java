package io.carafe.sandbox.host;

import io.carafe.sandbox.host.NetworkInterface.Address;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// The caller's network interfaces, by rtnetlink(7): no file tells which of their addresses are for good.
final class Interfaces {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final short NLM_F_REQUEST_DUMP = 0x301;
    private static final int HEADER = 16; // struct nlmsghdr
    private static final int LINK = 16; // struct ifinfomsg
    private static final int ADDRESS = 8; // struct ifaddrmsg
    private static final int IFLA_IFNAME = 3;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_PERMANENT = 0x80;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int NLA_TYPE_MASK = 0x3fff;
    private static final int ROOM = 1 << 16; // more than the kernel puts into one datagram

    private Interfaces() {}

    /// @throws ErrnoException if the kernel doesn't say
    static List<NetworkInterface> list() throws ErrnoException {
        try (Fd socket = SysSocket.netlink(0)) {
            return parse(dump(socket, RTM_GETLINK), dump(socket, RTM_GETADDR));
        }
    }

    private static List<byte[]> dump(Fd socket, int type) throws ErrnoException {
        ByteBuffer request = ByteBuffer.allocate(HEADER + LINK).order(ByteOrder.nativeOrder());
        request.putInt(HEADER + LINK).putShort((short) type).putShort(NLM_F_REQUEST_DUMP);
        SysSocket.send(socket, request.array());
        var datagrams = new ArrayList<byte[]>();
        while (true) {
            byte[] datagram = SysSocket.recv(socket, ROOM);
            datagrams.add(datagram);
            if (datagram.length == 0 || ends(datagram)) {
                return datagrams;
            }
        }
    }

    private static boolean ends(byte[] datagram) {
        for (Message message : messages(datagram)) {
            if (message.type == NLMSG_DONE || message.type == NLMSG_ERROR) {
                return true;
            }
        }
        return false;
    }

    /// @param links     the datagrams that answer `RTM_GETLINK`
    /// @param addresses those that answer `RTM_GETADDR`
    static List<NetworkInterface> parse(List<byte[]> links, List<byte[]> addresses) {
        var byIndex = new HashMap<Integer, List<Address>>();
        for (byte[] datagram : addresses) {
            for (Message message : messages(datagram)) {
                if (message.type == RTM_NEWADDR) {
                    address(message.body, byIndex);
                }
            }
        }
        var interfaces = new ArrayList<NetworkInterface>();
        for (byte[] datagram : links) {
            for (Message message : messages(datagram)) {
                byte[] name = message.type == RTM_NEWLINK
                        ? attributes(message.body, LINK).get(IFLA_IFNAME)
                        : null;
                if (name != null) {
                    int index = message.body.getInt(4);
                    interfaces.add(new NetworkInterface(
                            new String(name, 0, Math.max(0, name.length - 1), StandardCharsets.UTF_8),
                            index,
                            byIndex.getOrDefault(index, List.of())));
                }
            }
        }
        return interfaces;
    }

    /// Only what is true elsewhere too: not what the link, or a server on it, has given it.
    private static void address(ByteBuffer body, Map<Integer, List<Address>> byIndex) {
        Map<Integer, byte[]> attributes = attributes(body, ADDRESS);
        byte[] wide = attributes.get(IFA_FLAGS);
        int flags = wide != null && wide.length == 4
                ? ByteBuffer.wrap(wide).order(ByteOrder.nativeOrder()).getInt()
                : body.get(2) & 0xff;
        byte[] address = attributes.get(IFA_ADDRESS);
        byte[] local = attributes.getOrDefault(IFA_LOCAL, address == null ? new byte[0] : address);
        if (body.get(3) != RT_SCOPE_UNIVERSE || (flags & IFA_F_PERMANENT) == 0 || local.length == 0) {
            return;
        }
        HexFormat hex = HexFormat.of();
        byte[] broadcast = attributes.getOrDefault(IFA_BROADCAST, new byte[0]);
        byIndex.computeIfAbsent(body.getInt(4), _ -> new ArrayList<>())
                .add(new Address(
                        hex.formatHex(local),
                        body.get(1) & 0xff,
                        hex.formatHex(address == null ? local : address),
                        hex.formatHex(broadcast)));
    }

    private record Message(int type, ByteBuffer body) {}

    private static List<Message> messages(byte[] datagram) {
        var messages = new ArrayList<Message>();
        ByteBuffer in = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        for (int at = 0; at + HEADER <= datagram.length; ) {
            int length = in.getInt(at);
            if (length < HEADER || length > datagram.length - at) {
                return messages;
            }
            messages.add(new Message(
                    in.getShort(at + 4), in.slice(at + HEADER, length - HEADER).order(ByteOrder.nativeOrder())));
            at += aligned(length);
        }
        return messages;
    }

    private static Map<Integer, byte[]> attributes(ByteBuffer body, int from) {
        var attributes = new HashMap<Integer, byte[]>();
        for (int at = from; at + 4 <= body.limit(); ) {
            int length = body.getShort(at) & 0xffff;
            if (length < 4 || length > body.limit() - at) {
                return attributes;
            }
            byte[] value = new byte[length - 4];
            body.get(at + 4, value);
            attributes.put(body.getShort(at + 2) & NLA_TYPE_MASK, value);
            at += aligned(length);
        }
        return attributes;
    }

    private static int aligned(int length) {
        return (length + 3) & ~3;
    }
}
