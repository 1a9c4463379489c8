package io.carafe.engine.network;

import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Which addresses lead somewhere already on this machine: the routes of the kernel's main table, proc(5).
final class Taken {
    private static final int DESTINATION = 1; // columns of /proc/net/route
    private static final int MASK = 7;

    private Taken() {}

    /// @param except interfaces whose routes don't count
    static List<Subnet> byRoutes(Path proc, List<String> except) throws IOException {
        var taken = new ArrayList<Subnet>();
        for (String line : lines(proc.resolve("net/route"))) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > MASK && columns[DESTINATION].matches("[0-9A-F]{8}") && !except.contains(columns[0])) {
                add(taken, four(columns[DESTINATION]), Integer.bitCount((int) Long.parseLong(columns[MASK], 16)));
            }
        }
        for (String line : lines(proc.resolve("net/ipv6_route"))) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > 9 && !except.contains(columns[9]) && !columns[9].equals("lo")) {
                add(taken, new IpAddress(columns[0]), Integer.parseInt(columns[1], 16));
            }
        }
        return taken;
    }

    /// The whole internet leads to some gateway: that is no reason not to have addresses of one's own.
    private static void add(List<Subnet> taken, IpAddress address, int prefix) {
        if (prefix > 0) {
            taken.add(Subnet.around(address, prefix));
        }
    }

    /// As it lies in memory, on a little-endian machine.
    private static IpAddress four(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return new IpAddress(HexFormat.of().formatHex(new byte[] {bytes[3], bytes[2], bytes[1], bytes[0]}));
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of(); // a kernel without version 6
    }
}
