package io.carafe.engine.registry;

/// This machine, by its own name for itself. A name that others answer for is never taken for it, wherever it
/// leads.
final class Loopback {
    private Loopback() {}

    /// @param host in small letters, with or without the brackets of an IPv6 address
    static boolean is(String host) {
        if (host.equals("localhost") || host.endsWith(".localhost")) { // RFC 6761, 6.3
            return true;
        }
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        byte[] bytes = Addresses.bytes(bare);
        if (bytes.length == 4) {
            return bytes[0] == 127;
        }
        if (bytes.length != 16 || bytes[15] != 1) {
            return false;
        }
        for (int i = 0; i < 15; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
