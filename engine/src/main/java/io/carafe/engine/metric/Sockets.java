package io.carafe.engine.metric;

import java.util.HashMap;
import java.util.Map;

/// Which family the sockets of a network namespace are of, by their inode: proc_pid_net(5).
final class Sockets {
    private static final int MOST = 16 << 20; // bytes of a table: 100,000 connections

    /// A table below `/proc/PID/net`, the column of its inode counted from the left, or if negative from the right.
    private enum Table {
        TCP("tcp", 9, Descriptor.TCP),
        TCP6("tcp6", 9, Descriptor.TCP),
        UDP("udp", 9, Descriptor.UDP),
        UDP6("udp6", 9, Descriptor.UDP),
        UNIX("unix", 6, Descriptor.UNIX),
        NETLINK("netlink", 9, Descriptor.NETLINK),
        PACKET("packet", 8, Descriptor.PACKET),
        RAW("raw", 9, Descriptor.RAW),
        RAW6("raw6", 9, Descriptor.RAW),
        ICMP("icmp", 9, Descriptor.RAW),
        ICMP6("icmp6", 9, Descriptor.RAW);

        private final String file;
        private final int column;
        private final Descriptor kind;

        Table(String file, int column, Descriptor kind) {
            this.file = file;
            this.column = column;
            this.kind = kind;
        }
    }

    private final Map<String, Descriptor> kinds = new HashMap<>();

    /// Those in the network namespace of a process.
    static Sockets of(int pid, ProcFiles files) {
        var sockets = new Sockets();
        for (Table table : Table.values()) {
            sockets.add(table, files.text("/proc/" + pid + "/net/" + table.file, MOST));
        }
        return sockets;
    }

    private void add(Table table, String text) {
        int head = text.indexOf('\n');
        for (String line : head < 0 ? new String[0] : text.substring(head + 1).split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length > table.column && !words[table.column].equals("0")) {
                kinds.put(words[table.column], table.kind);
            }
        }
    }

    /// @param link `socket:[1234]`
    Descriptor kind(String link) {
        String inode = link.replaceAll("[^0-9]", "");
        return kinds.getOrDefault(inode, Descriptor.SOCKET);
    }
}
