package io.carafe.sandbox.linux;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/// The one place that links native code. Every handle takes a segment for `errno` first: per call, since shared it
/// would be another thread's.
final class Libc {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Libc() {}

    @SuppressWarnings("restricted")
    static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }

    /// A function with `...` after `fixed` arguments; the descriptor says what is passed there.
    @SuppressWarnings("restricted")
    static MethodHandle variadic(String name, int fixed, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                type,
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(fixed));
    }

    static MemorySegment state(Arena arena) {
        return arena.allocate(STATE);
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /// Passes a result on unless it is -1.
    static int check(int result, MemorySegment state, String call, Object subject) throws ErrnoException {
        if (result == -1) {
            throw new ErrnoException(call, subject, errno(state));
        }
        return result;
    }

    /// The same for a result of `ssize_t` or `long`.
    static long check(long result, MemorySegment state, String call, Object subject) throws ErrnoException {
        if (result == -1) {
            throw new ErrnoException(call, subject, errno(state));
        }
        return result;
    }

    /// For `catch (Throwable t)` around `invokeExact`: only a wrong binding gets there, or a closed [Fd].
    static AssertionError wrongBinding(Throwable t) {
        if (t instanceof IllegalStateException e) {
            throw e;
        }
        return new AssertionError(t);
    }

    /// A `char *const []`.
    static MemorySegment strings(Arena arena, List<String> strings) {
        MemorySegment array = arena.allocate(POINTER, strings.size() + 1L); // zeroed: ends with NULL
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(POINTER, i, arena.allocateFrom(strings.get(i)));
        }
        return array;
    }
}
