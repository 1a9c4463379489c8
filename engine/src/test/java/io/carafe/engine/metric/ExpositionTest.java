package io.carafe.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.cgroup.Groups.Unit;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Prometheus' text format 0.0.4: a line is a comment, or a name, labels and a number; the lines of a family stand
/// together, behind its type.
class ExpositionTest {
    private static final Pattern LINE =
            Pattern.compile("[a-z_]+\\{([a-z]+=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)+\\} -?[0-9]+(\\.[0-9]+)?");

    private static String text() {
        Recorded machine = new Recorded()
                .file("/g/cgroup.procs", "7\n")
                .file("/g/cpu.stat", "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_throttled 3\n")
                .file("/g/memory.current", "1000\n")
                .file("/g/memory.max", "max\n")
                .file("/g/memory.stat", "anon 100\nfile 500\ninactive_file 400\n")
                .file("/g/memory.events", "max 2\noom_kill 1\n")
                .file("/g/io.stat", "8:0 rbytes=4096 wbytes=1 rios=2 wios=3\n8:16 rbytes=4 wbytes=1 rios=2 wios=3\n")
                .file("/g/pids.current", "3\n")
                .file("/g/pids.max", "100\n")
                .file("/g/pids.events", "max 9\n")
                .file("/g/io.pressure", "some avg10=1.50 avg60=0.00 avg300=0.00 total=2500000\nfull avg10=0 total=1\n")
                .link("/proc/7/ns/net", "net:[2]")
                .link("/proc/self/ns/net", "net:[1]")
                .link("/proc/7/fd/0", "/dev/null")
                .link("/proc/7/fd/1", "pipe:[1]")
                .file("/proc/7/net/dev", "h\n  eth0: 10 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0\n");
        var groups = new Groups("/g", Map.of(), List.of(), Unit.NONE);
        var bad = new Watched("x", "we\"ird\\n\nname", "", "pod", 0, Groups.NONE);
        return Exposition.of(new Meter(machine, machine, () -> 5)
                .readAll(List.of(new Watched("ab12", "web", "nginx:1", "", 7, groups), bad)));
    }

    @Test
    void everyLineIsOfTheFormat() {
        String family = "";
        for (String line : text().split("\n")) {
            if (line.startsWith("# TYPE ")) {
                family = line.split(" ")[2];
                assertThat(line).matches("# TYPE [a-z_]+ (counter|gauge)");
            } else if (line.startsWith("# HELP ")) {
                assertThat(line).matches("# HELP [a-z_]+ [^\\\\]+");
            } else {
                assertThat(line).matches(LINE).startsWith(family + "{");
            }
        }
        assertThat(text()).endsWith("\n");
    }

    @Test
    void figuresHaveTheNamesOfCadvisor() {
        assertThat(text())
                .contains(
                        "container_cpu_usage_seconds_total{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 1.500000\n",
                        "container_cpu_cfs_throttled_periods_total{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 3\n",
                        "container_memory_working_set_bytes{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 600\n",
                        "container_spec_memory_limit_bytes{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 0\n",
                        "container_oom_events_total{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 1\n",
                        "container_fs_reads_bytes_total{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 4100\n",
                        "container_network_receive_bytes_total{id=\"ab12\",name=\"web\",image=\"nginx:1\","
                                + "interface=\"eth0\"} 10\n",
                        "container_processes{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 1\n",
                        "container_threads{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 3\n",
                        "container_file_descriptors{id=\"ab12\",name=\"web\",image=\"nginx:1\"} 2\n",
                        "container_pressure_io_waiting_seconds_total{id=\"ab12\",name=\"web\",image=\"nginx:1\"}"
                                + " 2.500000\n");
    }

    @Test
    void labelsAreEscaped() {
        assertThat(text()).contains("container_running{id=\"x\",name=\"we\\\"ird\\\\n\\nname\",pod=\"pod\"} 0\n");
    }

    @Test
    void whatNobodyMeasuresIsNotThere() {
        assertThat(text()).doesNotContain("container_pressure_io_waiting_seconds_total{id=\"x\"");
    }
}
