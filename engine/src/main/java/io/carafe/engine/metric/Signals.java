package io.carafe.engine.metric;

/// Signals by their names: signal(7), on x86 and ARM.
final class Signals {
    static final int ILL = 4;
    static final int ABRT = 6;
    static final int BUS = 7;
    static final int FPE = 8;
    static final int KILL = 9;
    static final int SEGV = 11;
    static final int TERM = 15;
    static final int SYS = 31;

    private static final String[] NAMES = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS"
    };

    private Signals() {}

    /// `SIGKILL`; `signal 40` of one without a name.
    static String name(int signal) {
        return signal >= 1 && signal <= NAMES.length ? "SIG" + NAMES[signal - 1] : "signal " + signal;
    }
}
