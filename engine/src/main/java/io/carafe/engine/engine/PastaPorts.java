package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Connections.Port;
import io.carafe.sandbox.spec.IpAddress;
import java.util.ArrayList;
import java.util.List;

/// Which ports pasta(1) was told to pass on, read back from its options. Only what `--publish` makes of them
/// is understood: whoever writes options of his own knows what they say.
final class PastaPorts {
    private static final IpAddress ANY = IpAddress.of("0.0.0.0");
    private static final IpAddress INSIDE = IpAddress.of("127.0.0.1");

    private PastaPorts() {}

    static List<Port> of(List<String> options) {
        var ports = new ArrayList<Port>();
        for (int i = 0; i + 1 < options.size(); i++) {
            String option = options.get(i);
            if (option.equals("-t") || option.equals("-u")) {
                add(ports, option.equals("-t") ? "tcp" : "udp", options.get(i + 1));
            }
        }
        return ports;
    }

    private static void add(List<Port> ports, String protocol, String word) {
        int slash = word.indexOf('/');
        String[] numbers = word.substring(slash + 1).split(":");
        try {
            IpAddress address = slash < 0 ? ANY : IpAddress.of(word.substring(0, slash));
            int host = Integer.parseInt(numbers[0]);
            int inside = numbers.length < 2 ? host : Integer.parseInt(numbers[1]);
            ports.add(new Port(protocol, address, host, INSIDE, inside));
        } catch (IllegalArgumentException e) {
            // `none`, `auto`, ranges: not of --publish
        }
    }
}
