package io.carafe.engine.endtoend;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.SysWait;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// This JVM as what calls an OCI runtime is: orphans below it become its children (prctl(2),
/// `PR_SET_CHILD_SUBREAPER`), and it waits for them.
final class SubReaper implements AutoCloseable {
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    @SuppressWarnings("restricted") // a test of the runtime's callers is one itself
    private static final MethodHandle PRCTL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("prctl"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));

    SubReaper() {
        set(1);
    }

    private static void set(long on) {
        try {
            if ((int) PRCTL.invokeExact(PR_SET_CHILD_SUBREAPER, on, 0L, 0L, 0L) != 0) {
                throw new AssertionError("prctl");
            }
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// Waits for its end.
    ///
    /// @return its exit code, or 128 and its signal's number
    static int await(int pid) {
        try {
            int status = SysWait.waitpid(pid);
            return (status & 0x7f) == 0 ? status >> 8 : 128 + (status & 0x7f);
        } catch (ErrnoException e) {
            throw new AssertionError("it isn't our child", e);
        }
    }

    @Override
    public void close() {
        set(0);
    }
}
