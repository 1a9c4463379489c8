package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import io.carafe.sandbox.spec.Spec;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A box whose system calls are answered by somebody else (`SCMP_ACT_NOTIFY`): the specification's config-linux.md,
/// "Seccomp" and "The Container Process State". Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(120)
class AgentIT {
    private static final long NAMESPACES = Namespace.MOUNT.flag() | Namespace.PID.flag();
    private static final Line CLONE = new Line(new Step.Clone(NAMESPACES, ""), "");
    private static final Line EXECUTE =
            new Line(new Step.Execute(List.of("/bin/true"), List.of("true"), List.of()), "");
    /// Every call of every architecture: `SECCOMP_RET_USER_NOTIF`.
    private static final List<Long> ALL = List.of(0x7fc0_0000_0000_0006L);

    @Parameter
    Program program;

    @TempDir
    Path directory;

    private Path socket;
    private Process agent;
    private BufferedReader said;

    @BeforeEach
    void choosePlace() {
        socket = directory.resolve("agent");
    }

    @AfterEach
    void endAgent() throws InterruptedException {
        if (agent != null) {
            agent.destroyForcibly().waitFor();
        }
    }

    @Test
    void theAgentGetsTheListenerAndIsToldWhose() throws Exception {
        start("pretend");
        for (boolean noNewPrivileges : List.of(true, false)) {
            Box box = box("mkdir /nowhere/at/all && echo made; sleep 1000");
            box.noNewPrivileges = noNewPrivileges;
            box.container = new Spec.Container("web-1", "/srv/web", Map.of("org.example.a", "é\n"));
            try (Running running = Running.start(program, box)) {
                running.awaitPrinted("made");
                long pid = running.box();

                assertThat(said.readLine()).isEqualTo("descriptors 1");
                assertThat(said.readLine())
                        .isEqualTo("state {\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":" + pid
                                + ",\"metadata\":\"for the agent\",\"state\":{\"ociVersion\":\"1.3.0\",\"id\":\"web-1\","
                                + "\"status\":\"creating\",\"pid\":" + pid + ",\"bundle\":\"/srv/web\","
                                + "\"annotations\":{\"org.example.a\":\"é\\n\"}}}");
                assertThat(said.readLine()).startsWith("call 83 ");
            }
            assertThat(said.readLine()).isEqualTo("over");
        }
    }

    @Test
    void whatTheAgentSaysIsWhatTheProgramGets() throws Exception {
        start("errno", "123"); // ENOMEDIUM
        try (Running running = Running.start(program, box("mkdir /tmp/directory || ls -d /tmp/directory"))) {
            assertThat(running.output()).contains("/tmp/directory': No medium found", "No such file");
        }
    }

    @Test
    void theProgramHasNothingOfIt() throws Exception {
        start("pretend");
        try (Running running = Running.start(program, box("ls -l /proc/self/fd; ls -d /proc/[0-9]*; exec 2>&1"))) {
            assertThat(running.output()).contains("/proc/1\n").doesNotContain("seccomp", "socket:", "/proc/3\n");
        }
    }

    /// runc takes no such profile, since it would wait for itself.
    @Test
    void aBoxAllOfWhoseCallsAreStoppedStarts() throws Exception {
        start("continue");
        try (Running running = Running.start(program, plan(List.of("{}"), EXECUTE))) {
            assertThat(running.status()).isZero();
        }
        var calls = new ArrayList<Integer>();
        for (String line = said.readLine(); !line.equals("over"); line = said.readLine()) {
            if (line.startsWith("call ")) {
                calls.add(Integer.valueOf(line.split(" ")[1]));
            }
        }
        assertThat(calls).startsWith(14, 59).endsWith(231); // rt_sigprocmask, execve, exit_group
    }

    @Test
    void theCallsOfTheHandoverCanBeStopped() throws Exception {
        start("continue");
        for (boolean noNewPrivileges : List.of(true, false)) {
            Box box = box("echo done");
            box.noNewPrivileges = noNewPrivileges;
            box.init = true;
            box.seccomp = profile(
                    List.of(),
                    "sendmsg",
                    "sendto",
                    "close",
                    "read",
                    "recvmsg",
                    "futex",
                    "nanosleep",
                    "capset",
                    "prctl",
                    "fork",
                    "clone",
                    "execve",
                    "exit",
                    "exit_group",
                    "rt_sigprocmask",
                    "munmap");
            try (Running running = Running.start(program, box)) {
                assertThat(running.output()).isEqualTo("done\n");
                assertThat(running.status()).isZero();
            }
        }
    }

    /// The box waits for the thread that hands over without leaving the processor to it.
    @Test
    void aRealTimeBoxOnOneProcessorStarts() throws Exception {
        start("pretend");
        Box box = box("mkdir /nowhere/at/all && echo made");
        box.scheduler = new Spec.Scheduler("SCHED_FIFO", 0, 50, List.of(), 0, 0, 0);
        try (Running running = Running.startBy(List.of("/usr/bin/taskset", "-c", "0"), program, box)) {
            assertThat(running.output()).isEqualTo("made\n");
        }
    }

    @Test
    void everyFlagIsTaken() throws Exception {
        start("pretend");
        Box box = box("mkdir /nowhere/at/all && echo made");
        box.seccomp = profile(
                List.of(
                        "SECCOMP_FILTER_FLAG_TSYNC",
                        "SECCOMP_FILTER_FLAG_LOG",
                        "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
                "mkdir");
        try (Running running = Running.start(program, box)) {
            assertThat(running.output()).isEqualTo("made\n");
        }
    }

    /// seccomp_unotify(2): whatever nobody can answer any more fails with ENOSYS.
    @Test
    void anAgentThatEndsLeavesNobodyWaiting() throws Exception {
        start("quit");
        Box box = box("while sleep 0.01; do mkdir /tmp/a || exit 3; ls -d /tmp/a || exit 4; done");
        try (Running running = Running.start(program, box)) {
            assertThat(running.output()).contains("Function not implemented");
            assertThat(running.status()).isEqualTo(3 << 8);
        }
    }

    @Test
    void norDoesItIfItNeverAnswersTheBoxItself() throws Exception {
        start("quit");
        try (Running running = Running.start(program, plan(List.of("{}"), EXECUTE))) {
            Report report = running.await();

            // execve(2) can't be called, nor write(2) to tell, nor exit_group(2)
            assertThat(report.outcome()).isEqualTo(Outcome.ENDED);
            assertThat(report.status() & 0x7f).as("a trap").isIn(4, 5);
        }
    }

    @Test
    void whereNobodyListensNothingStarts() throws Exception {
        Box box = box("echo started");
        Plan plan = Planner.plan(box.spec(), Running.HOST);
        try (Running running = Running.start(program, plan)) {
            Report report = running.await();

            assertThat(Words.failure(plan, report))
                    .matches("step \\d+, connect to socket " + socket
                            + " as agent: ENOENT \\(no such file or directory\\):"
                            + " failed to connect with seccomp agent: nobody listens at linux.seccomp.listenerPath");
            assertThat(running.output()).isEmpty();
            assertThat(Guest.groups(box)).isEmpty();
        }
    }

    /// The failure is told by the thread that the filter isn't for: the box itself could not.
    @Test
    void anAgentThatHangsUpIsTold() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Plan plan = plan(List.of("a".repeat(4 << 20)), EXECUTE);
            try (Running running = Running.start(program, plan)) {
                server.accept().close();
                Report report = running.await();

                assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
                assertThat(report.step()).isZero();
                assertThat(report.error()).isIn(Errno.EPIPE, Errno.ECONNRESET);
                assertThat(Words.failure(plan, report)).endsWith("the seccomp agent has closed the connection");
            }
        }
    }

    /// The kernel looks at a path again when the agent has looked at it: who answers by what it read there opens the
    /// file itself.
    @Test
    void row46APathThatIsExchangedMeanwhileOpensNothingElse() throws Exception {
        Guest guest = Guest.in(directory).with("flip");
        Files.writeString(guest.root.resolve("work/public"), "public");
        Files.writeString(guest.root.resolve("work/secret"), "secret");
        start("open", "/work/public", guest.root.resolve("work/public").toString());
        Box box = guest.box("/bin/flip", "2000", "/work/public", "/work/secret");
        box.seccomp = profile(List.of(), "openat2");
        try (Running running = Running.start(program, box)) {
            String output = running.output();

            assertThat(output)
                    .containsPattern("had [1-9]")
                    .contains("read public")
                    .doesNotContain("secret");
            assertThat(Set.copyOf(
                            output.lines().filter(it -> !it.startsWith("had")).toList()))
                    .containsExactly("read public");
        }
    }

    private void start(String... mode) throws Exception {
        var command = new ArrayList<>(List.of(Guest.compiled("agent").toString(), socket.toString()));
        command.addAll(List.of(mode));
        agent = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        said = agent.inputReader();
        assertThat(said.readLine()).isEqualTo("listening");
    }

    private Box box(String script) throws IOException {
        Guest guest = Files.exists(directory.resolve("root")) ? null : Guest.in(directory);
        if (guest != null) {
            Files.createSymbolicLink(guest.root.resolve("bin/mkdir"), Path.of("busybox"));
        }
        var box = new Box("/bin/sh", "-c", script);
        box.root = directory.resolve("root").toString();
        box.init = false;
        box.seccomp = profile(List.of(), "mkdir");
        return box;
    }

    private Seccomp profile(List<String> flags, String... notified) {
        return new Seccomp(
                Action.SCMP_ACT_ALLOW,
                null,
                List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"),
                flags,
                socket.toString(),
                "for the agent",
                List.of(Syscalls.of(Action.SCMP_ACT_NOTIFY, List.of(notified))));
    }

    private Plan plan(List<String> state, Line execute) {
        return new Plan(
                List.of(new Line(new Step.Connect(Slot.AGENT, socket.toString()), ""), CLONE),
                List.of(new Line(new Step.LoadNotifyingSeccomp(Slot.AGENT, state, 0, ALL), ""), execute),
                List.of(),
                0);
    }
}
