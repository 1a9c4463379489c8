package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.LONG;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/// `<linux/seccomp.h>`: the side of a listener (seccomp_unotify(2)).
public final class LinuxSeccomp {
    private static final long SECCOMP_IOCTL_NOTIF_RECV = 0xc0502100L;
    private static final long SECCOMP_IOCTL_NOTIF_ID_VALID = 0x40082102L;

    private static final long SECCOMP_IOCTL_NOTIF_SEND = 0xc0182101L;
    private static final int SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;

    /// `struct seccomp_notif_resp`
    private static final StructLayout RESPONSE = MemoryLayout.structLayout(
            LONG.withName("id"), LONG.withName("val"), INT.withName("error"), INT.withName("flags"));

    /// `struct seccomp_notif`. All architectures have it alike.
    private static final StructLayout NOTIF = MemoryLayout.structLayout(
            LONG.withName("id"),
            INT.withName("pid"),
            INT.withName("flags"),
            INT.withName("nr"),
            INT.withName("arch"),
            LONG.withName("instruction_pointer"),
            MemoryLayout.sequenceLayout(6, LONG).withName("args"));

    private static final MethodHandle IOCTL = Libc.variadic("ioctl", 2, FunctionDescriptor.of(INT, INT, LONG, POINTER));

    private LinuxSeccomp() {}

    /// A call that waits for an answer.
    ///
    /// @param id                 of the question
    /// @param thread             the calling thread, as our PID namespace numbers it; 0 if it has no
    ///     number there
    /// @param number             of the call
    /// @param architecture       `AUDIT_ARCH_*`
    /// @param instructionPointer of the instruction behind the call
    /// @param arguments          six
    public record Notification(
            long id, int thread, int number, int architecture, long instructionPointer, List<Long> arguments) {
        public Notification {
            arguments = List.copyOf(arguments);
        }
    }

    /// `SECCOMP_IOCTL_NOTIF_RECV`: blocks until there is one.
    ///
    /// @throws ErrnoException `ENOENT` if the thread that called has ended, or was interrupted by a signal
    public static Notification receive(Fd listener) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment notif = arena.allocate(NOTIF);
            ioctl(arena, listener, SECCOMP_IOCTL_NOTIF_RECV, notif);
            var arguments = new ArrayList<Long>();
            for (int i = 0; i < 6; i++) {
                arguments.add(notif.get(LONG, NOTIF.byteOffset(PathElement.groupElement("args")) + 8L * i));
            }
            return new Notification(
                    notif.get(LONG, at("id")),
                    notif.get(INT, at("pid")),
                    notif.get(INT, at("nr")),
                    notif.get(INT, at("arch")),
                    notif.get(LONG, at("instruction_pointer")),
                    arguments);
        }
    }

    /// `SECCOMP_IOCTL_NOTIF_ID_VALID`: whether the thread still waits. If so, it is the one that a
    /// `/proc` directory of its number that was opened before belongs to.
    public static boolean isValid(Fd listener, long id) {
        try (Arena arena = Arena.ofConfined()) {
            ioctl(arena, listener, SECCOMP_IOCTL_NOTIF_ID_VALID, arena.allocateFrom(LONG, id));
            return true;
        } catch (ErrnoException e) {
            return false;
        }
    }

    /// `SECCOMP_IOCTL_NOTIF_SEND`: lets the call be made, or fail. Whoever has gone meanwhile needs no answer.
    ///
    /// @param errno what it fails with; 0 has the kernel make it
    public static void answer(Fd listener, long id, int errno) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment response = arena.allocate(RESPONSE);
            response.set(LONG, 0, id);
            response.set(INT, RESPONSE.byteOffset(PathElement.groupElement("error")), -errno);
            response.set(
                    INT,
                    RESPONSE.byteOffset(PathElement.groupElement("flags")),
                    errno == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0);
            ioctl(arena, listener, SECCOMP_IOCTL_NOTIF_SEND, response);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private static long at(String field) {
        return NOTIF.byteOffset(PathElement.groupElement(field));
    }

    private static void ioctl(Arena arena, Fd fd, long request, MemorySegment argument) throws ErrnoException {
        MemorySegment state = Libc.state(arena);
        int result;
        do {
            try {
                result = (int) IOCTL.invokeExact(state, fd.number(), request, argument);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
        } while (result == -1 && Libc.errno(state) == Errno.EINTR);
        Libc.check(result, state, "ioctl", "the listener of a seccomp filter");
    }
}
