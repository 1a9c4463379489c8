package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.LONG;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// `<sys/socket.h>`
public final class SysSocket {
    private static final int AF_UNIX = 1;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_CLOEXEC = Fcntl.O_CLOEXEC;
    private static final int SHUT_WR = 1;
    private static final int MSG_PEEK = 2;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int ADDRESS_SIZE = 110; // struct sockaddr_un

    private static final MethodHandle SOCKETPAIR =
            Libc.function("socketpair", FunctionDescriptor.of(INT, INT, INT, INT, POINTER));
    private static final MethodHandle SOCKET = Libc.function("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle CONNECT = Libc.function("connect", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle SEND =
            Libc.function("send", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));
    private static final MethodHandle RECV =
            Libc.function("recv", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));
    private static final MethodHandle SHUTDOWN = Libc.function("shutdown", FunctionDescriptor.of(INT, INT, INT));

    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final long RIGHTS_SIZE = 24; // CMSG_SPACE(sizeof(int))
    private static final long RIGHTS_HEADER = 16; // CMSG_LEN(0)
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
    private static final MethodHandle SENDMSG =
            Libc.function("sendmsg", FunctionDescriptor.of(LONG, INT, POINTER, INT));

    private SysSocket() {}

    /// Two sockets that are connected to each other.
    public record Pair(Fd one, Fd other) {}

    /// `socketpair(2)`: `AF_UNIX`, `SOCK_SEQPACKET | SOCK_CLOEXEC`.
    public static Pair socketpair() throws ErrnoException {
        return pair(SOCK_SEQPACKET);
    }

    /// The same with `SOCK_STREAM`.
    public static Pair streampair() throws ErrnoException {
        return pair(SOCK_STREAM);
    }

    private static Pair pair(int type) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment ends = arena.allocate(INT, 2);
            int result;
            try {
                result = (int) SOCKETPAIR.invokeExact(state, AF_UNIX, type | SOCK_CLOEXEC, 0, ends);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            Libc.check(result, state, "socketpair", "AF_UNIX");
            return new Pair(new Fd(ends.getAtIndex(INT, 0)), new Fd(ends.getAtIndex(INT, 1)));
        }
    }

    /// `socket(2)`: `AF_NETLINK`, `SOCK_RAW | SOCK_CLOEXEC`. What is sent without an address goes to the
    /// kernel.
    public static Fd netlink(int protocol) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return new Fd(Libc.check(result, state, "socket", "AF_NETLINK"));
        }
    }

    /// `connect(2)` of a stream socket to a name behind which a `SOCK_SEQPACKET` one may listen: if so it is
    /// refused as of the wrong type, and whoever listens doesn't notice.
    ///
    /// @return whether a socket is there, whatever its type
    public static boolean isBound(Path name) throws IOException {
        Path directory = Objects.requireNonNull(name.getParent(), "absolute");
        try (Arena arena = Arena.ofConfined();
                Fd place = Fcntl.open(directory, Fcntl.O_RDONLY, 0);
                Fd socket = stream()) {
            String path = "/proc/self/fd/" + place.number() + "/" + name.getFileName(); // 108 bytes are not many
            MemorySegment address = arena.allocate(ADDRESS_SIZE);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            address.setString(Short.BYTES, path);
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) CONNECT.invokeExact(state, socket.number(), address, ADDRESS_SIZE);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            int errno = result == 0 ? 0 : Libc.errno(state);
            return switch (errno) {
                case 0, Errno.EPROTOTYPE, Errno.EAGAIN -> true;
                case Errno.ENOENT, Errno.ECONNREFUSED -> false;
                default -> throw new ErrnoException("connect", name, errno);
            };
        }
    }

    private static Fd stream() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            return new Fd(Libc.check(result, state, "socket", "AF_UNIX"));
        }
    }

    /// `send(2)` of one message, with `MSG_NOSIGNAL`.
    public static void send(Fd socket, byte[] message) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            long result;
            do {
                try {
                    result =
                            (long) SEND.invokeExact(state, socket.number(), bytes, (long) message.length, MSG_NOSIGNAL);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            Libc.check(result, state, "send", socket);
        }
    }

    /// `sendmsg(2)`, with `MSG_NOSIGNAL`, of all bytes; descriptors come with the first of them (`SCM_RIGHTS`).
    ///
    /// @param bytes  one or more
    /// @param rights one or more
    public static void send(Fd stream, byte[] bytes, List<Fd> rights) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment all = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            MemorySegment part = arena.allocate(16, 8); // struct iovec
            MemorySegment header = arena.allocate(MESSAGE);
            header.set(POINTER, at("msg_iov"), part);
            header.set(LONG, at("msg_iovlen"), 1);
            long length = RIGHTS_HEADER + rights.size() * 4L;
            header.set(POINTER, at("msg_control"), rights(arena, length, rights));
            header.set(LONG, at("msg_controllen"), length);
            for (long done = 0; done < bytes.length; ) {
                part.set(POINTER, 0, all.asSlice(done));
                part.set(LONG, 8, bytes.length - done);
                long result;
                try {
                    result = (long) SENDMSG.invokeExact(state, stream.number(), header, MSG_NOSIGNAL);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
                if (result == -1 && Libc.errno(state) == Errno.EINTR) {
                    continue;
                }
                done += Libc.check(result, state, "sendmsg", stream);
                header.set(LONG, at("msg_controllen"), 0); // they came with what has been sent
            }
        }
    }

    private static MemorySegment rights(Arena arena, long length, List<Fd> descriptors) {
        MemorySegment rights = arena.allocate((length + 7) / 8 * 8, 8); // struct cmsghdr, and an array
        rights.set(LONG, 0, length);
        rights.set(INT, 8, SOL_SOCKET);
        rights.set(INT, 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            rights.set(INT, RIGHTS_HEADER + 4L * i, descriptors.get(i).number());
        }
        return rights;
    }

    /// `recv(2)` of one message of at most `size` bytes: blocks until there is one. Memory is taken only for
    /// what there is: messages are mostly far shorter than they may be.
    ///
    /// @return the message; empty when the other side is closed
    public static byte[] recv(Fd socket, int size) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            long there = Math.min(size, recv(arena, socket, MemorySegment.NULL, MSG_PEEK | MSG_TRUNC));
            MemorySegment bytes = arena.allocate(there);
            long length = there == 0 ? 0 : recv(arena, socket, bytes, 0);
            return bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /// A message and the descriptor that came with it.
    public static final class Message {
        private final byte[] bytes;
        private final @Nullable Fd fd;

        private Message(byte[] bytes, @Nullable Fd fd) {
            this.bytes = bytes;
            this.fd = fd;
        }

        public byte[] bytes() {
            return bytes.clone();
        }

        /// Null if none came.
        public @Nullable Fd fd() {
            return fd;
        }
    }

    /// [#recv], with a descriptor that may come along (`SCM_RIGHTS`): it is close-on-exec.
    public static Message receive(Fd socket, int size) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment bytes = arena.allocate(size);
            MemorySegment rights = arena.allocate(RIGHTS_SIZE, 8);
            MemorySegment part = arena.allocate(16, 8); // struct iovec
            part.set(POINTER, 0, bytes);
            part.set(LONG, 8, size);
            MemorySegment header = arena.allocate(MESSAGE);
            header.set(POINTER, at("msg_iov"), part);
            header.set(LONG, at("msg_iovlen"), 1);
            header.set(POINTER, at("msg_control"), rights);
            header.set(LONG, at("msg_controllen"), RIGHTS_SIZE);
            long result;
            do {
                try {
                    result = (long) RECVMSG.invokeExact(state, socket.number(), header, MSG_CMSG_CLOEXEC);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            Libc.check(result, state, "recvmsg", socket);
            boolean came =
                    header.get(LONG, at("msg_controllen")) >= RIGHTS_SIZE - 4 && rights.get(INT, 12) == SCM_RIGHTS;
            return new Message(
                    bytes.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE), came ? new Fd(rights.get(INT, 16)) : null);
        }
    }

    private static long at(String field) {
        return MESSAGE.byteOffset(MemoryLayout.PathElement.groupElement(field));
    }

    private static long recv(Arena arena, Fd socket, MemorySegment bytes, int flags) throws ErrnoException {
        MemorySegment state = Libc.state(arena);
        long result;
        do {
            try {
                result = (long) RECV.invokeExact(state, socket.number(), bytes, bytes.byteSize(), flags);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
        } while (result == -1 && Libc.errno(state) == Errno.EINTR);
        return Libc.check(result, state, "recv", socket);
    }

    /// `shutdown(2)` with `SHUT_WR`: the other side reads the end, and can still send.
    public static void shutdown(Fd socket) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            int result;
            try {
                result = (int) SHUTDOWN.invokeExact(state, socket.number(), SHUT_WR);
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            Libc.check(result, state, "shutdown", socket);
        }
    }
}
