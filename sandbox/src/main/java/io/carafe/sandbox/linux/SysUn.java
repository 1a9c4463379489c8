package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.LONG;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// `<sys/un.h>`: sockets with a name, which the JDK has too, but without descriptors that travel through them.
public final class SysUn {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = Fcntl.O_CLOEXEC;
    private static final int ADDRESS_SIZE = 110; // struct sockaddr_un
    private static final int NAME_MAX = 107;

    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SCM_RIGHTS = 1;
    private static final long RIGHTS_SIZE = 24; // CMSG_SPACE(sizeof(int))
    private static final long TEXT_MAX = 64 << 10;

    /// `struct msghdr`
    private static final StructLayout MESSAGE = MemoryLayout.structLayout(
            POINTER.withName("msg_name"),
            LONG.withName("msg_namelen and padding"),
            POINTER.withName("msg_iov"),
            LONG.withName("msg_iovlen"),
            POINTER.withName("msg_control"),
            LONG.withName("msg_controllen"),
            LONG.withName("msg_flags and padding"));

    private static final MethodHandle RECVMSG =
            Libc.function("recvmsg", FunctionDescriptor.of(LONG, INT, POINTER, INT));
    private static final MethodHandle SOCKET = Libc.function("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND = Libc.function("bind", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle LISTEN = Libc.function("listen", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle ACCEPT4 =
            Libc.function("accept4", FunctionDescriptor.of(INT, INT, POINTER, POINTER, INT));

    private SysUn() {}

    /// `socket(2)`, `bind(2)` and `listen(2)`: a stream socket for one connection at a time.
    ///
    /// @param name a path of at most 107 bytes, where nothing is
    public static Fd listen(Path name) throws ErrnoException {
        if (name.toString().getBytes(StandardCharsets.UTF_8).length > NAME_MAX) {
            throw new ErrnoException("bind", name, Errno.EINVAL);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment address = arena.allocate(ADDRESS_SIZE);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            address.setString(Short.BYTES, name.toString());
            var socket = new Fd(socket(state));
            try {
                Libc.check((int) BIND.invokeExact(state, socket.number(), address, ADDRESS_SIZE), state, "bind", name);
                Libc.check((int) LISTEN.invokeExact(state, socket.number(), 1), state, "listen", name);
                return socket;
            } catch (ErrnoException e) {
                socket.close();
                throw e;
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
        }
    }

    private static int socket(MemorySegment state) throws ErrnoException {
        int result;
        try {
            result = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        } catch (Throwable t) {
            throw Libc.wrongBinding(t);
        }
        return Libc.check(result, state, "socket", "AF_UNIX");
    }

    /// `accept4(2)`: blocks until somebody connects.
    public static Fd accept(Fd listening) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            do {
                try {
                    result = (int) ACCEPT4.invokeExact(
                            state, listening.number(), MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            return new Fd(Libc.check(result, state, "accept4", listening));
        }
    }

    /// `recvmsg(2)`: takes what is there, and the descriptor that comes with it (`SCM_RIGHTS`), close-on-exec. What was
    /// written is dropped.
    ///
    /// @return null if none came along, or the other side is closed
    public static @Nullable Fd descriptor(Fd connection) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment rights = arena.allocate(RIGHTS_SIZE, 8);
            MemorySegment part = arena.allocate(16, 8); // struct iovec
            part.set(POINTER, 0, arena.allocate(TEXT_MAX));
            part.set(LONG, 8, TEXT_MAX);
            MemorySegment header = arena.allocate(MESSAGE);
            header.set(POINTER, at("msg_iov"), part);
            header.set(LONG, at("msg_iovlen"), 1);
            header.set(POINTER, at("msg_control"), rights);
            header.set(LONG, at("msg_controllen"), RIGHTS_SIZE);
            long result;
            do {
                try {
                    result = (long) RECVMSG.invokeExact(state, connection.number(), header, MSG_CMSG_CLOEXEC);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            Libc.check(result, state, "recvmsg", connection);
            boolean came = header.get(LONG, at("msg_controllen")) > 16 && rights.get(INT, 12) == SCM_RIGHTS;
            return came ? new Fd(rights.get(INT, 16)) : null;
        }
    }

    private static long at(String field) {
        return MESSAGE.byteOffset(MemoryLayout.PathElement.groupElement(field));
    }
}
