package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.LONG;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// `<sys/xattr.h>`
public final class SysXattr {
    /// File capabilities, capabilities(7).
    public static final String CAPABILITY = "security.capability";

    private static final MethodHandle LGETXATTR =
            Libc.function("lgetxattr", FunctionDescriptor.of(LONG, POINTER, POINTER, POINTER, LONG));

    private SysXattr() {}

    /// `lgetxattr(2)`
    ///
    /// @param path without its zero byte: names needn't be text
    /// @param most bytes that the value may have
    /// @return empty if there is no such attribute, or the file system has none at all
    public static Optional<byte[]> lgetxattr(byte[] path, String name, int most) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment file = arena.allocate(path.length + 1L); // zeroed
            MemorySegment.copy(path, 0, file, ValueLayout.JAVA_BYTE, 0, path.length);
            MemorySegment value = arena.allocate(most);
            long result;
            try {
                result = (long) LGETXATTR.invokeExact(state, file, arena.allocateFrom(name), value, (long) most);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            if (result == -1 && (Libc.errno(state) == Errno.ENODATA || Libc.errno(state) == Errno.EOPNOTSUPP)) {
                return Optional.empty();
            }
            long length = Libc.check(result, state, "lgetxattr", name);
            return Optional.of(value.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
