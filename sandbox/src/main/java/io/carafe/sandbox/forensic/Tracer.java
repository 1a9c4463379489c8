package io.carafe.sandbox.forensic;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.SysPtrace;
import io.carafe.sandbox.linux.SysWait;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Stops every thread of a box where it stands, and reads its registers. To be used by one platform
/// thread, which ends the box by its own end: whatever ends it, the kernel kills every process that it
/// traces.
///
/// A thread that is frozen by cgroup v1 stops only when it is thawed. It then executes no instruction
/// of the program: the stop comes before.
final class Tracer {
    private final Map<Integer, CoreThread> seen = new HashMap<>();
    private final Set<Integer> traced = new HashSet<>();

    /// @param threads all of the box
    /// @param thaw    what lets them come to the stop
    void stop(List<Integer> threads, Runnable thaw, Duration patience) throws InterruptedException {
        for (int thread : threads) {
            try {
                SysPtrace.seize(thread);
                SysPtrace.interrupt(thread);
                traced.add(thread);
            } catch (ErrnoException e) {
                // it has ended, or the kernel doesn't let us: /proc tells of it what it tells
            }
        }
        if (traced.size() < threads.size()) {
            return; // one that isn't traced would run on
        }
        thaw.run();
        long deadline = System.nanoTime() + patience.toNanos();
        var waiting = new HashSet<>(traced);
        while (!waiting.isEmpty() && System.nanoTime() < deadline) {
            waiting.removeIf(this::hasStopped);
            if (!waiting.isEmpty()) {
                Thread.sleep(1);
            }
        }
    }

    private boolean hasStopped(int thread) {
        try {
            int status = SysWait.stopped(thread);
            if (status == -1) {
                return false;
            }
            if ((status & 0xff) == 0x7f) { // WIFSTOPPED
                seen.put(thread, read(thread));
            }
            return true;
        } catch (ErrnoException e) {
            return true; // it has ended
        }
    }

    private static CoreThread read(int thread) throws ErrnoException {
        byte[] registers = SysPtrace.registers(thread, Core.NT_PRSTATUS);
        byte[] wide = Registers.wide(registers);
        byte[] floating = new byte[0];
        try {
            if (wide.length == registers.length) { // else of another form too
                floating = SysPtrace.registers(thread, Core.NT_FPREGSET);
            }
        } catch (ErrnoException e) {
            // unknown
        }
        return new CoreThread(thread, wide, floating);
    }

    /// What is known of a thread.
    ///
    /// @param syscall its `/proc` file of this name, for one that didn't stop
    CoreThread of(int thread, boolean arm, String syscall) {
        CoreThread stopped = seen.get(thread);
        return stopped != null ? stopped : new CoreThread(thread, Registers.ofCall(arm, syscall), new byte[0]);
    }

    boolean hasSeen(int thread) {
        return seen.containsKey(thread);
    }
}
