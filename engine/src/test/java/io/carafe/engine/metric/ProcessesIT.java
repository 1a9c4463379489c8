package io.carafe.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.cgroup.KernelFiles;
import io.carafe.sandbox.seccomp.Architecture;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What real processes look like. Needs no privilege: they are ours.
class ProcessesIT {
    private static final Processes PROCESSES = new Processes(new HostProc(), new KernelFiles(), architecture());

    private final List<Process> started = new ArrayList<>();

    private static Architecture architecture() {
        String java = System.getProperty("os.arch"); // amd64
        return Architecture.ofMachine(java).orElse(Architecture.X86_64);
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private Watched running(String name, String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        return new Watched(name, name, "", "", Math.toIntExact(process.pid()), Groups.NONE);
    }

    private static List<String> row(Watched container, Column... columns) {
        return PROCESSES.rows(container, List.of(columns), Instant.now()).getFirst();
    }

    @Test
    void aSleeperSleeps() throws IOException {
        Watched sleeper = running("sleeper", "sleep", "600");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(row(sleeper, Column.SYSCALL, Column.STATE, Column.ARGS, Column.THREADS))
                        .containsExactly("clock_nanosleep", "S", "sleep 600", "1"));
        assertThat(row(sleeper, Column.HPID, Column.PID))
                .containsExactly(Integer.toString(sleeper.pid()), Integer.toString(sleeper.pid()));
        assertThat(row(sleeper, Column.FDS, Column.FDLIMIT)).first().isEqualTo("3");
        assertThat(Integer.parseInt(row(sleeper, Column.PSS).getFirst())).isPositive();
    }

    @Test
    void everyColumnHasAValue() throws IOException {
        Watched sleeper = running("sleeper", "sleep", "600");
        for (Column column : Column.values()) {
            assertThat(row(sleeper, column).getFirst()).as(column.word()).isNotEmpty();
        }
    }

    @Test
    void whoHasEndedIsNotThere() throws Exception {
        Watched brief = running("brief", "true");
        started.getLast().waitFor();
        assertThat(PROCESSES.rows(brief, List.of(Column.ARGS), Instant.now())).isEmpty();
        assertThat(PROCESSES.holders(List.of(brief), Instant.now())).isEmpty();
    }

    @Test
    void theProcessThatLeaksIsTheOneThatIsNamed() throws Exception {
        Watched web = running("web", "sleep", "600");
        Watched leaking = running(
                "sidecar",
                "bash",
                "-c",
                "for ((i = 10; i < 900; i++)); do eval \"exec $i</dev/null\"; read -rt 0.02 <> <(:); done");
        var readings = new ArrayList<List<Holder>>();
        Instant first = Instant.now();
        for (int i = 0; i < 4; i++) {
            readings.add(PROCESSES.holders(List.of(web, leaking), Instant.now()));
            Thread.sleep(300);
        }
        List<Growth> growing = Growth.of(readings, Duration.between(first, Instant.now()));
        assertThat(growing).hasSize(1);
        assertThat(growing.getFirst().last().pid()).isEqualTo(leaking.pid());
        assertThat(growing.getFirst().sentence()).contains("of sidecar opens descriptors and doesn't close them");
        assertThat(growing.getFirst().kinds()).containsKey(Descriptor.DEVICE);
    }

    @Test
    void aListeningSocketIsOfItsFamily() throws IOException {
        try (var server = ServerSocketChannel.open().bind(null)) {
            assertThat(server.isOpen()).isTrue();
            var own = new Watched(
                    "own",
                    "own",
                    "",
                    "",
                    Math.toIntExact(ProcessHandle.current().pid()),
                    Groups.NONE);
            Descriptors descriptors =
                    PROCESSES.holders(List.of(own), Instant.now()).getFirst().descriptors();
            assertThat(descriptors.kinds()).containsKeys(Descriptor.TCP, Descriptor.FILE);
            assertThat(descriptors.kinds().values().stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .isEqualTo(descriptors.count());
        }
    }

    @Test
    void theKernelsLogIsReadOrSaysWhyNot() {
        KernelLog log = KernelLog.read();
        assertThat(log.obstacle().isEmpty() || log.entries().isEmpty()).isTrue();
    }
}
