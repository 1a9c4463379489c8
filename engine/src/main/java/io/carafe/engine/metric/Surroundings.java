package io.carafe.engine.metric;

import io.carafe.sandbox.seccomp.Architecture;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// What is the same for all processes that are looked at together. Not for several threads.
final class Surroundings {
    private static final int ACCOUNTS = 1 << 20;

    private final ProcFiles files;
    private final Architecture architecture;
    private final Instant now;
    private final Duration uptime;
    private final long memory;
    private final Map<Long, String> users;
    private final Map<String, Sockets> sockets = new HashMap<>(); // by network namespace

    /// @param architecture that the machine's calls have their numbers by
    Surroundings(ProcFiles files, Architecture architecture, Instant now) {
        this.files = files;
        this.architecture = architecture;
        this.now = now;
        uptime = uptime(files.text("/proc/uptime", 64));
        memory = memory(files);
        users = users(files.text("/etc/passwd", ACCOUNTS));
    }

    /// `12345.67 23456.78`
    static Duration uptime(String text) {
        String word = text.strip().split(" ")[0];
        return word.matches("[0-9]{1,12}\\.[0-9]{1,3}")
                ? Duration.ofMillis(Math.round(Double.parseDouble(word) * 1000))
                : Duration.ZERO;
    }

    /// All that the machine has, bytes; 0 if it can't be told.
    static long memory(ProcFiles files) {
        for (String line : files.text("/proc/meminfo", 256).split("\n")) {
            String digits = line.startsWith("MemTotal:") ? line.replaceAll("[^0-9]", "") : "";
            if (!digits.isEmpty() && digits.length() < 16) {
                return Long.parseLong(digits) << 10;
            }
        }
        return 0;
    }

    /// The host's, by id; passwd(5).
    private static Map<Long, String> users(String text) {
        Map<Long, String> users = new HashMap<>();
        for (String line : text.split("\n")) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2 && fields[2].matches("[0-9]{1,10}")) {
                users.putIfAbsent(Long.parseLong(fields[2]), Printable.of(fields[0]));
            }
        }
        return users;
    }

    Architecture architecture() {
        return architecture;
    }

    Instant now() {
        return now;
    }

    Duration uptime() {
        return uptime;
    }

    long memory() {
        return memory;
    }

    /// The host's name for a user, or the number.
    String user(long id) {
        return users.getOrDefault(id, Long.toString(id));
    }

    /// Those in a process's network namespace: processes of one container mostly share it.
    Sockets sockets(int pid) {
        return sockets.computeIfAbsent(files.link("/proc/" + pid + "/ns/net"), _ -> Sockets.of(pid, files));
    }
}
