package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.cli.Trace.Call;
import io.carafe.sandbox.plan.Calls;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.Wire;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is explained is what is called, and nothing else is. Needs root and strace(1).
class ExplainIT {
    /// What PID 1, the supervisor and the box's first process do on their own.
    private static final Set<String> SUPERVISION = Set.of(
            "dup2", "fork", "fstat", "ioctl", "prctl", "read", "rt_sigtimedwait", "setitimer", "getitimer", "umask");

    private static final Set<String> BEGINNING = Set.of("prctl");

    @TempDir
    Path directory;

    @BeforeEach
    void needs() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "strace");
        try (InputStream program = ExplainIT.class.getResourceAsStream("/io/carafe/sandbox/executor/executor")) {
            Path box = directory.resolve("carafe-box");
            Files.copy(Objects.requireNonNull(program, "the native program"), box);
            assertThat(box.toFile().setExecutable(true)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host true",
                "--init=false host true",
                "-m 64m --cpus 0.5 --pids-limit 20 host true",
                "-u nobody -w /work/dir --ulimit nofile=100:200 --security-opt no-new-privileges host true",
                "-v /etc/hostname:/data/x/name:ro -v /etc:/data/etc:bind,ro,noexec --tmpfs /data/t:size=1m host true",
                "--read-only --network host --cap-add ALL --security-opt seccomp=unconfined host true",
                "-t host true",
            })
    void explainedIsCalled(String words) throws Exception {
        Plan plan = plan(words);
        Files.write(directory.resolve("plan"), Wire.encode(plan));
        run(
                "sh",
                "-c",
                "exec strace -ff -v -s 65536 -e signal=none -o trace -- ./carafe-box 3<plan >/dev/null </dev/null");

        List<Call> supervisor = new ArrayList<>();
        List<Call> box = new ArrayList<>();
        List<Call> program = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>)
                    files.filter(it -> it.getFileName().toString().startsWith("trace"))
                            .sorted()::iterator) {
                List<Call> calls = Trace.read(file);
                boolean first = calls.getFirst().name().equals("execve");
                if (first) {
                    supervisor.addAll(calls.subList(1, calls.size()));
                } else if (calls.stream().anyMatch(call -> call.name().equals("pivot_root"))) {
                    box.addAll(calls);
                } else if (calls.stream().anyMatch(call -> call.name().equals("execve"))) {
                    program.addAll(calls);
                }
            }
        }
        assertThat(Trace.difference(outside(plan), supervisor, SUPERVISION)).isEmpty();
        box = upTo("fork", box);
        box.addAll(program);
        assertThat(Trace.difference(inside(plan), upToProgram(box), BEGINNING)).isEmpty();
    }

    private static Plan plan(String words) {
        var screen = new Screen();
        var line = new ArrayList<>(List.of("run"));
        line.addAll(List.of(words.split(" ")));
        new Commands().run(Callers.in("/", Map.of(), Callers.NO_TERMINAL, line.toArray(new String[0])), screen);
        assertThat(screen.err).isEmpty();
        return Objects.requireNonNull(screen.plan);
    }

    private void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static List<Call> outside(Plan plan) {
        var calls = new ArrayList<Call>();
        plan.outside().forEach(line -> add(line.step(), calls));
        plan.undo().forEach(undo -> add(undo.step(), calls));
        return calls;
    }

    private static List<Call> inside(Plan plan) {
        var calls = new ArrayList<Call>();
        plan.inside().forEach(line -> add(line.step(), calls));
        return calls;
    }

    private static void add(Step step, List<Call> calls) {
        for (String call : Calls.of(step)) {
            if (!call.startsWith("rt_sigprocmask")) { // the C library makes many of its own
                calls.add(Call.parse(call));
            }
        }
    }

    private static List<Call> upTo(String name, List<Call> calls) {
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).name().equals(name)) {
                return new ArrayList<>(calls.subList(0, i + 1));
            }
        }
        return new ArrayList<>(calls);
    }

    private static List<Call> upToProgram(List<Call> calls) {
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).name().equals("execve") && calls.get(i).result().equals("0")) {
                return calls.subList(0, i + 1);
            }
        }
        return calls;
    }
}
