package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// `<sys/file.h>`
public final class SysFile {
    public static final int LOCK_SH = 1;
    public static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;

    private static final MethodHandle FLOCK = Libc.function("flock", FunctionDescriptor.of(INT, INT, INT));

    private SysFile() {}

    /// `flock(2)` with `LOCK_NB`: never waits, so that it holds up no carrier of virtual threads.
    ///
    /// @return whether the lock is ours now
    public static boolean flock(Fd fd, int operation) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) FLOCK.invokeExact(state, fd.number(), operation | LOCK_NB);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            if (result == -1 && Libc.errno(state) == Errno.EAGAIN) {
                return false;
            }
            Libc.check(result, state, "flock", fd);
            return true;
        }
    }
}
