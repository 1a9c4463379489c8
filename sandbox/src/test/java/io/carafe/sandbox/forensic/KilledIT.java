package io.carafe.sandbox.forensic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whichever process is killed, at whatever point of what is done about a forbidden call: the program
/// never goes on. Needs root.
@Timeout(120)
class KilledIT {
    private static final int TIME_LIMIT = 2000; // milliseconds

    @TempDir
    static Path place;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        program = Compiled.program(Compiled.CROWD, place);
    }

    static Stream<Arguments> cases() {
        var cases = new ArrayList<Arguments>();
        for (Watcher.Stage stage : Watcher.Stage.values()) {
            for (String victim : List.of("jvm", "executor", "keeper")) {
                cases.add(Arguments.of(stage, victim, "grouped"));
            }
        }
        for (String victim : List.of("jvm", "executor", "keeper")) {
            cases.add(Arguments.of(Watcher.Stage.FROZEN, victim, "late"));
        }
        for (String victim : List.of("jvm", "executor")) {
            cases.add(Arguments.of(Watcher.Stage.FROZEN, victim, "stopped"));
            cases.add(Arguments.of(Watcher.Stage.KEPT, victim, "stopped"));
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void noProgramGoesOn(Watcher.Stage stage, String victim, String how) throws Exception {
        Path directory = Files.createTempDirectory(place, "run");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Paused.class.getName(),
                stage.name(),
                directory.toString(),
                program.toString(),
                how.equals("late") ? "grouped" : how,
                how.equals("late") ? Integer.toString(TIME_LIMIT) : "0");
        Process jvm = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader said = jvm.inputReader()) {
            long executor = Long.parseLong(said.readLine().split(" ")[1]);
            assertThat(said.readLine()).isEqualTo("here");
            List<Long> tree = descendants(executor);
            List<Long> box = new ArrayList<>();
            long keeper = keeper(executor, box);
            assertThat(box).isNotEmpty();
            boolean still = stage.compareTo(Watcher.Stage.FROZEN) >= 0;
            long beats = beats(directory);
            if (how.equals("late")) {
                Thread.sleep(TIME_LIMIT + 2000); // whoever minds it, and how late
                assertThat(alive(box)).as("it is looked at").isNotEmpty();
            }

            kill(victim.equals("jvm") ? jvm.pid() : victim.equals("executor") ? executor : keeper);
            if (victim.equals("keeper")) {
                Thread.sleep(300);
                assertThat(alive(box))
                        .as("nothing else is done then: the box waits on")
                        .isNotEmpty();
                assertThat(directory.resolve("went-on")).doesNotExist();
                kill(jvm.pid());
            }
            awaitEnd(box);

            assertThat(directory.resolve("begun")).exists();
            assertThat(directory.resolve("went-on")).doesNotExist();
            if (still) {
                assertThat(beats(directory)).isEqualTo(beats);
            }
            kill(jvm.pid());
            awaitEnd(tree);
            assertThat(directory.resolve("went-on")).doesNotExist();
        } finally {
            jvm.destroyForcibly().waitFor();
        }
    }

    private static long beats(Path directory) throws IOException {
        Path beat = directory.resolve("beat");
        return Files.exists(beat) ? Files.size(beat) : 0;
    }

    /// The child of an executor that is none of the box's; those go into the list.
    private static long keeper(long executor, List<Long> box) throws IOException {
        long keeper = 0;
        String own = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        for (long pid : descendants(executor)) {
            if (Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid"))
                    .toString()
                    .equals(own)) {
                keeper = pid;
            } else {
                box.add(pid);
            }
        }
        assertThat(keeper).isPositive();
        return keeper;
    }

    static List<Long> descendants(long pid) {
        return ProcessHandle.of(pid)
                .orElseThrow()
                .descendants()
                .map(ProcessHandle::pid)
                .toList();
    }

    static List<Long> alive(List<Long> pids) {
        return pids.stream().filter(KilledIT::isAlive).toList();
    }

    /// Whether it has memory, without which nothing executes an instruction: a process that is traced, or
    /// the first of a PID namespace in which one is, stays on the list until its tracer has looked.
    private static boolean isAlive(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/status")).contains("VmSize:");
        } catch (IOException e) {
            return false;
        }
    }

    static void awaitEnd(List<Long> pids) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!alive(pids).isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(alive(pids)).isEmpty();
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
}
