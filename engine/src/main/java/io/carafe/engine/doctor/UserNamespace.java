package io.carafe.engine.doctor;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysSyscall;
import io.carafe.sandbox.linux.SysSyscall.Call;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A user namespace with a map, as an idmapped mount wants it. Made when it is first asked for, by a box in which
/// cat(1) waits until the namespace has been opened.
final class UserNamespace implements AutoCloseable {
    private static final int PATIENCE = 10_000; // milliseconds
    private static final Path OURS = Path.of("/proc/self/ns/user");

    private final Machine machine;
    private boolean tried;
    private @Nullable Fd namespace;

    UserNamespace(Machine machine) {
        this.machine = machine;
    }

    /// The namespace, as long as this object is open.
    ///
    /// @return null if there is none to be had
    @Nullable
    Fd descriptor() {
        if (!tried) {
            tried = true;
            try {
                namespace = make();
            } catch (IOException e) {
                namespace = null; // the probe says that it can't tell
            }
        }
        return namespace;
    }

    private @Nullable Fd make() throws IOException {
        var inside = new ArrayList<Line>();
        MountProbes.MAPS.forEach(step -> inside.add(new Line(step, "")));
        inside.add(new Line(new Step.Execute(List.of("/bin/cat", "/usr/bin/cat"), List.of("cat"), List.of()), ""));
        Plan plan =
                new Plan(List.of(new Line(new Step.Clone(NamespaceProbes.USER, ""), "")), inside, List.of(), PATIENCE);
        Unistd.Pipe in = Unistd.pipe();
        Unistd.Pipe out = Unistd.pipe();
        try (Fd write = Fcntl.above(in.write(), 5);
                Fd read = Fcntl.above(out.read(), 5);
                Fd nothing = ThisMachine.nothing()) {
            Execution execution;
            try (Fd theirs = Fcntl.above(in.read(), 5);
                    Fd answer = Fcntl.above(out.write(), 5)) {
                execution = Executor.start(plan, machine.host().kernel(), theirs, answer, nothing);
            }
            try {
                byte[] letter = {'a'};
                Unistd.write(write, letter, 0, 1);
                return Unistd.read(read, letter, 0, 1) == 1 ? open(execution.pid()) : null; // it runs, or has failed
            } finally {
                execution.kill();
                execution.awaitEnd();
            }
        }
    }

    /// Of the executor's children, the one that is in another.
    private static Fd open(int executor) throws IOException {
        Path ours = Files.readSymbolicLink(OURS);
        for (ProcessHandle child : ProcessHandle.of(executor).stream()
                .flatMap(ProcessHandle::children)
                .toList()) {
            String path = "/proc/" + child.pid() + "/ns/user";
            if (!Files.readSymbolicLink(Path.of(path)).equals(ours)) {
                return SysSyscall.descriptor(Call.OPENAT, Questions.AT_FDCWD, path, 0x80000); // O_RDONLY | O_CLOEXEC
            }
        }
        throw new ErrnoException("open", "a user namespace", Errno.ENOENT);
    }

    @Override
    public void close() {
        if (namespace != null) {
            namespace.close();
        }
    }
}
