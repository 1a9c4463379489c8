package io.carafe.sandbox.executor;

import static io.carafe.sandbox.linux.Fcntl.F_ADD_SEALS;
import static io.carafe.sandbox.linux.Fcntl.F_SEAL_GROW;
import static io.carafe.sandbox.linux.Fcntl.F_SEAL_SEAL;
import static io.carafe.sandbox.linux.Fcntl.F_SEAL_SHRINK;
import static io.carafe.sandbox.linux.Fcntl.F_SEAL_WRITE;

import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Spawn;
import io.carafe.sandbox.linux.SysMman;
import io.carafe.sandbox.linux.SysSocket;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Starts the native executor: from a sealed memfd, so nothing is on disk and nobody can change what
/// runs. It gets the box's standard streams as 0, 1 and 2, the plan as 3, the control channel as 4,
/// behind that what the plan's steps take over, and nothing else of ours.
public final class Executor {
    private static final String NAME = "carafe-executor"; // native/executor.h, NAME_EXECUTOR
    private static final Path NOTHING = Path.of("/dev/null");
    private static final int DESCRIPTORS = 5;
    private static final int GIVEN_MAX = 8; // native/executor.h

    /// Descriptors that it gets must have at least this number: below it they would be in each other's way.
    public static final int LEAST = DESCRIPTORS + GIVEN_MAX;

    private static final int SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

    /// One for the whole JVM, made for the first box.
    private static @Nullable Fd program;

    private Executor() {}

    /// Starts to perform a plan. The caller keeps the three streams, and closes its copies.
    ///
    /// @param kernel the running one
    /// @throws IOException if the executor can't be started; nothing has been done then
    public static Execution start(Plan plan, Kernel kernel, Fd in, Fd out, Fd err) throws IOException {
        return start(plan, kernel, in, out, err, List.of(), null);
    }

    /// The same, with mounts for the plan's [io.carafe.sandbox.plan.Step.TakeMount] steps, and with who
    /// hears of a [io.carafe.sandbox.plan.Step.LoadReportingSeccomp].
    ///
    /// @param given   at most 8
    public static Execution start(
            Plan plan, Kernel kernel, Fd in, Fd out, Fd err, List<Fd> given, @Nullable Reports reports)
            throws IOException {
        return start(Wire.encode(plan), kernel, in, out, err, given, reports);
    }

    /// Starts to perform a plan that ends with [io.carafe.sandbox.plan.Step.AwaitRest], whose number is
    /// how many are given.
    ///
    /// @param wire    of the plan
    /// @param given   at most 7
    /// @param reports as [#start] has it
    /// @throws IOException as [#start]
    public static Prepared prepare(byte[] wire, Kernel kernel, List<Fd> given, @Nullable Reports reports)
            throws IOException {
        SysSocket.Pair pair = SysSocket.streampair();
        Prepared prepared = null;
        Fd ours = pair.one();
        try (Fd theirs = Fcntl.above(pair.other(), LEAST);
                Fd none = Fcntl.above(Fcntl.open(NOTHING, Fcntl.O_RDWR, 0), LEAST)) {
            ours = Fcntl.above(ours, LEAST);
            var more = new ArrayList<>(given);
            more.add(theirs);
            prepared = new Prepared(start(wire, kernel, none, none, none, more, reports), ours);
            return prepared;
        } finally {
            if (prepared == null) {
                ours.close();
            }
        }
    }

    private static Execution start(
            byte[] wire, Kernel kernel, Fd in, Fd out, Fd err, List<Fd> given, @Nullable Reports reports)
            throws IOException {
        Fd program = program(kernel);
        SysSocket.Pair control = SysSocket.socketpair();
        Execution execution = null;
        Fd kept = control.one();
        try (Fd ours = Fcntl.above(control.other(), LEAST);
                Fd sealed = sealed("plan", wire, 0)) {
            kept = Fcntl.above(kept, LEAST);
            var descriptors = new ArrayList<>(List.of(in, out, err, sealed, ours));
            descriptors.addAll(given);
            int pid = Spawn.posix_spawn(
                    "/proc/self/fd/" + program.number(),
                    given.isEmpty() ? List.of(NAME) : List.of(NAME, Integer.toString(given.size())),
                    List.of(),
                    descriptors);
            execution = new Execution(pid, kept, reports);
            return execution;
        } finally {
            if (execution == null) {
                kept.close(); // an executor that has nobody ends
            }
        }
    }

    private static synchronized Fd program(Kernel kernel) throws IOException {
        Fd known = program;
        if (known == null) {
            // without the flag, sysctl vm.memfd_noexec (since 6.3) would forbid it; with it, older kernels would
            int executable = kernel.atLeast(6, 3) ? SysMman.MFD_EXEC : 0;
            known = sealed(NAME, binary(), executable);
            program = known;
        }
        return known;
    }

    private static byte[] binary() throws IOException {
        try (InputStream in = Executor.class.getResourceAsStream("executor")) {
            if (in == null) {
                throw new IOException("this jar has no executor: it was built without native/");
            }
            return in.readAllBytes();
        }
    }

    private static Fd sealed(String name, byte[] content, int flags) throws IOException {
        Fd made = SysMman.memfd_create(name, SysMman.MFD_CLOEXEC | SysMman.MFD_ALLOW_SEALING | flags);
        Fd file = Fcntl.above(made, LEAST);
        try {
            for (int done = 0; done < content.length; ) {
                done += Unistd.write(file, content, done, content.length - done);
            }
            Fcntl.fcntl(file, F_ADD_SEALS, SEALS);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }
}
