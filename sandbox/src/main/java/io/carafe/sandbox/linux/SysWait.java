package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// `<sys/wait.h>`
public final class SysWait {
    private static final MethodHandle WAITPID = Libc.function("waitpid", FunctionDescriptor.of(INT, INT, POINTER, INT));

    private static final int WNOHANG = 1;
    private static final int __WALL = 0x40000000;

    private SysWait() {}

    /// Whether a traced thread has stopped, or ended: doesn't wait. `waitpid(2)` with `WNOHANG | __WALL`.
    ///
    /// @return its wait status, or -1 if nothing has changed
    public static int stopped(int thread) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment status = arena.allocate(INT);
            int result;
            try {
                result = (int) WAITPID.invokeExact(state, thread, status, WNOHANG | __WALL);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return Libc.check(result, state, "waitpid", thread) == 0 ? -1 : status.get(INT, 0);
        }
    }

    /// `waitpid(2)` for one child: blocks until it has ended, and reaps it.
    ///
    /// @return its wait status
    public static int waitpid(int pid) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment status = arena.allocate(INT);
            int result;
            do {
                try {
                    result = (int) WAITPID.invokeExact(state, pid, status, 0);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            Libc.check(result, state, "waitpid", pid);
            return status.get(INT, 0);
        }
    }
}
