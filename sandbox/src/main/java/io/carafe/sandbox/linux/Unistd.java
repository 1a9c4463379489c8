package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.LONG;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/// `<unistd.h>`
public final class Unistd {
    private static final MethodHandle CLOSE = Libc.function("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle PIPE2 = Libc.function("pipe2", FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle READ = Libc.function("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle WRITE = Libc.function("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle SYSCALL =
            Libc.variadic("syscall", 1, FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG));

    private Unistd() {}

    /// `close(2)`. What it returns says nothing about the descriptors that we have: it is closed in any case.
    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) CLOSE.invokeExact(Libc.state(arena), fd);
        } catch (Throwable t) {
            throw Libc.wrongBinding(t);
        }
    }

    /// The two ends of a pipe.
    public record Pipe(Fd read, Fd write) {}

    /// `pipe2(2)` with `O_CLOEXEC`.
    public static Pipe pipe() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment ends = arena.allocate(INT, 2);
            int result;
            try {
                result = (int) PIPE2.invokeExact(state, ends, Fcntl.O_CLOEXEC);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            Libc.check(result, state, "pipe2", "O_CLOEXEC");
            return new Pipe(new Fd(ends.getAtIndex(INT, 0)), new Fd(ends.getAtIndex(INT, 1)));
        }
    }

    /// `read(2)`: blocks for the first byte.
    ///
    /// @return how many bytes were read, 0 at the end of the file
    public static int read(Fd fd, byte[] buffer, int offset, int length) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment bytes = arena.allocate(length);
            long result;
            do {
                try {
                    result = (long) READ.invokeExact(state, fd.number(), bytes, (long) length);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            Libc.check(result, state, "read", fd);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, buffer, offset, (int) result);
            return (int) result;
        }
    }

    /// `write(2)`: blocks until there is room.
    ///
    /// @return how many bytes were written, at least 1 of them
    public static int write(Fd fd, byte[] buffer, int offset, int length) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment bytes = arena.allocate(length);
            MemorySegment.copy(buffer, offset, bytes, ValueLayout.JAVA_BYTE, 0, length);
            long result;
            do {
                try {
                    result = (long) WRITE.invokeExact(state, fd.number(), bytes, (long) length);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            return (int) Libc.check(result, state, "write", fd);
        }
    }

    /// The same of a direct buffer, from its position on, which moves: without a copy.
    public static void write(Fd fd, ByteBuffer direct) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment bytes = MemorySegment.ofBuffer(direct);
            long result;
            do {
                try {
                    result = (long) WRITE.invokeExact(state, fd.number(), bytes, bytes.byteSize());
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            direct.position(direct.position() + (int) Libc.check(result, state, "write", fd));
        }
    }

    /// `syscall(2)`, to try whether the kernel has a call. Arguments are numbers: pointers can only be invalid.
    ///
    /// @return 0 if the call succeeded, else its error number
    public static int syscall(long number, long a, long b, long c, long d, long e) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            long result;
            try {
                result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return result == -1 ? Libc.errno(state) : 0;
        }
    }

    /// `syscall(2)`, to ask the kernel for a number that isn't negative.
    ///
    /// @return what it returned, or 0 if it failed
    public static int syscallResult(long number, long a, long b, long c) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            long result;
            try {
                result = (long) SYSCALL.invokeExact(state, number, a, b, c, 0L, 0L);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return (int) Math.max(result, 0);
        }
    }
}
