package io.carafe.sandbox;

import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.forensic.Forensics;
import io.carafe.sandbox.forensic.Watcher;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.host.MountPropagation;
import io.carafe.sandbox.host.RootListing;
import io.carafe.sandbox.judge.Job;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// A description of a box and of the program in it. Immutable, and good for any number of runs, also at
/// the same time.
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
    private static final HostProbe HOST = new HostProbe(System.getenv());

    private final Spec spec;
    private final boolean filtered;
    private final @Nullable SeccompProfile profile;
    private final @Nullable Policy policy;
    private final boolean inherit;
    private final boolean merge;
    private final int outputLimit;
    private final List<Workspace> workspaces;
    private final @Nullable Forensics forensics;
    private volatile @Nullable Seccomp resolved;

    /// @param spec     without a seccomp filter
    /// @param filtered whether it is to have one
    /// @param profile  which, null for the policy's
    /// @param policy   null for the default
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
            @Nullable Forensics forensics) {
        this.spec = spec;
        this.filtered = filtered;
        this.profile = profile;
        this.policy = policy;
        this.inherit = inherit;
        this.merge = merge;
        this.outputLimit = outputLimit;
        this.workspaces = List.copyOf(workspaces);
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

    /// Starts the program, with pipes as its standard streams unless it inherits those of this JVM.
    /// Returns as soon as its box is being made: what goes wrong from there on, [RunningBox#await]
    /// tells.
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
        PolicyBox fitting = PolicyBox.of(policy, spec, host);
        String name = "carafe-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        var open = new ArrayList<Fd>(); // the JVM's ends, to be closed if the start fails
        var given = new ArrayList<Fd>(); // the box's ends, to be closed here in any case
        try {
            Plan plan = plan(host, name, fitting);
            Forbidden forbidden = Forbidden.of(forensics, name, plan, this::policy);
            if (inherit) {
                Execution execution = fitting.hold(start(plan, host, Fd.STDIN, Fd.STDOUT, Fd.STDERR, forbidden));
                return new RunningBox(
                        plan,
                        execution,
                        forbidden,
                        OutputStream.nullOutputStream(),
                        InputStream.nullInputStream(),
                        InputStream.nullInputStream());
            }
            OutputStream stdin = OutputStream.nullOutputStream();
            Fd input;
            if (streams.from() != null) {
                input = streams.from().read();
            } else if (streams.content() != null) {
                input = streams.content().sealed();
                given.add(input);
            } else {
                Unistd.Pipe in = pipe();
                given.add(in.read());
                open.add(in.write());
                input = in.read();
                stdin = new PipeOutput(in.write());
            }
            InputStream stdout = InputStream.nullInputStream();
            Fd output;
            if (streams.to() != null) {
                output = streams.to().write();
            } else {
                Unistd.Pipe out = pipe();
                given.add(out.write());
                open.add(out.read());
                output = out.write();
                stdout = new PipeInput(out.read());
            }
            InputStream stderr = InputStream.nullInputStream();
            Fd error = output;
            if (!merge) {
                Unistd.Pipe err = pipe();
                given.add(err.write());
                open.add(err.read());
                stderr = new PipeInput(err.read());
                error = err.write();
            }
            Execution execution = fitting.hold(start(plan, host, input, output, error, forbidden));
            open.clear();
            return new RunningBox(plan, execution, forbidden, stdin, stdout, stderr);
        } catch (IOException e) {
            throw new UncheckedIOException("start the executor", e);
        } finally {
            fitting.giveBack();
            given.forEach(Fd::close);
            open.forEach(Fd::close);
        }
    }

    private Execution start(Plan plan, Host host, Fd in, Fd out, Fd err, @Nullable Forbidden forbidden)
            throws IOException {
        List<Fd> given = workspaces.stream().map(Workspace::root).toList();
        Watcher watcher = forbidden == null ? null : forbidden.watcher();
        return Executor.start(plan, host.kernel(), in, out, err, given, watcher);
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
            var out = new Collector("carafe-stdout", box.stdout(), outputLimit);
            var err = new Collector("carafe-stderr", box.stderr(), outputLimit);
            box.collects(List.of(out, err));
            feed(box.stdin(), input);
            Result result = box.await();
            return result.with(out.output(), err.output());
        }
    }

    /// On a thread of its own unless it fits into the pipe: the program may write before it reads.
    private static void feed(OutputStream stdin, byte[] input) {
        Runnable write = () -> {
            try (stdin) {
                stdin.write(input);
            } catch (IOException e) {
                // it has ended without reading all of it
            }
        };
        if (input.length <= 4096) {
            write.run();
        } else {
            Thread.ofPlatform().daemon().name("carafe-stdin").start(write);
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

    private static Unistd.Pipe pipe() throws IOException {
        Unistd.Pipe pipe = Unistd.pipe();
        return new Unistd.Pipe(Fcntl.above(pipe.read(), Executor.LEAST), Fcntl.above(pipe.write(), Executor.LEAST));
    }
}
