package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// `<fcntl.h>`
public final class Fcntl {
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_WRONLY = 1;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NOCTTY = 0x100;
    public static final int O_TRUNC = 0x200;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_PATH = 0x200000;

    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int F_SETPIPE_SZ = 1031;
    public static final int F_ADD_SEALS = 1033;

    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;

    public static final int RESOLVE_NO_XDEV = 1;
    public static final int RESOLVE_NO_MAGICLINKS = 2;
    public static final int RESOLVE_NO_SYMLINKS = 4;
    public static final int RESOLVE_BENEATH = 8;
    public static final int RESOLVE_IN_ROOT = 16;

    // these two differ between architectures
    private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));
    public static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    public static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;

    private static final int EAGAIN_PATIENCE = 16;

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

    /// `openat2(2)`, close-on-exec. What the kernel can't decide while names are exchanged below it, it is
    /// asked a few times.
    ///
    /// @param directory where the name is looked up
    /// @param name      bytes without a NUL
    /// @param mode      of a file that is created, else 0
    /// @param resolve   `RESOLVE_*`
    public static Fd openat2(Fd directory, byte[] name, int flags, int mode, int resolve) throws ErrnoException {
        byte[] path = Arrays.copyOf(name, name.length + 1);
        byte[] how = ByteBuffer.allocate(24) // struct open_how
                .order(ByteOrder.nativeOrder())
                .putLong(flags | O_CLOEXEC)
                .putLong(mode)
                .putLong(resolve)
                .array();
        long result = -Errno.EAGAIN;
        for (int i = 0; i < EAGAIN_PATIENCE && result == -Errno.EAGAIN; i++) {
            result = SysSyscall.call(SysSyscall.Call.OPENAT2, directory.number(), path, how, how.length);
        }
        if (result < 0) {
            throw new ErrnoException("openat2", new String(name, StandardCharsets.UTF_8), (int) -result);
        }
        return new Fd((int) result);
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
