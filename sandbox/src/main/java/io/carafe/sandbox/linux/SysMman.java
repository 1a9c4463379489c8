package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// `<sys/mman.h>`
public final class SysMman {
    public static final int MFD_CLOEXEC = 1;
    public static final int MFD_ALLOW_SEALING = 2;
    /// Since Linux 6.3.
    public static final int MFD_EXEC = 0x10;

    private static final MethodHandle MEMFD_CREATE =
            Libc.function("memfd_create", FunctionDescriptor.of(INT, POINTER, INT));

    private SysMman() {}

    /// `memfd_create(2)`
    public static Fd memfd_create(String name, int flags) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) MEMFD_CREATE.invokeExact(state, arena.allocateFrom(name), flags);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return new Fd(Libc.check(result, state, "memfd_create", name));
        }
    }
}
