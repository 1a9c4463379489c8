package io.carafe.engine.metric;

import java.util.ArrayList;
import java.util.List;

/// A network interface in a container, and what went through it. Received is what the container received.
public record Interface(
        String name,
        long receivedBytes,
        long receivedPackets,
        long receivedErrors,
        long receivedDropped,
        long sentBytes,
        long sentPackets,
        long sentErrors,
        long sentDropped) {
    private static final int MOST = 1 << 20;

    /// Those of the network namespace that a process is in, without `lo`; none if that is the reader's own, whose
    /// figures are the machine's.
    static List<Interface> of(int pid, ProcFiles files) {
        String own = files.link("/proc/self/ns/net");
        String its = files.link("/proc/" + pid + "/ns/net");
        return its.isEmpty() || its.equals(own) ? List.of() : parse(files.text("/proc/" + pid + "/net/dev", MOST));
    }

    /// `  eth0: 1386 32 0 0 0 0 0 0 1548 17 0 0 0 0 0 0`, proc_pid_net(5)
    static List<Interface> parse(String text) {
        var interfaces = new ArrayList<Interface>();
        for (String line : text.split("\n")) {
            int colon = line.lastIndexOf(':'); // `eth0:1` is a name too
            String[] words = colon < 0
                    ? new String[0]
                    : line.substring(colon + 1).strip().split("\\s+");
            String name = colon < 0 ? "" : line.substring(0, colon).strip();
            if (words.length >= 12 && !name.equals("lo")) {
                interfaces.add(new Interface(
                        name,
                        number(words[0]),
                        number(words[1]),
                        number(words[2]),
                        number(words[3]),
                        number(words[8]),
                        number(words[9]),
                        number(words[10]),
                        number(words[11])));
            }
        }
        return interfaces;
    }

    private static long number(String word) {
        return word.matches("[0-9]{1,18}") ? Long.parseLong(word) : 0;
    }
}
