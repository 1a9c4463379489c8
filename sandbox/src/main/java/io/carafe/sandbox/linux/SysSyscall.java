package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/// `<sys/syscall.h>`: a system call by its number, to ask the kernel for something that it may not
/// have. What is done more often than that deserves a function of its own in one of the classes beside.
public final class SysSyscall {
    private static final MethodHandle SYSCALL =
            Libc.variadic("syscall", 1, FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG));

    private SysSyscall() {}

    /// The calls that a question is put with, by their numbers on both architectures.
    public enum Call {
        IOCTL(16, 29),
        PRCTL(157, 167),
        SOCKET(41, 198),
        BIND(49, 200),
        GETXATTR(191, 8),
        OPENAT(257, 56),
        OPENAT2(437, 437),
        SECCOMP(317, 277),
        BPF(321, 280),
        USERFAULTFD(323, 282),
        KCMP(312, 272),
        IO_URING_SETUP(425, 425),
        OPEN_TREE(428, 428),
        STATX(332, 291),
        MKDIRAT(258, 34),
        FCHMOD(91, 52),
        FCHOWN(93, 55),
        GETDENTS64(217, 61),
        FSOPEN(430, 430),
        FSCONFIG(431, 431),
        FSMOUNT(432, 432),
        PIDFD_OPEN(434, 434),
        MOUNT_SETATTR(442, 442),
        QUOTACTL_FD(443, 443),
        LANDLOCK_CREATE_RULESET(444, 444),
        LISTMOUNT(458, 458);

        private final int x86;
        private final int arm;

        Call(int x86, int arm) {
            this.x86 = x86;
            this.arm = arm;
        }

        int number() {
            return "aarch64".equals(System.getProperty("os.arch")) ? arm : x86;
        }
    }

    /// A structure with pointers in it.
    public static final class Struct {
        private final byte[] bytes;
        private final Map<Integer, byte[]> pointers;

        /// @param bytes    the structure as it lies in memory
        /// @param pointers what it points to, by the offset at which the address stands
        public Struct(byte[] bytes, Map<Integer, byte[]> pointers) {
            this.bytes = bytes.clone();
            this.pointers = Map.copyOf(pointers);
        }
    }

    /// Makes the call. Up to six arguments: a number as it is, a string with a NUL behind it, a
    /// `byte[]` as memory that the kernel may also write to, a [Struct] as the same with pointers put
    /// in.
    ///
    /// @return what the call returns, or its error number below zero: `-EPERM`
    public static long call(Call call, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            long[] words = new long[6];
            MemorySegment[] memory = new MemorySegment[6];
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case Number number -> words[i] = number.longValue();
                    case String text ->
                        words[i] = bytes(arena, (text + "\0").getBytes(StandardCharsets.UTF_8))
                                .address();
                    case Struct struct -> {
                        MemorySegment placed = bytes(arena, struct.bytes);
                        struct.pointers.forEach((offset, target) ->
                                placed.set(LONG, offset, bytes(arena, target).address()));
                        words[i] = placed.address();
                    }
                    case byte[] bytes -> {
                        memory[i] = bytes(arena, bytes);
                        words[i] = memory[i].address();
                    }
                    default -> throw new IllegalArgumentException("no argument of a system call: " + arguments[i]);
                }
            }
            long result;
            try {
                result = (long) SYSCALL.invokeExact(
                        state, (long) call.number(), words[0], words[1], words[2], words[3], words[4], words[5]);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof byte[] bytes) {
                    MemorySegment.copy(memory[i], ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
                }
            }
            return result == -1 ? -Libc.errno(state) : result;
        }
    }

    /// The same for a call that returns a descriptor.
    public static Fd descriptor(Call call, Object... arguments) throws ErrnoException {
        long result = call(call, arguments);
        if (result < 0) {
            throw new ErrnoException(call.name().toLowerCase(Locale.ROOT), "a try", (int) -result);
        }
        return new Fd((int) result);
    }

    private static MemorySegment bytes(Arena arena, byte[] bytes) {
        MemorySegment memory = arena.allocate(Math.max(bytes.length, 1), 8);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }
}
