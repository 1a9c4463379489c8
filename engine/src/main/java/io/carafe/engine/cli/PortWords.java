package io.carafe.engine.cli;

import io.carafe.engine.network.Asked.Exposed;
import io.carafe.engine.network.Asked.Published;
import io.carafe.sandbox.spec.Connections.Allowed;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.util.ArrayList;
import java.util.List;

/// `-p`, `--expose` and `--egress`. Each throws IllegalArgumentException with what is wrong.
final class PortWords {
    private static final int MAX = 65535;
    private static final int PUBLISHED_MAX = 1024; // each has a socket

    private PortWords() {}

    private record Ports(int from, int to) {
        int size() {
            return to - from + 1;
        }
    }

    /// `[[ADDRESS:][PORT[-PORT]]:]PORT[-PORT][/PROTOCOL]`
    ///
    /// @param usual the address if none is given
    static List<Published> published(String word, IpAddress usual) {
        int slash = word.lastIndexOf('/');
        String protocol = protocol(slash < 0 ? "tcp" : word.substring(slash + 1));
        String rest = slash < 0 ? word : word.substring(0, slash);
        int last = rest.lastIndexOf(':');
        Ports inside = ports(rest.substring(last + 1));
        String outer = last < 0 ? "" : rest.substring(0, last);
        IpAddress address = usual;
        if (outer.startsWith("[") ? outer.contains("]:") || outer.endsWith("]") : outer.contains(":")) {
            int end = outer.startsWith("[") ? outer.indexOf(']') + 1 : outer.lastIndexOf(':');
            address = address(outer.substring(0, end));
            outer = outer.substring(Math.min(outer.length(), end + 1));
        } else if (outer.contains(".")) {
            throw new IllegalArgumentException("write it as ADDRESS:PORT:PORT, or ADDRESS::PORT for a free one");
        }
        Ports host = outer.isEmpty() || outer.equals("0") ? null : ports(outer);
        if (host != null && host.size() != inside.size()) {
            throw new IllegalArgumentException("the ranges of ports differ in size");
        }
        if (inside.size() > PUBLISHED_MAX) {
            throw new IllegalArgumentException("more than " + PUBLISHED_MAX + " ports at once");
        }
        var all = new ArrayList<Published>();
        for (int i = 0; i < inside.size(); i++) {
            all.add(new Published(protocol, address, host == null ? 0 : host.from() + i, inside.from() + i));
        }
        return all;
    }

    /// `PORT[-PORT][/PROTOCOL]`
    static List<Exposed> exposed(String word) {
        int slash = word.lastIndexOf('/');
        String protocol = protocol(slash < 0 ? "tcp" : word.substring(slash + 1));
        Ports ports = ports(slash < 0 ? word : word.substring(0, slash));
        var all = new ArrayList<Exposed>();
        for (int port = ports.from(); port <= ports.to(); port++) {
            all.add(new Exposed(protocol, port));
        }
        return all;
    }

    /// `ADDRESS[/PREFIX][:PORT[-PORT]][/PROTOCOL]`, an address of version 6 in brackets if something follows.
    static Allowed allowed(String word) {
        String rest = word;
        String protocol = "";
        for (String known : List.of("tcp", "udp")) {
            if (rest.endsWith("/" + known)) {
                protocol = known;
                rest = rest.substring(0, rest.length() - 4);
            }
        }
        int close = rest.indexOf(']');
        boolean six = rest.chars().filter(c -> c == ':').count() > 1;
        int colon = six ? rest.indexOf(':', close < 0 ? rest.length() : close) : rest.indexOf(':');
        String range = colon < 0 ? rest : rest.substring(0, colon);
        if (!range.matches("[0-9a-fA-F:.\\[\\]/]+") || range.matches("[a-fA-F.]+")) {
            throw new IllegalArgumentException(
                    "a domain can't be allowed: many domains share an address, and who allows"
                            + " one allows all of them; give the addresses, as 10.0.0.0/8:443");
        }
        Subnet subnet = Subnet.of(range.replace("[", "").replace("]", ""));
        if (colon < 0) {
            return new Allowed(subnet, protocol, 0, 0);
        }
        Ports ports = ports(rest.substring(colon + 1));
        return new Allowed(subnet, protocol.isEmpty() ? "tcp" : protocol, ports.from(), ports.to());
    }

    private static String protocol(String word) {
        if (!word.equals("tcp") && !word.equals("udp")) {
            throw new IllegalArgumentException("the protocol is tcp or udp");
        }
        return word;
    }

    private static IpAddress address(String word) {
        boolean brackets = word.startsWith("[") && word.endsWith("]");
        return IpAddress.of(brackets ? word.substring(1, word.length() - 1) : word);
    }

    private static Ports ports(String word) {
        int dash = word.indexOf('-');
        var ports = new Ports(
                port(dash < 0 ? word : word.substring(0, dash)), port(dash < 0 ? word : word.substring(dash + 1)));
        if (ports.size() < 1) {
            throw new IllegalArgumentException("the range of ports ends before it begins");
        }
        return ports;
    }

    private static int port(String word) {
        if (!word.matches("[1-9][0-9]{0,4}") || Integer.parseInt(word) > MAX) {
            throw new IllegalArgumentException("'" + word + "' is not a port: they go from 1 to " + MAX);
        }
        return Integer.parseInt(word);
    }
}
