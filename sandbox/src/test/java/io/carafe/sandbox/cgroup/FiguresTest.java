package io.carafe.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.Figures.Cpu;
import io.carafe.sandbox.cgroup.Figures.Io;
import io.carafe.sandbox.cgroup.Figures.Memory;
import io.carafe.sandbox.cgroup.Figures.Pids;
import io.carafe.sandbox.cgroup.Groups.Unit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final String PRESSURE = """
            some avg10=1.50 avg60=0.07 avg300=0.00 total=99
            full avg10=0.25 avg60=0.00 avg300=0.00 total=1
            """;

    @Test
    void ofVersion2() {
        Tree tree = new Tree()
                .file("/g/cpu.stat", """
                        usage_usec 3000
                        user_usec 2000
                        system_usec 1000
                        nr_periods 4
                        nr_throttled 1
                        throttled_usec 7
                        """)
                .file("/g/memory.current", "8192\n")
                .file("/g/memory.max", "max\n")
                .file("/g/memory.peak", "9000\n")
                .file("/g/memory.stat", "anon 5\nfile 4096\ninactive_file 192\n")
                .file("/g/memory.swap.current", "8\n")
                .file("/g/memory.events", "low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\noom_group_kill 0\n")
                .file("/g/io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n254:16 rbytes=10 wbytes=0\n")
                .file("/g/pids.current", "3\n")
                .file("/g/pids.max", "20\n")
                .file("/g/pids.events", "max 5\n")
                .file("/g/cpu.pressure", PRESSURE);
        Figures figures = Figures.of(new Groups("/g", Map.of(), List.of(), Unit.NONE), tree);
        assertThat(figures.cpu())
                .isEqualTo(new Cpu(
                        Duration.ofMillis(3),
                        Duration.ofMillis(2),
                        Duration.ofMillis(1),
                        4,
                        1,
                        Duration.ofNanos(7000)));
        assertThat(figures.memory()).isEqualTo(new Memory(8192, 8000, 4096, 5, -1, 9000, 8, 3, 1));
        assertThat(figures.io()).isEqualTo(new Io(11, 2, 3, 4));
        assertThat(figures.pids()).isEqualTo(new Pids(3, 20, 5));
        Pressure cpu = figures.pressure().orElseThrow().cpu();
        assertThat(cpu.some()).isEqualTo(new Pressure.Share(1.5, 0.07, 0, Duration.ofNanos(99000)));
        assertThat(cpu.full().avg10()).isEqualTo(0.25);
    }

    /// A hybrid machine: each figure from the hierarchy that its controller is in, pressure from v2.
    @Test
    void ofBothVersions() {
        var groups = new Groups(
                "/u",
                Map.of("memory", "/m", "cpu", "/c", "cpuacct", "/a", "pids", "/p", "blkio", "/b"),
                List.of(),
                Unit.NONE);
        Tree tree = new Tree()
                .file("/a/cpuacct.usage", "3000000\n")
                .file("/a/cpuacct.stat", "user 20\nsystem 10\n")
                .file("/c/cpu.stat", "nr_periods 4\nnr_throttled 1\nthrottled_time 7000\n")
                .file("/m/memory.usage_in_bytes", "8192\n")
                .file("/m/memory.limit_in_bytes", "9223372036854771712\n")
                .file("/m/memory.max_usage_in_bytes", "9000\n")
                .file("/m/memory.failcnt", "3\n")
                .file(
                        "/m/memory.stat",
                        "cache 1\ntotal_cache 4096\ntotal_rss 5\ntotal_swap 8\ntotal_inactive_file 192\n")
                .file("/m/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
                .file(
                        "/b/blkio.throttle.io_service_bytes_recursive",
                        "8:0 Read 11\n8:0 Write 2\n8:0 Total 13\nTotal 13\n")
                .file("/b/blkio.throttle.io_serviced_recursive", "8:0 Read 3\n8:0 Write 4\n8:0 Total 7\nTotal 7\n")
                .file("/b/blkio.bfq.io_service_bytes_recursive", "Total 0\n")
                .file("/p/pids.current", "3\n")
                .file("/p/pids.max", "max\n")
                .file("/u/io.pressure", PRESSURE);
        Figures figures = Figures.of(groups, tree);
        assertThat(figures.cpu().usage()).isEqualTo(Duration.ofMillis(3));
        assertThat(figures.cpu().user()).isEqualTo(Duration.ofMillis(200));
        assertThat(figures.cpu().throttled()).isEqualTo(Duration.ofNanos(7000));
        assertThat(figures.memory()).isEqualTo(new Memory(8192, 8000, 4096, 5, -1, 9000, 8, 3, 1));
        assertThat(figures.io()).isEqualTo(new Io(11, 2, 3, 4));
        assertThat(figures.pids()).isEqualTo(new Pids(3, -1, 0));
        assertThat(figures.pressure().orElseThrow().io().some().avg10()).isEqualTo(1.5);
    }

    @Test
    void ofNothing() {
        Figures figures = Figures.of(Groups.NONE, new Tree());
        assertThat(figures.cpu().usage()).isZero();
        assertThat(figures.memory().limit()).isEqualTo(-1);
        assertThat(figures.pressure()).isEmpty();
    }
}
