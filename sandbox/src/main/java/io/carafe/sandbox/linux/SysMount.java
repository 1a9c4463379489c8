package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.LONG;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// `<sys/mount.h>`
public final class SysMount {
    public static final int MOUNT_ATTR_NOSUID = 2;
    public static final int MOUNT_ATTR_NODEV = 4;

    private static final long SYS_fsopen = 430;
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;

    // by number: glibc has the function since 2.36 only
    private static final MethodHandle SYSCALL =
            Libc.variadic("syscall", 1, FunctionDescriptor.of(LONG, LONG, POINTER, INT));

    private SysMount() {}

    /// `fsopen(2)`: a context for a new file system of this type. The kernel loads the type's module if it has
    /// to.
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

    /// `fsopen(2)`, `fsconfig(2)` and `fsmount(2)`: a new file system that is mounted nowhere, and gone
    /// when nobody has it any more.
    ///
    /// @param options    `key=value` each
    /// @param attributes `MOUNT_ATTR_*`
    /// @return its root, only good for looking up files from there (`O_PATH`)
    public static Fd detached(String type, List<String> options, int attributes) throws ErrnoException {
        try (Fd context = fsopen(type)) {
            for (String option : options) {
                int equals = option.indexOf('=');
                configure(context, FSCONFIG_SET_STRING, option.substring(0, equals), option.substring(equals + 1));
            }
            configure(context, FSCONFIG_CMD_CREATE, 0, 0);
            return SysSyscall.descriptor(SysSyscall.Call.FSMOUNT, context.number(), FSMOUNT_CLOEXEC, attributes);
        }
    }

    private static void configure(Fd context, int command, Object key, Object value) throws ErrnoException {
        long result = SysSyscall.call(SysSyscall.Call.FSCONFIG, context.number(), command, key, value, 0);
        if (result < 0) {
            throw new ErrnoException("fsconfig", key, (int) -result);
        }
    }
}
