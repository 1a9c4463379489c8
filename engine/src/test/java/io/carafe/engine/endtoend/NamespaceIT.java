package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `--pid`, `--ipc`, `--uts`, `--cgroupns`, `--network`, `--time-offset`: namespaces of others, clocks of its
/// own.
@EndToEnd
class NamespaceIT {
    private static final String MAP = "0:100000:65536";

    @ParameterizedTest
    @CsvSource({"pid, pid", "ipc, ipc", "uts, uts", "cgroupns, cgroup", "network, net"})
    void aNamespaceOfTheHostsIsTheHosts(String flag, String file) throws IOException {
        String own = Files.readSymbolicLink(Path.of("/proc/self/ns/" + file)).toString();

        assertThat(run("--" + flag, "host", "host", "readlink", "/proc/self/ns/" + file))
                .isEqualTo(new Run(0, own + "\n", ""));
        assertThat(run("host", "readlink", "/proc/self/ns/" + file).line()).isNotEqualTo(own);
        assertThat(run("--" + flag, "ns:" + ProcessHandle.current().pid(), "host", "readlink", "/proc/self/ns/" + file))
                .isEqualTo(new Run(0, own + "\n", ""));
    }

    @Test
    void aBoxJoinsTheNamespacesOfAnother() throws Exception {
        Process other = new ProcessBuilder("unshare", "-n", "-u", "-i", "-p", "-f", "--kill-child", "cat").start();
        try {
            String process = child(other);
            for (String kind : new String[] {"net", "uts", "ipc", "pid"}) {
                String theirs = Files.readSymbolicLink(Path.of("/proc", process, "ns", kind))
                        .toString();
                String flag = kind.equals("net") ? "--network" : "--" + kind;
                for (String init : new String[] {"--init", "--init=false"}) {
                    assertThat(run(init, flag, "ns:" + process, "host", "readlink", "/proc/self/ns/" + kind))
                            .isEqualTo(new Run(0, theirs + "\n", ""));
                }
            }
            assertThat(run("--pid", "ns:" + process, "host", "sh", "-c", "cat /proc/1/comm; exit 7"))
                    .isEqualTo(new Run(7, "cat\n", ""));
            assertThat(run("--pid", "ns:/proc/" + process + "/ns/net", "host", "true")
                            .err())
                    .contains("join PID namespace /proc/" + process + "/ns/net: EINVAL")
                    .contains("is a namespace of another kind");
        } finally {
            other.destroyForcibly();
            other.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static String child(Process process) throws Exception {
        while (process.children().findFirst().isEmpty()) {
            Thread.sleep(5);
        }
        return Long.toString(process.children().findFirst().orElseThrow().pid());
    }

    /// No PID namespace ends with its first process here: a group does.
    @ParameterizedTest
    @ValueSource(strings = {"--init", "--init=false"})
    void noProcessOutlivesABoxInTheHostsProcessTable(String init) throws Exception {
        assertThat(run(init, "--pid", "host", "host", "sh", "-c", "setsid sleep 3001 & sleep 3001 & echo ran"))
                .isEqualTo(new Run(0, "ran\n", ""));
        assertThat(sleeping("3001")).isFalse();

        assertThat(run(init, "--pid", "host", "--timeout", "1", "host", "sh", "-c", "sleep 3002 & sleep 3002")
                        .code())
                .isEqualTo(137);
        assertThat(sleeping("3002")).isFalse();
        assertThat(run(init, "--pid", "host", "--uidmap", MAP, "host", "sh", "-c", "sleep 3003 & ps -ef | wc -l")
                        .code())
                .isZero();
        assertThat(sleeping("3003")).isFalse();
    }

    private static boolean sleeping(String seconds) {
        return ProcessHandle.allProcesses()
                .anyMatch(it -> it.info().commandLine().orElse("").endsWith("sleep " + seconds));
    }

    @Test
    void aClockIsSetForwardWithAndWithoutAnInit() {
        for (String init : new String[] {"--init", "--init=false"}) {
            Run box = run(
                    init,
                    "--time-offset",
                    "boottime=1000h",
                    "--time-offset",
                    "monotonic=-1.5s",
                    "host",
                    "sh",
                    "-c",
                    "tr -s ' ' </proc/self/timens_offsets; cut -d. -f1 /proc/uptime");
            assertThat(box.out()).startsWith("monotonic -2 500000000\nboottime 3600000 0\n");
            assertThat(Long.parseLong(box.line().substring(box.line().lastIndexOf('\n') + 1)))
                    .isGreaterThan(3_600_000);
        }
        assertThat(run("--time-offset", "boottime=-900000h", "host", "true").err())
                .contains("ERANGE", "a clock would stand before its beginning");
    }

    @Test
    void wordsThatMakeNoSenseAreRefused() {
        assertThat(run("--pid", "container:a", "host", "true").err()).contains("container a does not exist");
        assertThat(run("--ipc", "ns:", "host", "true").err())
                .contains("it is host, private, none, shareable, container:NAME, ns:/PATH");
        assertThat(run("--uts", "host", "-h", "a", "host", "true").err()).contains("conflicting options");
        assertThat(run("--uts", "ns:/etc/passwd", "host", "true").err()).contains("/etc/passwd is no namespace");
        assertThat(run("--time-offset", "realtime=1", "host", "true").err())
                .contains("monotonic=TIME or boottime=TIME");
        assertThat(run("--ipc", "none", "host", "test", "-e", "/dev/shm").code())
                .isEqualTo(1);
        assertThat(run("--domainname", "example.org", "host", "cat", "/proc/sys/kernel/domainname"))
                .isEqualTo(new Run(0, "example.org\n", ""));
    }
}
