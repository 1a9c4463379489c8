package io.carafe.engine.cli;

import io.carafe.sandbox.spec.Connections.Port;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Published ports as lists show them, in Docker's form: `127.0.0.1:8080->80/tcp`, and such that follow each
/// other as `0.0.0.0:8000-8002->80-82/tcp`.
final class PortCells {
    private static final Comparator<Port> ORDER = Comparator.comparing(Port::protocol)
            .thenComparing(it -> it.address().toString())
            .thenComparingInt(Port::inside)
            .thenComparingInt(Port::port);

    private PortCells() {}

    static String of(List<Port> ports) {
        if (ports.isEmpty()) {
            return "";
        }
        var words = new ArrayList<String>();
        List<Port> sorted = ports.stream().sorted(ORDER).toList();
        Port first = sorted.getFirst();
        Port last = first;
        for (Port port : sorted.subList(1, sorted.size())) {
            if (!follows(last, port)) {
                words.add(range(first, last));
                first = port;
            }
            last = port;
        }
        words.add(range(first, last));
        return String.join(", ", words);
    }

    private static boolean follows(Port one, Port other) {
        return one.protocol().equals(other.protocol())
                && one.address().equals(other.address())
                && one.inside() + 1 == other.inside()
                && one.port() + 1 == other.port();
    }

    private static String range(Port first, Port last) {
        return address(first) + ":" + numbers(first.port(), last.port()) + "->" + numbers(first.inside(), last.inside())
                + "/" + first.protocol();
    }

    /// Of the host's.
    static String address(Port port) {
        return port.address().isSix()
                ? "[" + port.address() + "]"
                : port.address().toString();
    }

    private static String numbers(int first, int last) {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
