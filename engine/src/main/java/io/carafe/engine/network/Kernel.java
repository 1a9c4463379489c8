package io.carafe.engine.network;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysSocket;
import io.carafe.sandbox.plan.Netlink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Questions for the kernel about the packet filter: netlink(7).
final class Kernel {
    private static final int GETTABLE = 10 << 8 | 1;
    private static final int NLMSG_ERROR = 2;
    private static final int INET = 1;
    private static final int ROOM = 8192;

    private Kernel() {}

    /// Whether our table is there: `nft flush ruleset`, which a firewall may do when it begins anew, takes
    /// everybody's.
    static boolean hasTable(String name) throws ErrnoException {
        var words = new Netlink()
                .message(GETTABLE, Netlink.REQUEST)
                .fixed(INET)
                .string(1, name)
                .words();
        ByteBuffer request = ByteBuffer.allocate(4 * words.size()).order(ByteOrder.nativeOrder());
        words.forEach(request::putInt);
        try (Fd socket = SysSocket.netlink(Netlink.NETFILTER)) {
            SysSocket.send(socket, request.array());
            ByteBuffer answer = ByteBuffer.wrap(SysSocket.recv(socket, ROOM)).order(ByteOrder.nativeOrder());
            boolean error = answer.limit() >= 20 && answer.getShort(4) == NLMSG_ERROR && answer.getInt(16) != 0;
            if (error && answer.getInt(16) != -Errno.ENOENT) {
                throw new ErrnoException("netlink", "table " + name, -answer.getInt(16));
            }
            return !error;
        }
    }
}
