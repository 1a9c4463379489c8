package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Spawn;
import io.carafe.sandbox.linux.SysMman;
import io.carafe.sandbox.linux.SysSocket;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Planner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// An executor that a test has started, with everything that its box prints. It is marked by a variable of its
/// environment, and so is what it forks: [#leftBehind] finds them on the host.
final class Running implements AutoCloseable {
    static final Host HOST = new HostProbe(System.getenv()).host();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final Execution execution;
    private final String mark;
    private final Fd read;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Thread reader;

    private Running(Execution execution, String mark, Fd read) {
        this.execution = execution;
        this.mark = mark;
        this.read = read;
        this.reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /// A plan for this machine, whose program is marked too.
    static Running start(Program program, Box box) throws IOException {
        return start(List.of(program.named().toString()), box, 0);
    }

    /// With so many descriptors more than it should have.
    static Running start(Program program, Box box, int more) throws IOException {
        return start(List.of(program.named().toString()), box, more);
    }

    /// In a strace(1), which is between us and it: so that something happens in the middle of a system call.
    static Running startTraced(Program program, Box box, String injection) throws IOException {
        return startBy(List.of("/usr/bin/strace", "-qq", "-o", "/dev/null", "-e", "inject=" + injection), program, box);
    }

    /// By another program, which executes it.
    static Running startBy(List<String> starter, Program program, Box box) throws IOException {
        var command = new ArrayList<>(starter);
        command.add(program.named().toString());
        return start(command, box, 0);
    }

    /// As a Java program does: from memory.
    static Running startFromMemory(Box box) throws IOException {
        Unistd.Pipe out = Unistd.pipe();
        try (Fd write = Fcntl.above(out.write(), 5)) {
            Plan plan = Planner.plan(box.spec(), HOST);
            return new Running(Executor.start(plan, HOST.kernel(), Fd.STDIN, write, write), mark(), out.read());
        }
    }

    private static Running start(List<String> command, Box box, int more) throws IOException {
        String mark = mark();
        var env = new ArrayList<>(box.env);
        env.add(mark);
        box.env = env;
        return start(command, Wire.encode(Planner.plan(box.spec(), HOST)), mark, more);
    }

    static Running start(Program program, Plan plan) throws IOException {
        return start(program, Wire.encode(plan));
    }

    static Running start(Program program, byte[] plan) throws IOException {
        return start(List.of(program.named().toString()), plan, mark(), 0);
    }

    private static Running start(List<String> command, byte[] plan, String mark, int more) throws IOException {
        int count = 5 + more;
        SysSocket.Pair control = SysSocket.socketpair();
        Unistd.Pipe out = Unistd.pipe();
        Unistd.Pipe in = Unistd.pipe();
        Fd kept = Fcntl.above(control.one(), count);
        Fd read = Fcntl.above(out.read(), count);
        in.write().close();
        try (Fd ours = Fcntl.above(control.other(), count);
                Fd write = Fcntl.above(out.write(), count);
                Fd empty = Fcntl.above(in.read(), count);
                Fd file = Fcntl.above(SysMman.memfd_create("plan", SysMman.MFD_CLOEXEC), count)) {
            for (int done = 0; done < plan.length; ) {
                done += Unistd.write(file, plan, done, plan.length - done);
            }
            var descriptors = new ArrayList<>(List.of(empty, write, write, file, ours));
            for (int i = 0; i < more; i++) {
                descriptors.add(empty);
            }
            List<String> environment =
                    List.of(mark, "ASAN_OPTIONS=detect_leaks=0:exitcode=86", "UBSAN_OPTIONS=exitcode=86");
            int pid = Spawn.posix_spawn(command.getFirst(), command, environment, descriptors);
            return new Running(new Execution(pid, kept, null), mark, read);
        }
    }

    private static String mark() {
        return "CARAFE_TEST=" + UUID.randomUUID();
    }

    private void read() {
        byte[] bytes = new byte[8192];
        try (read) {
            for (int length; (length = Unistd.read(read, bytes, 0, bytes.length)) > 0; ) {
                synchronized (output) {
                    output.write(bytes, 0, length);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What was printed so far.
    String printed() {
        synchronized (output) {
            return output.toString(StandardCharsets.UTF_8);
        }
    }

    void awaitPrinted(String text) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!printed().contains(text)) {
            assertThat(System.nanoTime())
                    .as("waiting for %s in: %s", text, printed())
                    .isLessThan(end);
            Thread.sleep(5);
        }
    }

    Report await() throws IOException, InterruptedException {
        Report report = execution.await(PATIENCE);
        assertThat(report).as("still running, having printed: %s", printed()).isNotNull();
        return report;
    }

    /// All that was printed, when it has ended.
    String output() throws IOException, InterruptedException {
        await();
        reader.join(PATIENCE);
        return printed();
    }

    int status() throws IOException, InterruptedException {
        Report report = await();
        assertThat(report.outcome()).as("%s", report).isEqualTo(Report.Outcome.ENDED);
        return report.status();
    }

    /// The keeper: its first child.
    long keeper() throws IOException {
        return children(execution.pid()).findFirst().orElseThrow();
    }

    /// The box's first process, if it is there already.
    long box() throws IOException {
        return children(execution.pid()).skip(1).findFirst().orElseThrow();
    }

    /// The executor in a strace.
    long traced() throws IOException {
        return children(execution.pid()).findFirst().orElseThrow();
    }

    private static Stream<Long> children(long pid) throws IOException {
        String text = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
        return Stream.of(text.split(" ")).filter(it -> !it.isBlank()).map(Long::valueOf);
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /// Of this executor, its keeper and its box: the processes that there are.
    List<String> leftBehind() throws IOException {
        var found = new ArrayList<String>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                try {
                    if (Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
                            .contains(mark)) {
                        found.add(process + " " + Files.readString(process.resolve("stat")));
                    }
                } catch (IOException e) {
                    // not a process, or it has just ended
                }
            }
        }
        return found;
    }

    /// Waits for the end of all of them.
    void awaitNobody() throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!leftBehind().isEmpty()) {
            assertThat(System.nanoTime()).as("left behind: %s", leftBehind()).isLessThan(end);
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() throws IOException {
        execution.kill();
        awaitNobody();
    }
}
