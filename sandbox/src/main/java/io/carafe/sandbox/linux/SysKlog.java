package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `<sys/klog.h>`
public final class SysKlog {
    private static final int READ_ALL = 3;
    private static final int SIZE_BUFFER = 10;
    private static final int SIZE_MAX = 16 << 20;

    private static final MethodHandle KLOGCTL = Libc.function("klogctl", FunctionDescriptor.of(INT, INT, POINTER, INT));

    private SysKlog() {}

    /// The newest of the kernel's log, as far as it is kept: `syslog(2)`, `SYSLOG_ACTION_READ_ALL`. It takes nothing
    /// away from other readers and, unlike `/dev/kmsg`, never waits for more.
    ///
    /// @throws ErrnoException `EPERM` for who may not: without `CAP_SYSLOG` where `kernel.dmesg_restrict` is set
    public static byte[] readAll() throws ErrnoException {
        int size = Math.min(call(SIZE_BUFFER, MemorySegment.NULL, 0), SIZE_MAX);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(size);
            int length = call(READ_ALL, text, size);
            return text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static int call(int action, MemorySegment text, int size) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) KLOGCTL.invokeExact(state, action, text, size);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return Libc.check(result, state, "syslog", "the kernel's log");
        }
    }
}
