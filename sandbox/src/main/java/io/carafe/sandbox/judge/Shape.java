package io.carafe.sandbox.judge;

import io.carafe.sandbox.IdRange;
import io.carafe.sandbox.Root;
import io.carafe.sandbox.Sandbox;
import io.carafe.sandbox.SandboxBuilder;
import io.carafe.sandbox.WaitingBox;
import io.carafe.sandbox.Workspace;
import io.carafe.sandbox.forensic.Forensics;
import io.carafe.sandbox.policy.Policy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What jobs can have in common: a box that was made for one of them is as good for the other.
///
/// @param processor that it is pinned to, "" for none
record Shape(Root root, Policy policy, Limits limits, String processor) {
    /// Where a program works.
    static final String DIRECTORY = "/work";

    private static final int USER = 65_534; // nobody, in the box
    private static final String TEMPORARY = "/tmp";

    static Shape of(Job job, String processor) {
        return new Shape(job.root(), job.policy(), job.limits(), processor);
    }

    /// A box, with an empty workspace that is its only one.
    ///
    /// @param forensics what is done about forbidden calls; null where nobody watches
    WaitingBox make(@Nullable Forensics forensics) {
        try (IdRange ids = IdRange.take()) {
            int user = ids.onHost(USER);
            Workspace workspace = Workspace.of(limits.disk(), limits.files(), user, user);
            try {
                return describe(workspace, ids, forensics).prepare();
            } catch (RuntimeException e) {
                workspace.close();
                throw e;
            }
        }
    }

    private Sandbox describe(Workspace workspace, IdRange ids, @Nullable Forensics forensics) {
        SandboxBuilder builder = Sandbox.builder()
                .policy(withoutTmp(policy))
                .root(root)
                .command("true") // each program comes with its job
                .environment("HOME", DIRECTORY)
                .environment("LANG", "C.UTF-8")
                .workspace(workspace, DIRECTORY)
                .tmpfs(TEMPORARY, limits.disk(), limits.files())
                .workingDirectory(DIRECTORY)
                .user(USER, USER)
                .ids(ids)
                .memory(limits.memory())
                .init() // a box's first process would ignore SIGXFSZ, and nobody would reap orphans
                .pids(limits.processes() + 1L)
                .timeout(limits.wall());
        if (forensics != null) {
            builder.onForbiddenCall(forensics);
        }
        if (!processor.isEmpty()) {
            builder.processors(processor);
        }
        limit(builder);
        return builder.build();
    }

    /// How large that one is the limits say.
    private static Policy withoutTmp(Policy policy) {
        Policy.Paths paths = policy.paths();
        var writable = paths.writable().stream()
                .filter(memory -> !memory.path().equals(TEMPORARY))
                .toList();
        return policy.with(new Policy.Paths(paths.readOnly(), paths.hidden(), writable));
    }

    /// What the kernel limits for each process. That on processor time only counts if nobody minds the whole
    /// box's.
    private void limit(SandboxBuilder builder) {
        Duration cpu = limits.cpu().plus(limits.extra());
        long seconds = cpu.toSeconds() + 2; // rounded up, and late enough to leave it to who measures finer
        builder.resourceLimit("RLIMIT_CPU", seconds, seconds);
        builder.resourceLimit("RLIMIT_FSIZE", limits.fileSize(), limits.fileSize());
        builder.resourceLimit("RLIMIT_NOFILE", limits.openFiles(), limits.openFiles());
        builder.resourceLimit("RLIMIT_STACK", limits.stack(), limits.stack());
        builder.resourceLimit("RLIMIT_CORE", 0, 0);
    }
}
