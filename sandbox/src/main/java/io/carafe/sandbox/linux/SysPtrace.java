package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.LONG;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// `<sys/ptrace.h>`. The kernel knows a tracer by its thread: all calls for one tracee come from the
/// same platform thread.
public final class SysPtrace {
    private static final int PTRACE_GETREGSET = 0x4204;
    private static final int PTRACE_SEIZE = 0x4206;
    private static final int PTRACE_INTERRUPT = 0x4207;
    private static final long PTRACE_O_EXITKILL = 1L << 20;
    private static final int REGISTERS_MAX = 16 << 10;

    private static final MethodHandle PTRACE =
            Libc.variadic("ptrace", 2, FunctionDescriptor.of(LONG, INT, INT, LONG, LONG));
    private static final MethodHandle MEMORY =
            Libc.variadic("ptrace", 2, FunctionDescriptor.of(LONG, INT, INT, LONG, POINTER));

    private SysPtrace() {}

    /// `PTRACE_SEIZE` with `PTRACE_O_EXITKILL`: when the tracing thread ends, for whatever reason, the
    /// tracee's process is killed.
    public static void seize(int thread) throws ErrnoException {
        ptrace("PTRACE_SEIZE", PTRACE_SEIZE, thread, PTRACE_O_EXITKILL);
    }

    /// `PTRACE_INTERRUPT`: the tracee stops before its next instruction; waitpid(2) tells when it has.
    public static void interrupt(int thread) throws ErrnoException {
        ptrace("PTRACE_INTERRUPT", PTRACE_INTERRUPT, thread, 0);
    }

    /// `PTRACE_GETREGSET` of a tracee that has stopped.
    ///
    /// @param set a note type of `<elf.h>`: `NT_PRSTATUS`
    /// @return the registers as a core file has them
    public static byte[] registers(int thread, int set) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment registers = arena.allocate(REGISTERS_MAX, 8);
            MemorySegment iovec = arena.allocate(16, 8);
            iovec.set(POINTER, 0, registers);
            iovec.set(LONG, 8, REGISTERS_MAX);
            long result;
            try {
                result = (long) MEMORY.invokeExact(state, PTRACE_GETREGSET, thread, (long) set, iovec);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            Libc.check(result, state, "ptrace PTRACE_GETREGSET", thread);
            return registers.asSlice(0, iovec.get(LONG, 8)).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void ptrace(String name, int request, int thread, long data) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            long result;
            try {
                result = (long) PTRACE.invokeExact(state, request, thread, 0L, data);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            Libc.check(result, state, "ptrace " + name, thread);
        }
    }
}
