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
import java.util.List;
import java.util.stream.IntStream;

/// `<poll.h>`
public final class Poll {
    public static final short POLLIN = 1;
    public static final short POLLHUP = 16;

    private static final StructLayout POLLFD =
            MemoryLayout.structLayout(INT.withName("fd"), ValueLayout.JAVA_INT.withName("events and revents"));
    private static final MethodHandle POLL = Libc.function("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));

    private Poll() {}

    /// `poll(2)` for `POLLIN`: blocks until one of these descriptors has it, is hung up, or the time is over.
    ///
    /// @param timeout milliseconds; -1 for ever
    /// @return the events of each, in order; all 0 when the time is over
    public static List<Short> poll(List<Fd> fds, int timeout) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment asked = arena.allocate(POLLFD, fds.size());
            for (int i = 0; i < fds.size(); i++) {
                asked.set(INT, i * POLLFD.byteSize(), fds.get(i).number());
                asked.set(ValueLayout.JAVA_SHORT, i * POLLFD.byteSize() + 4, POLLIN);
            }
            int result;
            do {
                try {
                    result = (int) POLL.invokeExact(state, asked, (long) fds.size(), timeout);
                } catch (Throwable t) {
                    throw Libc.wrongBinding(t);
                }
            } while (result == -1 && Libc.errno(state) == Errno.EINTR);
            Libc.check(result, state, "poll", fds);
            return IntStream.range(0, fds.size())
                    .mapToObj(i -> asked.get(ValueLayout.JAVA_SHORT, i * POLLFD.byteSize() + 6))
                    .toList();
        }
    }
}
