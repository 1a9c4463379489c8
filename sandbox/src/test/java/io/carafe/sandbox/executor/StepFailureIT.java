package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Confidential;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.Compiler;
import io.carafe.sandbox.seccomp.Program;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every step fails once, and every place in a plan. Needs root.
@ParameterizedClass
@EnumSource(io.carafe.sandbox.executor.Program.class)
@Timeout(120)
class StepFailureIT {
    private static final int REFUSED = 117; // EUCLEAN: nothing else returns it here
    private static final long NAMESPACES = Stream.of(
                    Namespace.MOUNT, Namespace.PID, Namespace.UTS, Namespace.NETWORK, Namespace.IPC)
            .mapToLong(Namespace::flag)
            .sum();
    private static final Line CLONE = line(new Step.Clone(NAMESPACES, ""));
    private static final Line EXECUTE = line(new Step.Execute(List.of("/bin/true"), List.of("true"), List.of()));

    @Parameter
    io.carafe.sandbox.executor.Program program;

    @TempDir
    Path directory;

    /// What goes before the step, the step, and the error that it comes to.
    private record Failure(List<Step> before, Step step, int error) {}

    private static final Step TMPFS = new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of(), 0);
    private static final Step TAKEN = new Step.MakeDirectoryIn(Slot.BASE, "taken", 0755);
    private static final Step LOOP = new Step.MakeSymlink(Slot.BASE, "loop", "loop");
    private static final Step RULESET = new Step.NewRuleset(Slot.RULESET, 1, 0, 0);
    private static final Step NULL = new Step.OpenDevice(Slot.NULL, "/dev/null", 1, 3);

    private static final Map<Class<? extends Step>, Failure> INSIDE = Map.ofEntries(
            failure(new Step.WriteFile("/nowhere/file", "a"), Errno.ENOENT),
            failure(new Step.WriteIn(Slot.BASE, "loop/a", "1"), Errno.ELOOP, TMPFS, LOOP),
            failure(new Step.RegisterFormat(Slot.BASE, ":a:M::a::/bin/true:"), Errno.ENOENT, TMPFS),
            failure(new Step.MakeNode(Slot.BASE, "/taken", 0020666, 1, 3, 0, 0), Errno.EEXIST, TMPFS, TAKEN),
            failure(new Step.SetPersonality(8), REFUSED, refusing("personality")),
            failure(new Step.SetScheduler(4, 0, 0, 0, 0, 0, 0), Errno.EINVAL),
            failure(new Step.SetIoPriority(5, 0), Errno.EINVAL),
            failure(new Step.SetMemoryPolicy(99, List.of()), Errno.EINVAL),
            failure(new Step.SetAffinity(List.of(0L)), Errno.EINVAL),
            failure(new Step.SetLabel(Slot.NULL, "a"), Errno.ENOTDIR, NULL),
            failure(new Step.NewRuleset(Slot.RULESET, 0, 0, 0), Errno.ENOMSG),
            failure(new Step.AllowBeneath(Slot.RULESET, Slot.BASE, "nowhere", 1), Errno.ENOENT, TMPFS, RULESET),
            failure(new Step.RestrictSelf(Slot.NULL), Errno.EBADF, NULL),
            failure(new Step.Unshare(1), Errno.EINVAL),
            failure(new Step.SetPropagation(3), Errno.EINVAL),
            failure(new Step.NewFilesystem(Slot.BASE, "nonsensefs", List.of(), 0), Errno.ENODEV),
            failure(new Step.CloneTree(Slot.MOUNT, Slot.HOST, "/nowhere", false), Errno.ENOENT),
            failure(new Step.OpenDevice(Slot.NULL, "/dev/zero", 1, 3), Errno.ENODEV),
            failure(new Step.OpenDirectory(Slot.ROOT, Slot.BASE, "nowhere"), Errno.ENOENT, TMPFS),
            failure(new Step.ReportUpper(Slot.BASE, "nowhere"), Errno.ENOENT, TMPFS),
            failure(new Step.SetMountAttributes(Slot.BASE, 1L << 40, 0, 0, false), Errno.EINVAL, TMPFS),
            failure(new Step.AttachMount(Slot.BASE, Slot.HOST, "/nowhere", false), Errno.ENOENT, TMPFS),
            failure(new Step.EnterDirectory(Slot.NULL), Errno.ENOTDIR, NULL),
            failure(new Step.MakeDirectoryIn(Slot.BASE, "taken", 0755), Errno.EEXIST, TMPFS, TAKEN),
            failure(new Step.MakeDevice(Slot.BASE, "taken", 0666, 1, 3), Errno.EEXIST, TMPFS, TAKEN),
            failure(new Step.MapIds(Slot.BASE, Slot.NULL, false), Errno.EBADF, TMPFS, NULL),
            failure(new Step.BindDevice(Slot.BASE, "null", "/dev/zero", 0020000, 1, 3), Errno.ENODEV, TMPFS),
            failure(new Step.MakeSymlink(Slot.BASE, "taken", "a"), Errno.EEXIST, TMPFS, TAKEN),
            failure(new Step.MakeMountPoint(Slot.BASE, "loop/a", Slot.HOST), Errno.ELOOP, TMPFS, LOOP),
            failure(new Step.Mask(Slot.BASE, "loop"), Errno.ELOOP, TMPFS, LOOP),
            failure(new Step.MakeReadOnly(Slot.BASE, "loop"), Errno.ELOOP, TMPFS, LOOP),
            failure(new Step.PivotRoot(Slot.BASE), Errno.EINVAL, TMPFS),
            failure(new Step.UnmountTop(), Errno.EINVAL, new Step.ChangeDirectory("/etc")),
            failure(new Step.ChangeDirectory("/nowhere"), Errno.ENOENT),
            failure(new Step.MakeFile(Slot.BASE, "taken", 0644, "text"), Errno.EEXIST, TMPFS, TAKEN),
            failure(new Step.CopyDirectory(Slot.HOST, "/nowhere", Slot.BASE, true), Errno.ENOENT, TMPFS),
            failure(new Step.CloneBelow(Slot.MOUNT, "/etc", "../nowhere", true), Errno.ENOENT),
            failure(new Step.GiveTree(Slot.BASE, -1, 0), REFUSED, TMPFS, refusing("fchownat", "chown", "lchown")),
            failure(
                    new Step.MakeSecret(Slot.BASE, "taken", 0400, 0, 0, new Confidential(new byte[1])),
                    Errno.EEXIST,
                    TMPFS,
                    TAKEN),
            failure(new Step.MoveRoot(Slot.NULL), Errno.EINVAL, NULL),
            failure(new Step.SetHostName("a".repeat(65)), Errno.EINVAL),
            failure(new Step.SetDomainName("a".repeat(65)), Errno.EINVAL),
            failure(new Step.RaiseLoopback(), Errno.EPERM, new Step.SetCapabilities(0, 0, 0)),
            failure( // RTM_DELLINK of interface 99, with NLM_F_REQUEST | NLM_F_ACK
                    new Step.SendNetlink(0, List.of(32, 0x50011, 0, 0, 0, 99, 0, 0), "remove interface 99"),
                    Errno.ENODEV),
            failure(new Step.OpenConsole(Slot.BASE, 0, 0, 0, false), Errno.ENODEV, TMPFS),
            failure(new Step.SendDescriptor(Slot.NULL, Slot.NULL, List.of("text")), Errno.EBADF, NULL),
            failure(new Step.ReadInputFrom(Slot.HOST, "/nowhere"), Errno.ENOENT),
            failure(new Step.NewSession(false), Errno.EPERM, new Step.NewSession(false)),
            failure(new Step.NewKeyring(), REFUSED, refusing("keyctl")),
            failure(new Step.SetLimit(99, 1, 1), Errno.EINVAL),
            failure(new Step.LimitBoundingSet(0), Errno.EPERM, new Step.SetCapabilities(0, 0, 0)),
            failure(new Step.SetUser(1, 1, List.of(1)), Errno.EPERM, new Step.SetCapabilities(0, 0, 0)),
            failure(new Step.SetCapabilities(1, 0, 0), Errno.EPERM),
            failure(new Step.RaiseAmbient(1), Errno.EPERM, new Step.SetCapabilities(1, 1, 0)),
            failure(new Step.NoNewPrivileges(), REFUSED, refusing("prctl")),
            failure(new Step.LoadSeccomp(0, List.of(0L)), Errno.EINVAL),
            failure(
                    new Step.LoadNotifyingSeccomp(Slot.NULL, List.of("a"), 0, List.of(0x7fff000000000006L)),
                    Errno.EBADF,
                    NULL),
            failure(
                    new Step.JoinProcess(Slot.ROOT, 0x04000000L),
                    Errno.EBADF,
                    new Step.CloneTree(Slot.ROOT, Slot.HOST, "/etc", false)),
            failure(new Step.FindProgram("sh", List.of("/nowhere")), Errno.ENOENT),
            failure(new Step.PreserveDescriptors(1000), Errno.EBADF),
            failure(new Step.OpenSelf(Slot.PROCESS), REFUSED, refusing("pidfd_open")),
            failure(new Step.Detach(), REFUSED, refusing("prctl")),
            failure(new Step.BecomeInit(), REFUSED, refusing("clone", "fork")),
            failure(new Step.Execute(List.of("/nowhere"), List.of("a"), List.of()), Errno.ENOENT));

    private static final Map<Class<? extends Step>, Failure> OUTSIDE = Map.ofEntries(
            failure(new Step.MakeDirectory("/nowhere/directory", 0755), Errno.ENOENT),
            failure(new Step.WriteFile("/nowhere/file", "a"), Errno.ENOENT),
            failure(new Step.LockDirectory("/nowhere"), Errno.ENOENT),
            failure(new Step.MakeGroup("/nowhere/group"), Errno.ENOENT),
            failure(new Step.GiveGroup("/nowhere", 0, List.of()), Errno.ENOENT),
            failure(new Step.FreezeGroup("/nowhere", true, true, 1), Errno.ENOENT),
            failure(new Step.SignalGroup("/nowhere", 15), Errno.ENOENT),
            failure(new Step.CallBus("/nowhere", List.of(), 0, 0, 1, false, false, 1000, "start a unit"), Errno.ENOENT),
            failure(new Step.LoadDeviceProgram("/nowhere", List.of(0x95L)), Errno.ENOENT),
            failure(new Step.KeepFile("/nowhere/file", 0600, ""), Errno.ENOENT),
            failure(new Step.KeepProcess("/nowhere/pid", "/nowhere/draft", true), Errno.ENOENT),
            failure(new Step.TakeMount(Slot.carried(0), 0), Errno.EBADF),
            failure(new Step.CheckPrivileges(0, 0, 0, 0, 0, true, true), Errno.EPROTO),
            failure(new Step.MakeFifo(Slot.START, "/nowhere/start"), Errno.ENOENT),
            failure(new Step.OpenProcess(Slot.PROCESS, 1, 1), Errno.ESRCH),
            failure(new Step.SignalProcess(1, 1, 15, false), Errno.ESRCH),
            failure(new Step.Start("/nowhere/start", "/nowhere/answer", List.of()), Errno.ENOENT),
            failure(new Step.Clone(NAMESPACES, "/nowhere"), Errno.ENOENT),
            failure(new Step.Unshare(1), Errno.EINVAL),
            failure(new Step.JoinNamespace(0x40000000, "/proc/self/ns/uts"), Errno.EINVAL),
            failure(new Step.Connect(Slot.CONSOLE, "/nowhere"), Errno.ENOENT),
            failure(monitor(), Errno.ENOENT),
            failure(
                    new Step.JoinShared(
                            "/nowhere", "/nowhere/shared", List.of("name"), "", 0, List.of(), "do something"),
                    Errno.ENOENT),
            failure(
                    new Step.SendNetlinkIn(Slot.IDS, 0, List.of(32, 0x50011, 0, 0, 0, 99, 0, 0), "do something"),
                    Errno.EINVAL,
                    new Step.NewIdMap(Slot.IDS, "0 1 1\n", "0 1 1\n")), // users, no network
            failure(new Step.RemoveTree("/proc/version"), Errno.ENOTDIR),
            failure(new Step.AppendLine("/nowhere/file", List.of("")), Errno.ENOENT),
            failure(new Step.OpenNamespace(Slot.IDS, 0x10000000, "/proc/self/ns/uts"), Errno.EINVAL),
            failure(new Step.NewIdMap(Slot.IDS, "0 1 0\n", "0 1 1\n"), Errno.EINVAL),
            failure(new Step.MoveInterface(Integer.MAX_VALUE, "a", 99), Errno.ENODEV),
            failure(new Step.WriteIdMap(false, "0 1 1\n"), Errno.EPERM), // it has the host's, which are for ever
            failure(new Step.DenySetgroups(), Errno.EPERM), // likewise
            failure(hook("/bin/false"), Errno.ECANCELED),
            failure(program("/bin/false", "false", ""), Errno.ECANCELED));

    private static final Map<Class<? extends Step>, Failure> UNDO = Map.ofEntries(
            failure(new Step.Collect("/proc"), Errno.EISDIR),
            failure(new Step.KillGroup("/etc", false, 1), Errno.ENOENT),
            failure(new Step.RemoveFile("/proc"), Errno.EISDIR),
            failure(new Step.RemoveGroup("/proc", 1, false), Errno.ENODEV), // busy, but no group
            failure(new Step.Unmount("/etc/passwd", false), Errno.EINVAL),
            failure(
                    new Step.LeaveShared("/", "/proc", List.of("version"), "", "", "", 0, 0, List.of(), "do something"),
                    Errno.EPERM),
            failure(new Step.UndoKept("/proc/version"), Errno.EPERM), // empty, as it looks
            failure(new Step.RemoveDirectory("/proc", 1), Errno.EBUSY));

    /// umask(2) can't fail. Guarding the streams fails for a directory, which the Java program's pipes never
    /// are: the engine's end-to-end tests have that.
    ///
    /// What waits for somebody has its tests in the life cycle's; to wait for a process's end fails only
    /// after some time. What serves files fails as whoever sends them asks it to: the engine's layers have
    /// that.
    private static final List<Class<? extends Step>> NOT_HERE = List.of(
            Step.SetUmask.class,
            Step.GuardStreams.class,
            Step.OwnStreams.class,
            Step.Meet.class,
            Step.AwaitStart.class,
            Step.AwaitRest.class, // AwaitRestIT
            Step.LoadReportingSeccomp.class, // ForensicIT
            Step.AwaitProcess.class,
            Step.Attach.class, // MonitorIT
            Step.WatchMemory.class, // likewise
            Step.ServeFiles.class);

    private static Step monitor() {
        return new Step.Monitor(
                "/nowhere/socket",
                "",
                0,
                1,
                "/nowhere/report",
                Step.Monitor.Input.NONE,
                0,
                false,
                "",
                0,
                List.of(),
                List.of(),
                List.of());
    }

    private static Step hook(String path) {
        return new Step.RunHook(path, "", "{", "}", List.of("hook"), List.of(), 0, false, -1);
    }

    private static Map.Entry<Class<? extends Step>, Failure> failure(Step step, int error, Step... before) {
        return Map.entry(step.getClass(), new Failure(List.of(before), step, error));
    }

    private static Step program(String path, String... arguments) {
        return new Step.RunProgram(path, List.of(arguments), arguments.length - 1, false, 10_000);
    }

    /// What a program of the host comes to.
    static Stream<Arguments> programs() {
        return Stream.of(
                arguments(program("/nowhere", "nowhere", ""), Errno.ENOENT, ""),
                arguments(program("/bin/sh", "sh", "-c", "echo too bad >&2; exit 1", ""), Errno.ECANCELED, "too bad\n"),
                arguments(
                        program("/bin/sh", "sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1", ""),
                        Errno.ECANCELED,
                        "x".repeat(256)),
                arguments(
                        new Step.RunProgram("/bin/sleep", List.of("sleep", "1000000"), 0, false, 10_000),
                        Errno.EINVAL, // no place for the process id
                        ""),
                arguments(
                        new Step.RunProgram("/bin/sh", List.of("sh", "-c", "exec sleep 1000", ""), 3, false, 50),
                        Errno.ETIMEDOUT,
                        ""),
                arguments(
                        new Step.RunProgram("/bin/sh", List.of("sh", "-c", "echo no >&2", ""), 3, true, 10_000),
                        Errno.ECANCELED, // it was to stay
                        "no\n"));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void aProgramThatFailsIsToldInItsOwnWords(Step run, int error, String words) throws Exception {
        var plan = new Plan(List.of(CLONE, line(run)), List.of(EXECUTE), List.of(), 0);
        try (Running running = Running.start(program, plan)) {
            Report report = running.await();

            assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(report.error()).isEqualTo(error);
            assertThat(report.kernel()).isEqualTo(words);
        }
    }

    @Test
    void aProgramRunsOnTheBoxAndEndsWithIt() throws Exception {
        Path seen = directory.resolve("seen");
        String script = "readlink /proc/$1/ns/mnt > " + seen + "; echo $$ >> " + seen + "; echo; exec sleep 1000";
        Step stays = new Step.RunProgram("/bin/sh", List.of("sh", "-c", script, "sh", ""), 4, true, 10_000);
        var plan = new Plan(List.of(CLONE, line(stays)), List.of(EXECUTE), List.of(), 0);
        try (Running running = Running.start(program, plan)) {
            assertThat(running.await().outcome()).isEqualTo(Outcome.ENDED);
        }
        List<String> lines = Files.readAllLines(seen);
        assertThat(lines.getFirst())
                .isNotEqualTo(
                        Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")).toString());
        assertThat(Path.of("/proc", lines.get(1))).doesNotExist();
    }

    private static Step refusing(String... calls) {
        var rule = new Seccomp.Syscalls(List.of(calls), Action.SCMP_ACT_ERRNO, REFUSED, List.of());
        var profile = new Seccomp(
                Action.SCMP_ACT_ALLOW, null, List.of("SCMP_ARCH_X86_64"), List.of(), null, null, List.of(rule));
        Program filter = Compiler.compile(profile, Architecture.X86_64);
        return new Step.LoadSeccomp(filter.flags(), filter.words());
    }

    @Test
    void everyKindOfStepIsHere() {
        var here = Stream.of(INSIDE, OUTSIDE, UNDO)
                .flatMap(it -> it.keySet().stream())
                .distinct();

        assertThat(Stream.<Class<?>>concat(here, NOT_HERE.stream()))
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(Step.class.getPermittedSubclasses()));
    }

    static Stream<Class<? extends Step>> inside() {
        return INSIDE.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("inside")
    void aStepThatFailsInsideIsTold(Class<? extends Step> kind) throws Exception {
        Failure failure = INSIDE.get(kind);
        var lines = new ArrayList<>(
                failure.before().stream().map(StepFailureIT::line).toList());
        lines.add(line(failure.step()));
        if (!(failure.step() instanceof Step.Execute)) {
            lines.add(EXECUTE);
        }
        Plan plan = new Plan(List.of(CLONE), lines, List.of(), 0);

        expectFailure(plan, Part.INSIDE, failure.before().size(), failure.error());
    }

    static Stream<Class<? extends Step>> outside() {
        return OUTSIDE.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("outside")
    void aStepThatFailsOutsideIsTold(Class<? extends Step> kind) throws Exception {
        Failure failure = OUTSIDE.get(kind);
        var lines = switch (failure.step()) {
            case Step.Clone clone -> List.of(line(clone));
            case Step.WriteIdMap map -> List.of(CLONE, line(map));
            case Step.KeepProcess keep -> List.of(CLONE, line(keep));
            case Step.CheckPrivileges check -> List.of(CLONE, line(check));
            case Step.DenySetgroups deny -> List.of(CLONE, line(deny));
            case Step.RunProgram run -> List.of(CLONE, line(run));
            case Step.MoveInterface move -> List.of(CLONE, line(move));
            case Step.SendNetlinkIn send -> List.of(line(failure.before().getFirst()), line(send), CLONE);
            default -> List.of(line(failure.step()), CLONE);
        };
        int at = lines.indexOf(line(failure.step()));

        expectFailure(new Plan(lines, List.of(EXECUTE), List.of(), 0), Part.OUTSIDE, at, failure.error());
    }

    static Stream<Class<? extends Step>> undo() {
        return UNDO.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("undo")
    void aStepThatFailsAfterwardsIsToldAndTheOthersAreDone(Class<? extends Step> kind) throws Exception {
        Path made = directory.resolve("made");
        Failure failure = UNDO.get(kind);
        var plan = new Plan(
                List.of(line(new Step.MakeDirectory(made.toString(), 0755)), CLONE),
                List.of(EXECUTE),
                List.of(new Undo(0, failure.step(), ""), new Undo(0, new Step.RemoveDirectory(made.toString(), 1), "")),
                0);

        try (Running running = Running.start(program, plan)) {
            Report report = running.await();

            assertThat(report.outcome()).isEqualTo(Outcome.ENDED);
            assertThat(report.undoStep()).isZero();
            assertThat(report.undoError()).isEqualTo(failure.error());
            assertThat(made).doesNotExist();
        }
    }

    /// What the process that goes there for the executor can't do is told as the executor's failure.
    @Test
    void aBoxThatCannotBeBornInAUserNamespaceIsTold() throws Exception {
        Line ids = line(new Step.NewIdMap(Slot.IDS, "0 1 1\n", "0 1 1\n"));
        Line join = line(new Step.JoinNamespace(0x20000000, "/proc/self/ns/pid", Slot.IDS, false, false));
        Line nowhere = line(new Step.Clone(NAMESPACES, "/nowhere", Slot.IDS));
        Line odd = line(new Step.Clone(0x10000, "", Slot.IDS)); // CLONE_THREAD alone

        expectFailure(
                new Plan(List.of(ids, join, CLONE), List.of(EXECUTE), List.of(), 0), Part.OUTSIDE, 1, Errno.EPERM);
        expectFailure(new Plan(List.of(ids, nowhere), List.of(EXECUTE), List.of(), 0), Part.OUTSIDE, 1, Errno.ENOENT);
        expectFailure(new Plan(List.of(ids, odd), List.of(EXECUTE), List.of(), 0), Part.OUTSIDE, 1, Errno.EINVAL);
        expectFailure(
                new Plan(
                        List.of(line(new Step.OpenNamespace(Slot.IDS, 0x10000000, "/proc/self/ns/user")), CLONE),
                        List.of(EXECUTE),
                        List.of(),
                        0),
                Part.OUTSIDE,
                0,
                Errno.EALREADY);
    }

    @Test
    void aFailureAtAnyPlaceInsideLeavesNothing() throws Exception {
        Box box = limited();
        Plan plan = Planner.plan(box.spec(), Running.HOST);
        // while the box is still on the host's root, /proc/self is; later any path that isn't there will do
        Line fails = line(new Step.ChangeDirectory("/nowhere/at/all"));
        for (int i = 0; i < plan.inside().size(); i++) {
            var inside = new ArrayList<>(plan.inside());
            inside.add(i, fails);
            Plan failing = new Plan(plan.outside(), inside, plan.undo(), 0);
            expectFailure(failing, Part.INSIDE, i, Errno.ENOENT);

            assertThat(Guest.groups(box)).as("step %d", i).isEmpty();
            assertThat(Guest.mounts(directory)).as("step %d", i).isEmpty();
        }
    }

    @Test
    void aFailureAtAnyPlaceOutsideLeavesNothing() throws Exception {
        Box box = limited();
        Plan plan = Planner.plan(box.spec(), Running.HOST);
        Line fails = line(new Step.WriteFile("/nowhere/file", ""));
        for (int i = 0; i <= plan.outside().size(); i++) {
            var outside = new ArrayList<>(plan.outside());
            outside.add(i, fails);
            int at = i;
            List<Undo> undo = plan.undo().stream()
                    .map(it -> new Undo(it.after() + (it.after() >= at ? 1 : 0), it.step(), ""))
                    .toList();

            expectFailure(new Plan(outside, plan.inside(), undo, 0), Part.OUTSIDE, i, Errno.ENOENT);

            assertThat(Guest.groups(box)).as("step %d", i).isEmpty();
            assertThat(Guest.mounts(directory)).as("step %d", i).isEmpty();
        }
    }

    @Test
    void aGroupThatWasThereBeforeStaysThere() throws Exception {
        Box box = limited();
        Plan plan = Planner.plan(box.spec(), Running.HOST);
        int at = 0; // v2 may have to enable controllers first
        while (!(plan.outside().get(at).step() instanceof Step.MakeDirectory)) {
            at++;
        }
        Path other = Path.of(((Step.MakeDirectory) plan.outside().get(at).step()).path());
        Files.createDirectory(other);
        try {
            expectFailure(plan, Part.OUTSIDE, at, Errno.EEXIST);

            assertThat(Guest.groups(box)).containsExactly(other);
        } finally {
            Files.delete(other);
        }
    }

    @Test
    void whatTheKernelSaysOfAFailedMountIsTold() throws Exception {
        Step odd = new Step.NewFilesystem(Slot.BASE, "tmpfs", List.of("size=nonsense"), 0);
        var plan = new Plan(List.of(CLONE), List.of(line(odd), EXECUTE), List.of(), 0);
        try (Running running = Running.start(program, plan)) {
            assertThat(running.await().kernel()).isEqualTo("e tmpfs: Bad value for 'size'\n");
        }
    }

    static List<List<Integer>> brokenRequests() {
        return List.of(
                List.of(), // nothing
                List.of(16), // less than a header
                List.of(32, 0x50011, 0, 0, 0, 1), // longer than it is
                List.of(12, 0x50011, 0, 0), // shorter than a header
                List.of(32, 0x10011, 0, 0, 0, 1, 0, 0)); // no answer asked for
    }

    @ParameterizedTest
    @MethodSource("brokenRequests")
    void aNetlinkRequestThatIsNotWholeIsNotSent(List<Integer> request) throws Exception {
        var step = new Step.SendNetlink(0, request, "do something");
        var plan = new Plan(List.of(CLONE), List.of(line(step), EXECUTE), List.of(), 0);
        expectFailure(plan, Part.INSIDE, 0, Errno.EINVAL);
    }

    static List<Consumer<ByteBuffer>> damages() {
        int firstInside = 32 + 2 * 48;
        return List.of(
                plan -> plan.putInt(0, 0),
                plan -> plan.putInt(4, plan.getInt(4) - 8),
                plan -> plan.putInt(20, 4), // a flag that nobody knows
                plan -> plan.putInt(12, 0),
                plan -> plan.putInt(12, 5000),
                plan -> plan.putShort(firstInside, (short) 0),
                plan -> plan.putShort(firstInside, (short) 200),
                plan -> plan.putShort(firstInside, (short) 39), // an undo step in another part
                plan -> plan.put(firstInside + 2, (byte) 3), // a slot where none belongs
                plan -> plan.putInt(firstInside + 4, plan.capacity()),
                plan -> plan.putInt(firstInside + 4, 32),
                plan -> plan.put(plan.capacity() - 1, (byte) 1));
    }

    private static Plan refused(String made) {
        return new Plan(
                List.of(line(new Step.MakeDirectory(made, 0755)), CLONE),
                List.of(EXECUTE),
                List.of(new Undo(0, new Step.RemoveDirectory(made, 1), "")),
                0);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aRefusedPlanDoesNothing(Consumer<ByteBuffer> damage) throws Exception {
        Path made = directory.resolve("made");
        Plan whole = refused(made.toString());
        byte[] plan = Wire.encode(new Plan(whole.outside(), whole.inside(), List.of(), 0)); // what is made would stay
        damage.accept(ByteBuffer.wrap(plan).order(ByteOrder.LITTLE_ENDIAN));

        try (Running running = Running.start(program, plan)) {
            assertThat(running.await().outcome()).isEqualTo(Outcome.REFUSED);
        }
        assertThat(made).doesNotExist();
    }

    private Box limited() throws IOException {
        Box box = Guest.in(directory).box("/bin/busybox", "true");
        box.limit(64L << 20, null, 50_000L, null, 100L);
        return box;
    }

    private void expectFailure(Plan plan, Part part, int step, int error) throws IOException, InterruptedException {
        try (Running running = Running.start(program, plan)) {
            Report report = running.await();

            assertThat(report.outcome())
                    .as("%s, having printed %s", report, running.printed())
                    .isEqualTo(Outcome.FAILED);
            assertThat(List.of(report.part(), report.step(), report.error())).containsExactly(part, step, error);
            assertThat(report.undoStep()).isEqualTo(-1);
        }
    }

    private static Line line(Step step) {
        return new Line(step, "");
    }
}
