package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.LONG;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// `<sys/mount.h>`
public final class SysMount {
    private static final long SYS_fsopen = 430;
    private static final int FSOPEN_CLOEXEC = 1;

    // by number: glibc has the function since 2.36 only
    private static final MethodHandle SYSCALL =
            Libc.variadic("syscall", 1, FunctionDescriptor.of(LONG, LONG, POINTER, INT));

    private SysMount() {}

    /// `fsopen(2)`: a context for a new file system of this type. The kernel loads the type's module if it has to.
    public static Fd fsopen(String type) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            long result;
            try {
                result = (long) SYSCALL.invokeExact(state, SYS_fsopen, arena.allocateFrom(type), FSOPEN_CLOEXEC);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return new Fd((int) Libc.check(result, state, "fsopen", type));
        }
    }
}
