package io.carafe.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.cgroup.Groups.Unit;
import io.carafe.sandbox.seccomp.Architecture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    private static final Watched WEB =
            new Watched("ab12", "web", "nginx", "", 4711, new Groups("/g", Map.of(), List.of(), Unit.NONE));

    private static Recorded machine() {
        return new Recorded()
                .file("/g/cgroup.procs", "4711\n4712\n")
                .file("/proc/uptime", "100000.00 190000.00\n")
                .file("/proc/meminfo", "MemTotal:       16000 kB\n")
                .file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n")
                .file(
                        "/proc/4711/stat",
                        "4711 (nginx) S 1 4711 4700 0 -1 0 0 0 0 0 3000 3000 0 0 20 0 2 0 9990000"
                                + " 2494464 440 0 0\n")
                .file("/proc/4711/status", """
                        Name:\tnginx
                        Uid:\t1000\t1000\t1000\t1000
                        NSpid:\t4711\t1
                        VmRSS:\t1600 kB
                        CapEff:\t00000000000000c0
                        Seccomp:\t2
                        NoNewPrivs:\t1
                        """)
                .file("/proc/4711/uid_map", "0 1000 1\n")
                .file("/proc/4711/cmdline", "nginx\0-g\0daemon off;\0")
                .file("/proc/4711/cgroup", "4:memory:/c/ab12\n3:cpu:/c/ab12\n0::/\n")
                .file("/proc/4711/syscall", "232 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8\n");
    }

    private static List<List<String>> rows(Column... columns) {
        Recorded machine = machine();
        return new Processes(machine, machine, Architecture.X86_64)
                .rows(WEB, List.of(columns), Instant.parse("2026-11-22T15:00:00Z"));
    }

    @Test
    void oneThatHasEndedIsLeftOut() {
        assertThat(rows(Column.HPID)).containsExactly(List.of("4711"));
    }

    @Test
    void bothViewsAreThere() {
        assertThat(rows(Column.PID, Column.HPID, Column.USER, Column.HUSER, Column.UID, Column.HUID))
                .containsExactly(List.of("1", "4711", "root", "alice", "0", "1000"));
    }

    @Test
    void timeIsAsPsHasIt() {
        assertThat(rows(Column.ETIME, Column.TIME, Column.PCPU, Column.C))
                .containsExactly(List.of("01:40", "00:01:00", "60.0", "60"));
        assertThat(Column.elapsed(Duration.ofSeconds(3 * 86400 + 3661))).isEqualTo("3-01:01:01");
    }

    @Test
    void whatItMayIsToldByName() {
        assertThat(rows(Column.CAPEFF, Column.CAPBND, Column.SECCOMP, Column.NNP, Column.SYSCALL, Column.CGROUP))
                .containsExactly(List.of("SETGID,SETUID", "none", "filter", "yes", "epoll_wait", "/c/ab12"));
    }

    @Test
    void memoryIsOfTheMachine() {
        assertThat(rows(Column.RSS, Column.VSZ, Column.PMEM)).containsExactly(List.of("1600", "2436", "10.0"));
    }

    @Test
    void whatIsNotForUsIsAHyphen() {
        assertThat(rows(Column.PSS, Column.READ, Column.LABEL, Column.WCHAN, Column.OOM))
                .containsExactly(List.of("-", "-", "-", "-", "-"));
    }

    @Test
    void columnsAreKnownByTheNamesOfPodmanAndPs() {
        for (String word : List.of(
                "args", "capbnd", "capeff", "comm", "etime", "group", "groups", "hgroup", "hpid", "huser", "label",
                "nice", "pcpu", "pgid", "pid", "ppid", "rss", "seccomp", "state", "time", "tty", "user", "vsz", "%CPU",
                "cmd", "fds", "syscall", "nnp", "threads", "cgroup")) {
            assertThat(Column.named(word)).as(word).isPresent();
        }
        assertThat(Column.named("nonsense")).isEmpty();
    }

    private static Holder holder(String container, int pid, int count) {
        return new Holder(container, pid, 1, "prog", new Descriptors(count, 1024, Map.of(Descriptor.FILE, count)));
    }

    @Test
    void theOneThatGrowsIsPointedOut() {
        List<Growth> growing = Growth.of(
                List.of(
                        List.of(holder("web", 1, 500), holder("side", 2, 10), holder("log", 3, 5)),
                        List.of(holder("web", 1, 480), holder("side", 2, 40), holder("log", 3, 5)),
                        List.of(holder("web", 1, 501), holder("side", 2, 60), holder("log", 3, 5))),
                Duration.ofSeconds(5));
        assertThat(growing).hasSize(1);
        assertThat(growing.getFirst().sentence())
                .isEqualTo("process 2 (prog) of side opens descriptors and doesn't close them: 10 to 60 in 5 s,"
                        + " 50 file more; at this pace its limit of 1024 is reached in 1 min 36 s");
    }

    @Test
    void oneThatCameLaterOrHasTheNumberOfAnotherDoesNotGrow() {
        var other = new Holder("web", 1, 99, "prog", new Descriptors(900, 1024, Map.of()));
        assertThat(Growth.of(List.of(List.of(holder("web", 1, 5)), List.of(other)), Duration.ofSeconds(1)))
                .isEmpty();
        assertThat(Growth.of(List.of(), Duration.ZERO)).isEmpty();
    }
}
