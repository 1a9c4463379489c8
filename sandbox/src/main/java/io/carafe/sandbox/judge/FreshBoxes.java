package io.carafe.sandbox.judge;

import io.carafe.sandbox.IdRange;
import io.carafe.sandbox.InvalidBox;
import io.carafe.sandbox.RunningBox;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.SandboxBuilder;
import io.carafe.sandbox.Streams;
import io.carafe.sandbox.Workspace;
import io.carafe.sandbox.forensic.Forensics;
import io.carafe.sandbox.judge.Claims.Claim;
import io.carafe.sandbox.policy.Policy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes a box for each job when it comes.
final class FreshBoxes implements Boxes {
    private static final int USER = 65_534; // nobody, in the box
    private static final String DIRECTORY = "/work";
    private static final String TEMPORARY = "/tmp";

    private final Processors processors;

    private final @Nullable Forensics forensics;

    /// @param forensics what is done about forbidden calls; null where nobody watches
    FreshBoxes(Processors processors, @Nullable Forensics forensics) {
        this.processors = processors;
        this.forensics = forensics;
    }

    @Override
    public Box start(Job job, Streams streams) throws InterruptedException {
        var held = new ArrayList<AutoCloseable>(); // in the order in which it was taken
        try {
            IdRange ids = IdRange.take();
            held.add(ids);
            String pinned = "";
            if (job.pinned()) {
                Claim processor = processors.take();
                held.add(processor);
                pinned = Integer.toString(processor.number());
            }
            int user = ids.onHost(USER);
            Workspace workspace = Workspace.of(job.limits().disk(), job.limits().files(), user, user);
            held.add(workspace);
            for (GivenFile file : job.files()) {
                put(workspace, file);
            }
            Sandbox sandbox = describe(job, workspace, ids, pinned);
            RunningBox running = sandbox.start(streams);
            held.add(running);
            return new Fresh(running, workspace, held);
        } catch (InterruptedException | RuntimeException e) {
            release(held);
            throw e;
        }
    }

    private static void put(Workspace workspace, GivenFile file) {
        try {
            workspace.put(file.name(), file.mode(), file.content());
        } catch (IOException e) {
            throw InvalidBox.because(String.valueOf(e.getMessage()));
        }
    }

    private Sandbox describe(Job job, Workspace workspace, IdRange ids, String pinned) {
        Limits limits = job.limits();
        SandboxBuilder builder = Sandbox.builder()
                .policy(withoutTmp(job.policy()))
                .root(job.root())
                .command(job.command())
                .environment("HOME", DIRECTORY)
                .environment("LANG", "C.UTF-8")
                .environment(job.environment())
                .workspace(workspace, DIRECTORY)
                .tmpfs(TEMPORARY, limits.disk(), limits.files())
                .workingDirectory(DIRECTORY)
                .user(USER, USER)
                .mapIds(0, Integer.toUnsignedLong(ids.onHost(0)), IdRange.SIZE)
                .memory(limits.memory())
                .init() // a box's first process would ignore SIGXFSZ, and nobody would reap orphans
                .pids(limits.processes() + 1L)
                .timeout(limits.wall());
        if (forensics != null) {
            builder.onForbiddenCall(forensics);
        }
        if (!pinned.isEmpty()) {
            builder.processors(pinned);
        }
        limits(builder, limits);
        return builder.build();
    }

    /// How large that one is the job's limits say.
    private static Policy withoutTmp(Policy policy) {
        Policy.Paths paths = policy.paths();
        var writable = paths.writable().stream()
                .filter(memory -> !memory.path().equals(TEMPORARY))
                .toList();
        return new Policy(
                policy.name(),
                policy.description(),
                policy.capabilities(),
                policy.noNewPrivileges(),
                policy.ids(),
                policy.network(),
                policy.readOnlyRoot(),
                policy.landlock(),
                policy.coreDumps(),
                new Policy.Paths(paths.readOnly(), paths.hidden(), writable),
                policy.devices(),
                policy.forbidden(),
                policy.unnamed(),
                policy.rules());
    }

    /// What the kernel limits for each process. That on processor time only counts if nobody minds the whole
    /// box's.
    private static void limits(SandboxBuilder builder, Limits limits) {
        Duration cpu = limits.cpu().plus(limits.extra());
        long seconds = cpu.toSeconds() + 2; // rounded up, and late enough to leave it to who measures finer
        builder.resourceLimit("RLIMIT_CPU", seconds, seconds);
        builder.resourceLimit("RLIMIT_FSIZE", limits.fileSize(), limits.fileSize());
        builder.resourceLimit("RLIMIT_NOFILE", limits.openFiles(), limits.openFiles());
        builder.resourceLimit("RLIMIT_STACK", limits.stack(), limits.stack());
        builder.resourceLimit("RLIMIT_CORE", 0, 0);
    }

    /// The last first. None of them fails.
    private static void release(List<AutoCloseable> held) {
        for (AutoCloseable one : held.reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record Fresh(RunningBox running, Workspace workspace, List<AutoCloseable> held) implements Box {
        @Override
        public void close() {
            release(held);
        }
    }
}
