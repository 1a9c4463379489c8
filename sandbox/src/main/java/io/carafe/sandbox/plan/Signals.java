package io.carafe.sandbox.plan;

import java.util.List;
import java.util.Locale;

/// Signals by number, `KILL` or `SIGKILL`: signal(7), in the order of Linux on x86 and ARM.
public final class Signals {
    private static final int MAX = 64;
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    private Signals() {}

    /// The number of one.
    ///
    /// @throws IllegalArgumentException if it is none
    public static int number(String word) {
        String name = word.toUpperCase(Locale.ROOT);
        name = name.startsWith("SIG") ? name.substring(3) : name;
        int index = NAMES.indexOf(name);
        if (index >= 0) {
            return index + 1;
        }
        if (name.equals("RTMIN")) {
            return 34; // of libc: signal(7)
        }
        if (name.equals("RTMAX")) {
            return MAX;
        }
        try {
            int number = Integer.parseInt(word);
            if (number > 0 && number <= MAX) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("unknown signal \"" + word + "\"");
    }

    /// The name of one, as `SIGTERM`; `signal 40` of one that has none.
    public static String name(int number) {
        return number > 0 && number <= NAMES.size() ? "SIG" + NAMES.get(number - 1) : "signal " + number;
    }
}
