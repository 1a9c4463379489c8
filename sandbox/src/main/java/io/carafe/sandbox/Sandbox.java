package io.carafe.sandbox;

import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.executor.Prepared;
import io.carafe.sandbox.executor.Reports;
import io.carafe.sandbox.forensic.Forensics;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.host.MountPropagation;
import io.carafe.sandbox.host.RootListing;
import io.carafe.sandbox.judge.Job;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.planner.Halves;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.planner.Rootless;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFilter;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.DefaultProfile;
import io.carafe.sandbox.seccomp.Profile;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.SeccompProfile;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// A description of a box and of the program in it. Immutable, and good for any number of runs, also at the
/// same time.
///
/// ```java
/// Sandbox sandbox = Sandbox.builder()
///         .command("python3", "answer.py")
///         .bindReadOnly(Path.of("/srv/answers/17"), "/work")
///         .workingDirectory("/work")
///         .memory(256 << 20)
///         .pids(32)
///         .timeout(Duration.ofSeconds(10))
///         .build();
/// Result result = sandbox.run();
/// ```
///
/// What isn't asked for is strict: see [SandboxBuilder].
public final class Sandbox {
    private static final int WAITING_WORKSPACES = 7;
    private static final HostProbe HOST = new HostProbe(System.getenv());

    private final Spec spec;
    private final boolean filtered;
    private final @Nullable SeccompProfile profile;
    private final @Nullable Policy policy;
    private final boolean inherit;
    private final boolean merge;
    private final int outputLimit;
    private final List<Workspace> workspaces;
    private final @Nullable IdRange ids;
    private final @Nullable Forensics forensics;
    private volatile @Nullable Seccomp resolved;

    /// @param spec     without a seccomp filter
    /// @param filtered whether it is to have one
    /// @param profile  which, null for the policy's
    /// @param policy   null for the default
    /// @param ids      that its users are, null for none of its own
    /// @param forensics what is done about its forbidden calls, null if it has none that are reported
    Sandbox(
            Spec spec,
            boolean filtered,
            @Nullable SeccompProfile profile,
            @Nullable Policy policy,
            boolean inherit,
            boolean merge,
            int outputLimit,
            List<Workspace> workspaces,
            @Nullable IdRange ids,
            @Nullable Forensics forensics) {
        this.spec = spec;
        this.filtered = filtered;
        this.profile = profile;
        this.policy = policy;
        this.inherit = inherit;
        this.merge = merge;
        this.outputLimit = outputLimit;
        this.workspaces = List.copyOf(workspaces);
        this.ids = ids;
        this.forensics = forensics;
    }

    /// Describes a box that is strict in everything.
    public static SandboxBuilder builder() {
        return new SandboxBuilder();
    }

    /// A program that nobody trusts, to be run once and judged: strict in everything, limited in
    /// everything. Beside [#builder] it has its files copied in and out, and a verdict.
    public static Job untrusted() {
        return Job.UNTRUSTED;
    }

    /// Starts the program, with pipes as its standard streams unless it inherits those of this JVM. Returns
    /// as soon as its box is being made: what goes wrong from there on, [RunningBox#await] tells.
    ///
    /// @throws InvalidBox           if such a box can't be made here; nothing has happened then
    /// @throws UncheckedIOException if the executor can't be started, for want of memory or
    ///     descriptors; likewise
    public RunningBox start() {
        return start(Streams.pipes());
    }

    /// The same, with standard streams that lead elsewhere. A program that inherits this JVM's has those all
    /// the same.
    public RunningBox start(Streams streams) {
        Host host = HOST.host();
        PolicyBox fitting = PolicyBox.of(policy, spec, host, ids);
        String name = name();
        try {
            Plan plan = plan(host, name, fitting);
            Forbidden forbidden = Forbidden.of(forensics, name, plan, this::policy);
            if (inherit) {
                Execution execution = fitting.hold(start(plan, host, Fd.STDIN, Fd.STDOUT, Fd.STDERR, forbidden));
                return new RunningBox(
                        plan,
                        execution,
                        CpuClock.of(plan),
                        forbidden,
                        OutputStream.nullOutputStream(),
                        InputStream.nullInputStream(),
                        InputStream.nullInputStream());
            }
            try (Ends ends = new Ends(streams, merge)) {
                Execution execution =
                        fitting.hold(start(plan, host, ends.input(), ends.output(), ends.error(), forbidden));
                ends.used();
                return new RunningBox(
                        plan, execution, CpuClock.of(plan), forbidden, ends.stdin(), ends.stdout(), ends.stderr());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("start the executor", e);
        } finally {
            fitting.giveBack();
        }
    }

    private static String name() {
        return "carafe-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    private Execution start(Plan plan, Host host, Fd in, Fd out, Fd err, @Nullable Forbidden forbidden)
            throws IOException {
        Reports reports = forbidden == null ? null : forbidden.reports();
        return Executor.start(plan, host.kernel(), in, out, err, given(), reports);
    }

    /// Makes a box that waits for its program: [WaitingBox#begin] starts one in it in the time that a filter and
    /// an execve(2) take. Returns as soon as it is being made. A [Pool] keeps several of them.
    ///
    /// @throws InvalidBox           as [#start], and for a box that inherits this JVM's streams or has more
    ///     than seven workspaces
    /// @throws UncheckedIOException as [#start]
    public WaitingBox prepare() {
        canWait();
        Host host = HOST.host();
        PolicyBox fitting = PolicyBox.of(policy, spec, host, ids);
        String name = name();
        try {
            Plan plan = plan(host, name, fitting);
            Forbidden forbidden = Forbidden.of(forensics, name, plan, this::policy);
            Halves halves = Halves.of(plan, workspaces.size());
            Prepared prepared = Executor.prepare(
                    Wire.encode(halves.made()), host.kernel(), given(), forbidden == null ? null : forbidden.reports());
            fitting.hold(prepared.execution());
            return new WaitingBox(this, halves, prepared, forbidden);
        } catch (IOException e) {
            throw new UncheckedIOException("start the executor", e);
        } finally {
            fitting.giveBack();
        }
    }

    private void canWait() {
        if (inherit) {
            throw InvalidBox.because(
                    "a box that waits can't inherit this JVM's streams: they are one program's at a time");
        }
        if (workspaces.size() > WAITING_WORKSPACES) {
            throw InvalidBox.because("a box that waits can have " + WAITING_WORKSPACES + " workspaces");
        }
    }

    /// Whether such boxes can be made here, one as the other.
    ///
    /// @throws InvalidBox if not
    void check() {
        if (!workspaces.isEmpty() || ids != null) {
            throw InvalidBox.because("boxes of a pool that are all alike can have no workspace and no range of ids:"
                    + " that is one box's. Give the pool what makes each box");
        }
        canWait();
        Host host = HOST.host();
        PolicyBox fitting = PolicyBox.of(policy, spec, host, null);
        try {
            plan(host, name(), fitting);
        } finally {
            fitting.giveBack();
        }
    }

    int outputLimit() {
        return outputLimit;
    }

    List<Workspace> workspaces() {
        return workspaces;
    }

    boolean merges() {
        return merge;
    }

    /// Of the program, in milliseconds, 0 for none.
    long timeout() {
        return spec.supervision().timeout().toMillis();
    }

    /// The program's, all of it.
    List<String> environment() {
        return spec.process().env();
    }

    private List<Fd> given() {
        return workspaces.stream().map(Workspace::root).toList();
    }

    /// Runs the program to its end, with no input. See [#run(byte\[\])].
    public Result run() throws InterruptedException {
        return run(new byte[0]);
    }

    /// Runs the program to its end, and collects what it writes.
    ///
    /// @param input what it can read from its standard input
    /// @throws InvalidBox           as [#start]
    /// @throws StepFailed           as [RunningBox#await]
    /// @throws UncheckedIOException as both
    /// @throws InterruptedException if this thread is interrupted; the box is killed then
    public Result run(byte[] input) throws InterruptedException {
        try (RunningBox box = start()) {
            Result result = box.collect(input, outputLimit);
            box.await();
            return result;
        }
    }

    private Plan plan(Host machine, String name, PolicyBox fitting) {
        Host host = HostProbe.forCaller(machine, machine.cgroups().own().getOrDefault("", ""), "");
        for (Spec.Mount mount : spec.mounts()) {
            if (mount.options().contains("rshared")) {
                refuse(MountPropagation.notShared(mount.source()));
            } else if (mount.options().contains("rslave")) {
                refuse(MountPropagation.notSlave(mount.source()));
            }
        }
        try {
            Spec complete = complete(host, name, fitting);
            return Evidence.with(Planner.plan(host.isPrivileged() ? complete : rootless(complete, host), host));
        } catch (IOException e) {
            throw new InvalidBox("list the root directory: " + e.getMessage());
        } catch (InvalidSpec e) {
            throw new InvalidBox(e);
        }
    }

    private static Spec rootless(Spec spec, Host host) throws IOException {
        boolean whole = !spec.root().copyOnWrite();
        return Rootless.of(
                spec,
                host,
                whole ? List.of() : RootListing.of(Path.of(spec.root().path())));
    }

    private static void refuse(Optional<String> obstacle) {
        if (obstacle.isPresent()) {
            throw new InvalidBox(obstacle.get());
        }
    }

    /// With control groups of its own, and a filter for this machine.
    private Spec complete(Host host, String name, PolicyBox fitting) {
        Spec.Linux linux = fitting.fit(spec.linux(), host);
        return new Spec(
                spec.root(),
                spec.process(),
                spec.hostname(),
                spec.domainname(),
                spec.mounts(),
                linux.with(filtered ? seccomp(host) : null, name),
                spec.supervision(),
                new Spec.Container(name, spec.root().path(), Map.of()));
    }

    /// What a snapshot says of it.
    private String policy() {
        Seccomp known = resolved;
        return known == null ? "{}" : Jsonb.instance().type(Seccomp.class).toJson(known);
    }

    /// The same for every run: the machine doesn't change.
    private Seccomp seccomp(Host host) {
        Seccomp known = resolved;
        if (known == null) {
            String name = host.kernel().architecture();
            Architecture machine = Architecture.ofMachine(name)
                    .orElseThrow(() -> new InvalidBox("seccomp: no system call table for " + name));
            long capabilities = spec.process().capabilities().bounding();
            if (profile != null) {
                known = Profile.resolve(profile, capabilities, machine, host.kernel());
            } else {
                known = policy == null
                        ? DefaultProfile.nativeOnly(machine, capabilities)
                        : PolicyFilter.seccomp(policy, forensics != null);
            }
            resolved = known;
        }
        return known;
    }
}
