package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// `<signal.h>`
public final class Signal {
    public static final int SIGSTOP = 19;

    private static final MethodHandle KILL = Libc.function("kill", FunctionDescriptor.of(INT, INT, INT));

    private Signal() {}

    /// `kill(2)`.
    public static void kill(int pid, int signal) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) KILL.invokeExact(state, pid, signal);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            Libc.check(result, state, "kill", pid);
        }
    }
}
