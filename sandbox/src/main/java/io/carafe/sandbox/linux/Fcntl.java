package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// `<fcntl.h>`
public final class Fcntl {
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_DIRECTORY = 0x10000;
    public static final int O_NOFOLLOW = 0x20000;

    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int F_SETPIPE_SZ = 1031;
    public static final int F_ADD_SEALS = 1033;

    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;

    private static final MethodHandle FCNTL = Libc.variadic("fcntl", 2, FunctionDescriptor.of(INT, INT, INT, INT));

    private static final MethodHandle OPEN = Libc.variadic("open", 2, FunctionDescriptor.of(INT, POINTER, INT, INT));

    private Fcntl() {}

    /// `open(2)`, close-on-exec.
    ///
    /// @param mode of a file that is created
    public static Fd open(Path path, int flags, int mode) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), flags | O_CLOEXEC, mode);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return new Fd(Libc.check(result, state, "open", path));
        }
    }

    /// `fcntl(2)` with a number as its argument.
    public static int fcntl(Fd fd, int command, int argument) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) FCNTL.invokeExact(state, fd.number(), command, argument);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return Libc.check(result, state, "fcntl", fd);
        }
    }

    /// Moves a descriptor to a number of at least `least`, if it isn't there, and keeps it close-on-exec.
    public static Fd above(Fd fd, int least) throws ErrnoException {
        if (fd.number() >= least) {
            return fd;
        }
        try (fd) {
            return new Fd(fcntl(fd, F_DUPFD_CLOEXEC, least));
        }
    }
}
