package io.carafe.engine.metric;

import io.carafe.sandbox.seccomp.Architecture;

/// `/proc/PID/syscall`: what a process is waiting in.
final class SystemCall {
    /// What is said of a process that computes, or waits for nothing but a processor.
    static final String RUNNING = "running";

    private SystemCall() {}

    /// The call's name; `"running"`; `"-"` if it isn't in one (it was stopped, or its page is being fetched) or may
    /// not be looked at.
    ///
    /// @param text `0 0x3 0x7f… …`, `running` or `-1 0x7ffe… 0x7f…`
    static String of(String text, Architecture architecture) {
        String word = text.strip().split(" ")[0];
        if (word.equals(RUNNING)) {
            return RUNNING;
        }
        return word.matches("[0-9]{1,9}") ? architecture.call(Integer.parseInt(word)) : "-";
    }
}
