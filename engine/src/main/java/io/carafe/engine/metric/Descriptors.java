package io.carafe.engine.metric;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The open descriptors of a process.
///
/// @param count how many
/// @param limit how many it may have (`RLIMIT_NOFILE`, soft), -1 for no limit, 0 if it isn't to be seen
/// @param kinds how many of each kind, in the order of [Descriptor]
public record Descriptors(int count, long limit, Map<Descriptor, Integer> kinds) {
    private static final int FDINFO = 4096;
    private static final int LIMITS = 4096;

    public Descriptors {
        kinds = Collections.unmodifiableMap(kinds.isEmpty() ? Map.of() : new EnumMap<>(kinds));
    }

    /// All of a process, each looked at.
    ///
    /// @param sockets of its network namespace; asked for if it has any socket
    static Descriptors of(int pid, ProcFiles files, Supplier<Sockets> sockets) {
        String directory = "/proc/" + pid + "/fd/";
        Map<Descriptor, Integer> kinds = new EnumMap<>(Descriptor.class);
        int count = 0;
        for (String number : files.names(directory)) {
            String link = files.link(directory + number);
            if (link.isEmpty()) {
                continue; // closed in between
            }
            Descriptor kind = Descriptor.ofLink(link);
            if (kind == Descriptor.SOCKET) {
                kind = sockets.get().kind(link);
            } else if (kind == Descriptor.FILE
                    && Descriptor.isDirectory(files.text("/proc/" + pid + "/fdinfo/" + number, FDINFO))) {
                kind = Descriptor.DIRECTORY;
            }
            kinds.merge(kind, 1, Integer::sum);
            count++;
        }
        return new Descriptors(count, limit(pid, files), kinds);
    }

    /// How many there are, without a look at each. A directory's size is the number of them since Linux 6.2.
    static int count(int pid, ProcFiles files) {
        String directory = "/proc/" + pid + "/fd";
        long size = files.size(directory);
        return size > 0
                ? (int) Math.min(size, Integer.MAX_VALUE)
                : files.names(directory).size();
    }

    /// As [#limit].
    static long limit(int pid, ProcFiles files) {
        return limit(files.text("/proc/" + pid + "/limits", LIMITS));
    }

    /// `Max open files            1024                 1048576              files`
    static long limit(String text) {
        for (String line : text.split("\n")) {
            if (line.startsWith("Max open files ")) {
                String soft = line.substring("Max open files ".length()).strip().split("\\s+")[0];
                return soft.matches("[0-9]{1,18}") ? Long.parseLong(soft) : -1;
            }
        }
        return 0;
    }

    /// `120 tcp, 4 pipe, 1 file`, the most frequent first.
    public String text() {
        List<Map.Entry<Descriptor, Integer>> entries = new ArrayList<>(kinds.entrySet());
        entries.sort(Map.Entry.<Descriptor, Integer>comparingByValue().reversed());
        var words = new ArrayList<String>();
        for (Map.Entry<Descriptor, Integer> entry : entries) {
            words.add(entry.getValue() + " " + entry.getKey().word());
        }
        return String.join(", ", words);
    }
}
