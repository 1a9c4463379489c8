package io.carafe.engine.network;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.network.Asked.Published;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Chooses a port of the host that nobody has: those from 49152 on are for this (RFC 6335). Whoever takes it
/// before the plan does, makes the plan fail.
public final class FreePorts {
    private static final int FIRST = 49152;
    private static final int LAST = 65535;

    private FreePorts() {}

    /// The same port, with one of the host's that is free if none was asked for.
    ///
    /// @param handed is told of it
    public static Published chosen(Published asked, Handed handed) {
        try {
            int host = asked.host() != 0 ? asked.host() : of(asked, handed);
            return new Published(asked.protocol(), asked.address(), host, asked.inside());
        } catch (IOException e) {
            throw new EngineException.Failed("look for a free port of " + asked.address(), e);
        }
    }

    static int of(Published asked, Handed handed) throws IOException {
        InetAddress address = InetAddress.getByAddress(asked.address().bytes());
        for (int port = FIRST; port <= LAST; port++) {
            if (handed.take(asked.protocol() + " " + port)
                    && isFree(asked.protocol(), new InetSocketAddress(address, port))) {
                return port;
            }
        }
        throw new EngineException.Conflict("no port from " + FIRST + " to " + LAST + " of " + asked.address()
                + " is free: choose one with -p PORT:" + asked.inside());
    }

    private static boolean isFree(String protocol, InetSocketAddress address) throws IOException {
        try {
            if (protocol.equals("tcp")) {
                try (var socket = new ServerSocket()) {
                    socket.bind(address);
                }
            } else {
                try (var socket = new DatagramSocket(null)) {
                    socket.bind(address);
                }
            }
            return true;
        } catch (BindException e) {
            return false;
        }
    }
}
