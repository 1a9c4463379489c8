package io.carafe.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.Groups.Unit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The keys are those of runc's `types/events.go`; `GroupsIT` compares with runc itself.
class StatisticsTest {
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
                .file("/g/cpu.pressure", """
                        some avg10=1.50 avg60=0.07 avg300=0.00 total=99
                        full avg10=0.00 avg60=0.00 avg300=0.00 total=1
                        """)
                .file("/g/memory.stat", "anon 5\nfile 4096\n")
                .file("/g/memory.max", "max\n")
                .file("/g/memory.current", "8192\n")
                .file("/g/memory.peak", "9000\n")
                .file("/g/memory.swap.max", "100\n")
                .file("/g/memory.swap.current", "8\n")
                .file("/g/pids.current", "3\n")
                .file("/g/pids.max", "20\n")
                .file("/g/io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n254:16 rbytes=0 wbytes=0\n")
                .file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0")
                .file("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0")
                .file("/g/hugetlb.2MB.rsvd.current", "4194304\n")
                .file("/g/hugetlb.2MB.events", "max 2\n");
        assertThat(Statistics.json(new Groups("/g", Map.of(), List.of(), Unit.NONE), tree))
                .isEqualTo("{\"cpu\":{\"usage\":{\"total\":3000000,\"kernel\":1000000,\"user\":2000000},"
                        + "\"throttling\":{\"periods\":4,\"throttledPeriods\":1,\"throttledTime\":7000},"
                        + "\"psi\":{\"some\":{\"avg10\":1.5,\"avg60\":0.07,\"avg300\":0,\"total\":99},"
                        + "\"full\":{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":1}}},"
                        + "\"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,"
                        + "\"memory_spread_page\":0,\"memory_spread_slab\":0,\"memory_pressure\":0,"
                        + "\"sched_load_balance\":0,\"sched_relax_domain_level\":0},"
                        + "\"memory\":{\"cache\":4096,\"usage\":{\"limit\":18446744073709551615,\"usage\":8192,"
                        + "\"max\":9000,\"failcnt\":0},\"swap\":{\"limit\":99,\"usage\":8200,\"failcnt\":0},"
                        + "\"kernel\":{\"limit\":0,\"failcnt\":0},\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
                        + "\"raw\":{\"anon\":5,\"file\":4096}},"
                        + "\"pids\":{\"current\":3,\"limit\":20},"
                        + "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":1},"
                        + "{\"major\":8,\"op\":\"Write\",\"value\":2},{\"major\":254,\"minor\":16,\"op\":\"Read\"},"
                        + "{\"major\":254,\"minor\":16,\"op\":\"Write\"}],"
                        + "\"ioServicedRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":3},"
                        + "{\"major\":8,\"op\":\"Write\",\"value\":4}]},"
                        + "\"hugetlb\":{\"2MB\":{\"usage\":4194304,\"failcnt\":2}},"
                        + "\"intel_rdt\":{},\"network_interfaces\":null}");
    }

    @Test
    void ofVersion1() {
        Tree tree = new Tree()
                .file("/a/cpuacct.usage", "12345\n")
                .file("/a/cpuacct.usage_percpu", "12000 345 \n")
                .file("/a/cpuacct.usage_all", "cpu user system\n0 11 2\n1 3 4\n")
                .file("/a/cpuacct.stat", "user 2\nsystem 1\n")
                .file("/a/cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_time 5\n")
                .file("/s/cpuset.cpus", "0-1,4\n")
                .file("/s/cpuset.mems", "0\n")
                .file("/s/cpuset.sched_relax_domain_level", "-1\n")
                .file("/s/cpuset.sched_load_balance", "1\n")
                .file("/m/memory.stat", "cache 7\n")
                .file("/m/memory.usage_in_bytes", "8\n")
                .file("/m/memory.max_usage_in_bytes", "9\n")
                .file("/m/memory.failcnt", "1\n")
                .file("/m/memory.limit_in_bytes", "9223372036854771712\n")
                .file("/b/blkio.throttle.io_service_bytes_recursive", "8:0 Read 4096\n8:0 Total 4096\nTotal 4096\n")
                .file("/b/blkio.throttle.io_serviced_recursive", "8:0 Read 1\nTotal 1\n");
        var groups = new Groups(
                "",
                Map.of("cpu", "/a", "cpuacct", "/a", "cpuset", "/s", "memory", "/m", "blkio", "/b"),
                List.of(),
                Unit.NONE);
        assertThat(Statistics.json(groups, tree))
                .isEqualTo("{\"cpu\":{\"usage\":{\"total\":12345,\"percpu\":[12000,345],\"percpu_kernel\":[2,4],"
                        + "\"percpu_user\":[11,3],\"kernel\":10000000,\"user\":20000000},"
                        + "\"throttling\":{\"throttledTime\":5}},"
                        + "\"cpuset\":{\"cpus\":[0,1,4],\"cpu_exclusive\":0,\"mems\":[0],\"mem_hardwall\":0,"
                        + "\"mem_exclusive\":0,\"memory_migrate\":0,\"memory_spread_page\":0,\"memory_spread_slab\":0,"
                        + "\"memory_pressure\":0,\"sched_load_balance\":1,\"sched_relax_domain_level\":-1},"
                        + "\"memory\":{\"cache\":7,\"usage\":{\"limit\":9223372036854771712,\"usage\":8,\"max\":9,"
                        + "\"failcnt\":1},\"swap\":{\"limit\":0,\"failcnt\":0},\"kernel\":{\"limit\":0,\"failcnt\":0},"
                        + "\"kernelTCP\":{\"limit\":0,\"failcnt\":0},\"raw\":{\"cache\":7}},"
                        + "\"pids\":{},"
                        + "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":4096},"
                        + "{\"major\":8,\"op\":\"Total\",\"value\":4096}],"
                        + "\"ioServicedRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":1}]},"
                        + "\"hugetlb\":{},\"intel_rdt\":{},\"network_interfaces\":null}");
    }

    @Test
    void whatIsNoNumberIsNone() {
        assertThat(Readings.number("18446744073709551615\n")).isEqualTo(-1);
        assertThat(Readings.number("18446744073709551616")).isZero();
        assertThat(Readings.number("-5")).isZero();
        assertThat(Readings.number("max")).isEqualTo(-1);
        assertThat(Readings.table("a 1\nb\n\nc x\n")).isEqualTo(Map.of("a", 1L, "c", 0L));
    }

    @Test
    void killsAndFreezesAreInTheFilesOfEitherVersion() {
        var v2 = new Groups("/g", Map.of(), List.of(), Unit.NONE);
        var v1 = new Groups("", Map.of("memory", "/m", "freezer", "/f"), List.of(), Unit.NONE);
        Tree tree = new Tree()
                .file("/g/memory.events", "oom 2\noom_kill 1\n")
                .file("/g/cgroup.freeze", "1\n")
                .file("/m/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")
                .file("/f/freezer.state", "FREEZING\n");
        assertThat(Readings.oomKills(v2, tree)).isEqualTo(1);
        assertThat(Readings.oomKills(v1, tree)).isEqualTo(3);
        assertThat(Readings.isFrozen(v2, tree)).isTrue();
        assertThat(Readings.isFrozen(v1, tree)).isTrue();
        assertThat(Readings.isFrozen(v1, new Tree())).isFalse();
        assertThat(Readings.oomKills(Groups.NONE, tree)).isZero();
        assertThat(Readings.isFrozen(Groups.NONE, tree)).isFalse();
    }

    @Test
    void membersAreFoundInGroupsThatTheContainerHasMade() {
        Tree tree = new Tree()
                .v1("/f", "10\n2\n")
                .v1("/f/a", "0\n11\n") // 0: one of another PID namespace
                .v1("/f/a/b", "12\n");
        var groups = new Groups("/g", Map.of("freezer", "/f"), List.of(), Unit.NONE);
        assertThat(Members.of(groups, tree)).containsExactly(2, 10, 11, 12);
        assertThat(Members.of(Groups.NONE, tree)).isEmpty();
    }
}
