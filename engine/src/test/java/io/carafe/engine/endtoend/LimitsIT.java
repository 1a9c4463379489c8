package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// `--memory`, `--cpus`, `--pids-limit`, `--timeout` and `--ulimit` hold, and hold for the box alone.
@EndToEnd
class LimitsIT {
    private static final String GIBIBYTE = "dd if=/dev/zero of=/dev/null bs=1G count=1";

    @Test
    void aForkBombStaysWithinItsLimitWhileTheHostForksFreely() throws Exception {
        var bomb = start(
                "run",
                "--pids-limit",
                "20",
                "--timeout",
                "3s",
                "host",
                "perl",
                "-e",
                "$| = 1; print $ENV{HOSTNAME}, qq(\\n); fork while 1");
        bomb.says("\n");
        Path group = group("pids", Files.readString(bomb.out()).strip());
        String forks =
                "for (1..200) { my $p = fork; die qq(no fork: $!) if !defined $p; if (!$p) { sleep 9; exit } push @p, $p }";
        assertThat(host("perl", "-e", forks + " kill 9, @p; print scalar @p")).isEqualTo(new Run(0, "200", ""));
        for (int i = 0; i < 50; i++) {
            assertThat(Long.parseLong(
                            Files.readString(group.resolve("pids.current")).strip()))
                    .isBetween(2L, 20L);
        }
        assertThat(bomb.finish().err()).isEqualTo("carafe: killed after its time limit of 3 s\n");
    }

    @Test
    void thereIsALimitOfProcessesWithoutAskingForOne() {
        String bomb = "$n++ while defined($p = fork) && $p; exit if defined $p; print qq($n\\n); kill 9, -1";
        String count = "for (1..3000) { my $p = fork; last if !defined $p; if (!$p) { sleep 60; exit } $n++ } print $n";
        assertThat(bomb).isNotEmpty();
        assertThat(run("host", "perl", "-e", count)).isEqualTo(new Run(0, "2046", ""));
        assertThat(run("--pids-limit", "-1", "host", "perl", "-e", count.replace("3000", "2100"))
                        .out())
                .isEqualTo("2100");
    }

    @Test
    void aChildKilledForMemoryIsToldThoughTheProgramEndsWell() {
        Run run = run("-m", "64m", "host", "sh", "-c", GIBIBYTE + " 2>/dev/null; exit 0");
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("carafe: a process in the box was killed by the memory limit of 64 MiB\n");
    }

    @Test
    void aGibibyteUnder64MebibytesDiesAlone() {
        var neighbour = start("run", "-i", "-m", "64m", "host", "sh", "-c", "echo here; read wait; echo alive");
        neighbour.says("here");
        assertThat(run(Carafe.words("-m", ("64m host " + GIBIBYTE).split(" "))))
                .isEqualTo(new Run(137, "", "carafe: killed by the memory limit of 64 MiB\n"));
        assertThat(neighbour.input("\n").finish()).isEqualTo(new Run(0, "here\nalive\n", ""));
    }

    @Test
    void aChildKilledForItsMemoryIsToldToo() {
        Run box = run("-m", "64m", "host", "sh", "-c", GIBIBYTE + "; exit 3");
        assertThat(box.code()).isEqualTo(3);
        assertThat(box.err()).endsWith("carafe: a process in the box was killed by the memory limit of 64 MiB\n");
    }

    @Test
    void filesOfTheBoxCountAsItsMemory() {
        assertThat(run("-m", "64m", "host", "dd", "if=/dev/zero", "of=/file", "bs=1M", "count=200"))
                .isEqualTo(new Run(137, "", "carafe: killed by the memory limit of 64 MiB\n"));
    }

    @Test
    void aProgramWithinItsLimitsIsLeftAlone() {
        assertThat(run("-m", "64m", "--cpus", "1", "host", "dd", "if=/dev/zero", "of=/dev/null", "bs=16M", "count=1")
                        .code())
                .isZero();
    }

    @Test
    void halfAProcessorIsHalfTheTime() {
        String burn = "$end = time + 3; 1 while time < $end; ($user, $system) = times; print $user + $system";
        double seconds = Double.parseDouble(
                run("--cpus", "0.5", "host", "perl", "-e", burn).out());
        assertThat(seconds).isBetween(0.1, 1.8); // `time` has whole seconds: 2 to 3 of them
    }

    @Test
    void aBoxIsKilledWhenItsTimeIsOver() {
        Instant began = Instant.now();
        assertThat(run("--timeout", "300ms", "host", "sh", "-c", "trap '' TERM INT; sleep 60 & sleep 60"))
                .isEqualTo(new Run(137, "", "carafe: killed after its time limit of 0.3 s\n"));
        assertThat(Duration.between(began, Instant.now())).isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
        assertThat(run("--timeout", "1m30s", "host", "true")).isEqualTo(new Run(0, "", ""));
    }

    @Test
    void resourceLimitsAreTheProgramsOwn() {
        assertThat(run(
                        "--ulimit",
                        "nofile=100:200",
                        "--ulimit",
                        "core=0",
                        "host",
                        "sh",
                        "-c",
                        "ulimit -Sn; ulimit -Hn; ulimit -c"))
                .isEqualTo(new Run(0, "100\n200\n0\n", ""));
        assertThat(run("--ulimit", "fsize=1024", "host", "sh", "-c", "head -c 4096 /dev/zero >/tmp/f")
                        .code())
                .isNotZero();
    }

    private static Path group(String controller, String hostname) {
        Path v1 = Path.of("/sys/fs/cgroup", controller);
        Path hierarchy = Files.isDirectory(v1) ? v1 : v1.getParent();
        String[] names = hierarchy.toFile().list((d, name) -> name.startsWith("carafe-" + hostname));
        assertThat(names).hasSize(1);
        return hierarchy.resolve(names[0]);
    }
}
