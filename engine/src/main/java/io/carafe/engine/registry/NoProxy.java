package io.carafe.engine.registry;

/// What one entry of `NO_PROXY` covers, by Go's rules (golang.org/x/net/http/httpproxy).
final class NoProxy {
    private NoProxy() {}

    /// @param entry in small letters
    /// @param host  in small letters, without brackets
    static boolean covers(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        if (entry.contains("/")) {
            return isIn(entry, host);
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        boolean hasPort = colon > 0 && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']');
        if (hasPort) {
            if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        name = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        name = name.startsWith("*.") ? name.substring(1) : name;
        if (name.startsWith(".")) {
            return host.endsWith(name);
        }
        return host.equals(name) || (!Addresses.isOne(name) && host.endsWith("." + name));
    }

    private static boolean isIn(String network, String host) {
        int slash = network.indexOf('/');
        byte[] prefix = Addresses.bytes(network.substring(0, slash));
        byte[] address = Addresses.bytes(host);
        int bits;
        try {
            bits = Integer.parseInt(network.substring(slash + 1));
        } catch (NumberFormatException e) {
            return false;
        }
        if (prefix.length == 0 || prefix.length != address.length || bits < 0 || bits > prefix.length * 8) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((prefix[bit / 8] & mask) != (address[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
