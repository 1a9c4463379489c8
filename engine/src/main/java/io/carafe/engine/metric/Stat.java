package io.carafe.engine.metric;

import java.time.Duration;
import java.util.Optional;

/// `/proc/PID/stat`: proc_pid_stat(5).
///
/// @param name    at most 15 bytes, of the process's own choice
/// @param state   one letter
/// @param tty     its controlling terminal's device number, 0 for none
/// @param began   its start time, in clock ticks since the boot
/// @param memory  its address space, bytes
public record Stat(
        int pid,
        String name,
        char state,
        int parent,
        int group,
        int session,
        int tty,
        Duration user,
        Duration system,
        int nice,
        int threads,
        long began,
        long memory) {
    /// Clock ticks a second: USER_HZ, the same on every architecture that we know.
    static final int TICKS = 100;

    private static final int FIRST = 3; // of the fields behind the name, as proc(5) counts

    /// Empty if it isn't what is in such a file: the process has ended.
    static Optional<Stat> parse(String text) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')'); // the name may hold anything, ") R 1" too
        if (open < 2 || close < open) {
            return Optional.empty();
        }
        String[] fields = text.substring(close + 1).strip().split(" ");
        if (fields.length < 23 - FIRST + 1 || fields[0].length() != 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Stat(
                    Integer.parseInt(text.substring(0, open - 1)),
                    text.substring(open + 1, close),
                    fields[0].charAt(0),
                    Integer.parseInt(fields[4 - FIRST]),
                    Integer.parseInt(fields[5 - FIRST]),
                    Integer.parseInt(fields[6 - FIRST]),
                    Integer.parseInt(fields[7 - FIRST]),
                    ticks(fields[14 - FIRST]),
                    ticks(fields[15 - FIRST]),
                    Integer.parseInt(fields[19 - FIRST]),
                    Integer.parseInt(fields[20 - FIRST]),
                    Long.parseLong(fields[22 - FIRST]),
                    Long.parseUnsignedLong(fields[23 - FIRST])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Duration ticks(String field) {
        return ticks(Long.parseLong(field));
    }

    static Duration ticks(long ticks) {
        return Duration.ofMillis(ticks * 1000 / TICKS);
    }

    /// User and system.
    public Duration time() {
        return user.plus(system);
    }

    /// `pts/3`, or `?` for none.
    public String terminal() {
        int major = tty >> 8 & 0xfff;
        int minor = (tty & 0xff) | (tty >> 12 & 0xfff00);
        if (tty == 0) {
            return "?";
        }
        return switch (major) {
            case 4 -> minor < 64 ? "tty" + minor : "ttyS" + (minor - 64);
            case 136, 137, 138, 139, 140, 141, 142, 143 -> "pts/" + (minor + 256 * (major - 136));
            default -> major + ":" + minor;
        };
    }
}
