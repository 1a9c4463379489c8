package io.carafe.sandbox.linux;

import static io.carafe.sandbox.linux.Libc.INT;
import static io.carafe.sandbox.linux.Libc.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// `<spawn.h>`
public final class Spawn {
    private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final short POSIX_SPAWN_SETSID = 0x80;

    // opaque to callers; SpawnIT compares the sizes
    static final MemoryLayout FILE_ACTIONS = MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG);
    static final MemoryLayout ATTRIBUTES = MemoryLayout.sequenceLayout(42, ValueLayout.JAVA_LONG);
    static final MemoryLayout SIGNALS = MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_LONG);

    private static final FunctionDescriptor ON_POINTER = FunctionDescriptor.of(INT, POINTER);
    private static final FunctionDescriptor ON_POINTERS = FunctionDescriptor.of(INT, POINTER, POINTER);

    private static final MethodHandle POSIX_SPAWN = Libc.function(
            "posix_spawn", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));
    private static final MethodHandle FILE_ACTIONS_INIT = Libc.function("posix_spawn_file_actions_init", ON_POINTER);
    private static final MethodHandle FILE_ACTIONS_DESTROY =
            Libc.function("posix_spawn_file_actions_destroy", ON_POINTER);
    private static final MethodHandle FILE_ACTIONS_ADDDUP2 =
            Libc.function("posix_spawn_file_actions_adddup2", FunctionDescriptor.of(INT, POINTER, INT, INT));
    private static final MethodHandle ATTRIBUTES_INIT = Libc.function("posix_spawnattr_init", ON_POINTER);
    private static final MethodHandle ATTRIBUTES_DESTROY = Libc.function("posix_spawnattr_destroy", ON_POINTER);
    private static final MethodHandle SETFLAGS =
            Libc.function("posix_spawnattr_setflags", FunctionDescriptor.of(INT, POINTER, ValueLayout.JAVA_SHORT));
    private static final MethodHandle SETSIGMASK = Libc.function("posix_spawnattr_setsigmask", ON_POINTERS);
    private static final MethodHandle SETSIGDEFAULT = Libc.function("posix_spawnattr_setsigdefault", ON_POINTERS);
    private static final MethodHandle SIGFILLSET = Libc.function("sigfillset", ON_POINTER);

    private static final ReadWriteLock WRITING = new ReentrantReadWriteLock(true);

    private Spawn() {}

    /// To be held while a file is open for writing that somebody may execute in a moment. A child has this
    /// process's descriptors until it executes its program, and so long nobody can execute such a file
    /// (`ETXTBSY`): none is made meanwhile.
    public static Lock writing() {
        return WRITING.readLock();
    }

    /// `posix_spawn(3)` of a child in a session of its own, with every signal unblocked and at its default. Of
    /// this process's descriptors it gets what isn't close-on-exec, and `descriptors`: the first as 0, the second
    /// as 1 and so on. None of them may have a number that another one gets: it is at least as high as their
    /// count, or in its place already.
    ///
    /// @return its process id
    public static int posix_spawn(String path, List<String> arguments, List<String> environment, List<Fd> descriptors)
            throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.state(arena);
            MemorySegment actions = arena.allocate(FILE_ACTIONS);
            MemorySegment attributes = arena.allocate(ATTRIBUTES);
            MemorySegment none = arena.allocate(SIGNALS);
            MemorySegment all = arena.allocate(SIGNALS);
            MemorySegment pid = arena.allocate(INT);
            int error;
            try {
                error = (int) FILE_ACTIONS_INIT.invokeExact(state, actions);
                check(error, "posix_spawn_file_actions_init", path);
                error = (int) ATTRIBUTES_INIT.invokeExact(state, attributes);
                check(error, "posix_spawnattr_init", path);
                for (int i = 0; i < descriptors.size(); i++) {
                    error = (int) FILE_ACTIONS_ADDDUP2.invokeExact(
                            state, actions, descriptors.get(i).number(), i);
                    check(error, "posix_spawn_file_actions_adddup2", descriptors.get(i));
                }
                // these four can't fail: their arguments are right
                int ignored = (int) SIGFILLSET.invokeExact(state, all);
                ignored = (int) SETSIGMASK.invokeExact(state, attributes, none);
                ignored = (int) SETSIGDEFAULT.invokeExact(state, attributes, all);
                ignored = (int) SETFLAGS.invokeExact(state, attributes, (short)
                        (POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID));
                MemorySegment program = arena.allocateFrom(path);
                MemorySegment words = Libc.strings(arena, arguments);
                MemorySegment variables = Libc.strings(arena, environment);
                WRITING.writeLock().lock();
                try {
                    error = (int) POSIX_SPAWN.invokeExact(state, pid, program, actions, attributes, words, variables);
                } finally {
                    WRITING.writeLock().unlock();
                }
                ignored = (int) FILE_ACTIONS_DESTROY.invokeExact(state, actions);
                ignored = (int) ATTRIBUTES_DESTROY.invokeExact(state, attributes);
            } catch (ErrnoException | RuntimeException e) {
                throw e;
            } catch (Throwable t) {
                throw Libc.wrongBinding(t);
            }
            check(error, "posix_spawn", path);
            return pid.get(INT, 0);
        }
    }

    /// These functions return the error number.
    private static void check(int error, String call, Object subject) throws ErrnoException {
        if (error != 0) {
            throw new ErrnoException(call, subject, error);
        }
    }
}
