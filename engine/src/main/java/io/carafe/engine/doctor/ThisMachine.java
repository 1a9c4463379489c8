package io.carafe.engine.doctor;

import io.carafe.sandbox.executor.Execution;
import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysSyscall;
import io.carafe.sandbox.linux.SysSyscall.Call;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The machine that we are on.
final class ThisMachine implements Machine, AutoCloseable {
    /// Executing a directory is refused with EACCES, whoever asks: a plan that gets there has done all before.
    private static final Step END = new Step.Execute(List.of("/"), List.of("carafe-doctor"), List.of());

    private static final int PATIENCE = 10_000; // milliseconds
    private static final int ETIMEDOUT = 110;
    private static final int OUTPUT_MAX = 64 << 10;
    private static final int LEAST = 5; // above the descriptors that an executor gets
    private static final List<String> DIRECTORIES =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private final Host host;
    private final Map<String, String> environment;
    private final Questions questions;

    ThisMachine(Host host, Map<String, String> environment) {
        this.host = host;
        this.environment = environment;
        this.questions = new Questions(this);
    }

    @Override
    public Host host() {
        return host;
    }

    @Override
    public String text(String path) {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public int open(String path) {
        try (var file = SysSyscall.descriptor(Call.OPENAT, Questions.AT_FDCWD, path, Questions.O_RDWR_CLOEXEC)) {
            return file.number() < 0 ? Errno.EINVAL : 0;
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    @Override
    public int mode(String path) {
        try {
            return (int) Files.getAttribute(Path.of(path), "unix:mode") & 07777;
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public Tried box(List<Step> outside, long namespaces, List<Step> inside) {
        long made = root() ? namespaces : namespaces | NamespaceProbes.USER;
        var before = new ArrayList<Line>();
        var undo = new ArrayList<Undo>();
        for (Step step : outside) {
            if (step instanceof Step.MakeDirectory(var path, var _, var _)) {
                undo.add(new Undo(before.size(), new Step.RemoveDirectory(path, 2000), ""));
            }
            before.add(new Line(step, ""));
        }
        before.add(new Line(new Step.Clone(made, ""), ""));
        var steps = new ArrayList<Line>();
        inside.forEach(step -> steps.add(new Line(step, "")));
        steps.add(new Line(END, ""));
        try (Fd nothing = nothing()) {
            Plan plan = new Plan(before, steps, undo, PATIENCE);
            Report report = await(Executor.start(plan, host.kernel(), nothing, nothing, nothing));
            if (report.outcome() == Outcome.ENDED) {
                return new Tried(ETIMEDOUT, false); // its time was over
            }
            if (report.outcome() == Outcome.REFUSED) {
                throw new IllegalStateException("the executor refuses a plan of the doctor's: " + report);
            }
            boolean in = report.part() == Part.INSIDE;
            boolean end = in && report.step() == inside.size();
            return new Tried(end ? 0 : report.error(), in || report.step() < outside.size());
        } catch (IOException e) {
            throw new UncheckedIOException("try something in a box", e);
        }
    }

    @Override
    public long ask(Question question) {
        return questions.ask(question);
    }

    @Override
    public String program(String name) {
        var directories =
                new ArrayList<>(List.of(environment.getOrDefault("PATH", "").split(":")));
        directories.addAll(DIRECTORIES);
        for (String directory : directories) {
            Path path = Path.of(directory, name);
            if (path.isAbsolute() && Files.isRegularFile(path) && Files.isExecutable(path)) {
                return path.toString();
            }
        }
        return "";
    }

    @Override
    public boolean hasFileCapabilities(String path) {
        return SysSyscall.call(Call.GETXATTR, path, "security.capability", 0, 0) > 0;
    }

    @Override
    public Ran run(String program, String... arguments) {
        var words = new ArrayList<>(List.of(program));
        words.addAll(Arrays.asList(arguments));
        Step execute = new Step.Execute(List.of(program), words, List.of("PATH=" + String.join(":", DIRECTORIES)));
        Plan plan = new Plan(
                List.of(new Line(new Step.Clone(0, ""), "")), List.of(new Line(execute, "")), List.of(), PATIENCE);
        try (Fd nothing = nothing()) {
            Unistd.Pipe pipe = Unistd.pipe();
            try (Fd read = Fcntl.above(pipe.read(), LEAST)) {
                Execution execution;
                try (Fd write = Fcntl.above(pipe.write(), LEAST)) {
                    execution = Executor.start(plan, host.kernel(), nothing, write, write);
                }
                var out = new ByteArrayOutputStream();
                var buffer = new byte[4096];
                for (int n = 1; n > 0 && out.size() < OUTPUT_MAX; out.write(buffer, 0, n)) {
                    n = Unistd.read(read, buffer, 0, buffer.length);
                }
                execution.kill();
                Report report = await(execution);
                boolean ended = report.outcome() == Outcome.ENDED && (report.status() & 0x7f) == 0;
                return new Ran(ended ? report.status() >> 8 & 0xff : -1, out.toString(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("run " + program, e);
        }
    }

    @Override
    public String user() {
        String uid = Integer.toString(host.privileges().uid());
        for (String line : text("/etc/passwd").split("\n")) {
            String[] fields = line.split(":");
            if (fields.length > 2 && fields[2].equals(uid)) {
                return fields[0];
            }
        }
        return uid;
    }

    @Override
    public String dataDirectory() {
        String home = environment.getOrDefault("HOME", "/");
        String data = environment.getOrDefault("XDG_DATA_HOME", home + "/.local/share");
        Path path = Path.of(root() ? "/var/lib/carafe" : data + "/carafe");
        while (path.getParent() != null && !Files.isDirectory(path)) {
            path = path.getParent();
        }
        return path.toString();
    }

    @Override
    public void close() {
        questions.close();
    }

    /// What goes nowhere, and has nothing to say.
    static Fd nothing() throws ErrnoException {
        return Fcntl.above(
                SysSyscall.descriptor(Call.OPENAT, Questions.AT_FDCWD, "/dev/null", Questions.O_RDWR_CLOEXEC), LEAST);
    }

    static Report await(Execution execution) throws IOException {
        execution.awaitEnd();
        try {
            return execution.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
