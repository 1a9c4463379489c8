package io.carafe.engine.registry;

import java.net.InetAddress;

/// IP addresses as texts. No name is ever looked up.
final class Addresses {
    private Addresses() {}

    static boolean isOne(String text) {
        return bytes(text).length > 0;
    }

    /// Its 4 or 16 bytes; none if it is a name.
    static byte[] bytes(String text) {
        try {
            return InetAddress.ofLiteral(text).getAddress();
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
