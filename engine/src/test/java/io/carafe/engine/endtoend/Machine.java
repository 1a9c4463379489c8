package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A machine for an engine's daemon: mount, network, PID, UTS and IPC namespaces of its own, an empty `/run`, and a
/// control group that the engine is told to put its containers in. Whatever the daemon starts, mounts or filters is
/// gone with it, even when the test's JVM is killed: its first process ends when our end of its input is closed.
///
/// Scripts run by bash as root; `$runtime` is the runtime under test, `$dir` a directory on the disk, `$group` the
/// control group's path.
final class Machine implements AutoCloseable {
    /// What the engines call. Another one to compare with: `-Dcarafe.test.runtime=/usr/sbin/runc`.
    static final Path RUNTIME = Path.of(System.getProperty(
            "carafe.test.runtime",
            Carafe.PROGRAM.resolveSibling("carafe-runtime").toString()));

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Process process;
    private final long init;
    private final Path directory;
    private final String group;
    private final Map<String, Process> daemons = new HashMap<>();

    private Machine(Process process, long init, Path directory, String group) {
        this.process = process;
        this.init = init;
        this.directory = directory;
        this.group = group;
    }

    /// One that has these programs, or the test is skipped.
    static Machine with(String... programs) {
        for (String program : programs) {
            assumeTrue(
                    Stream.of("/usr/sbin", "/usr/bin").anyMatch(d -> Files.isExecutable(Path.of(d, program))),
                    "needs " + program);
        }
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        try {
            Path directory = Carafe.open(Files.createTempDirectory(Path.of("/var/tmp"), "engine-test-"));
            String group = directory.getFileName().toString();
            // shared mounts, as systemd leaves them; /run has the host's sockets and locks, /sys its interfaces
            var process = new ProcessBuilder(
                            "unshare", "-mnpuif", "--propagation", "private", "--mount-proc", "bash", "-c", """
                            set -e
                            mount -t tmpfs -o mode=755 engine-test /run
                            mkdir -p /run/lock /run/cgroup
                            mkdir -m 1777 /run/shm
                            mount --rbind /sys/fs/cgroup /run/cgroup
                            mount -t sysfs engine-test /sys
                            mount --rbind /run/cgroup /sys/fs/cgroup
                            umount -R /run/cgroup
                            rmdir /run/cgroup
                            mount --bind /run/shm /dev/shm
                            mount --make-rshared /
                            ip link set lo up
                            hostname machine
                            echo up
                            exec tini -s -- cat
                            """)
                    .redirectError(directory.resolve("machine.log").toFile())
                    .start();
            int up = process.getInputStream().read();
            assertThat(up)
                    .as(Files.readString(directory.resolve("machine.log")))
                    .isEqualTo('u');
            long init = process.children().findFirst().orElseThrow().pid();
            return new Machine(process, init, directory, group);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory() {
        return directory;
    }

    String group() {
        return "/" + group;
    }

    /// A script in it.
    Run run(String script) {
        return start(script).finish();
    }

    /// A script in it that must succeed; what it prints, without the last line's end.
    String get(String script) {
        Run run = run(script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    Started start(String script) {
        return Carafe.started(environment(), Path.of("/"), command(script));
    }

    /// A daemon in it, until this succeeds.
    void daemon(String name, String command, String ready) {
        Path log = directory.resolve(name + ".log");
        try {
            var builder = new ProcessBuilder(command("echo $$ >/run/" + name + ".test-pid; exec " + command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment());
            Process daemon = builder.start();
            daemon.getOutputStream().close();
            daemons.put(name, daemon);
            await().atMost(DEADLINE).pollInterval(Duration.ofMillis(20)).until(() -> {
                assertThat(daemon.isAlive()).as(Files.readString(log)).isTrue();
                return run(ready).code() == 0;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Signals a daemon that this has started, and waits for its end.
    void stop(String name, String signal) {
        get("kill -" + signal + " $(cat /run/" + name + ".test-pid)");
        try {
            assertThat(daemons.remove(name).waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .as("end of " + name)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// What a daemon has said, for a test that fails.
    String log(String name) {
        try {
            return Files.readString(directory.resolve(name + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A cable to another, with an address at either end.
    void cable(Machine other, String address, String othersAddress) {
        Run run = Carafe.shell("""
                set -e
                nsenter -t %1$d -n ip link add cable type veth peer name cable netns %2$d
                nsenter -t %1$d -n ip addr add %3$s dev cable
                nsenter -t %2$d -n ip addr add %4$s dev cable
                nsenter -t %1$d -n ip link set cable up
                nsenter -t %2$d -n ip link set cable up
                """.formatted(init, other.init, address, othersAddress));
        assertThat(run.code()).as(run.toString()).isZero();
    }

    private List<String> command(String script) {
        var words = new ArrayList<String>(List.of("nsenter", "-t", Long.toString(init), "-m", "-n", "-p", "-u", "-i"));
        words.addAll(List.of("bash", "-c", script));
        return words;
    }

    private Map<String, String> environment() {
        return Map.of(
                "PATH", "/run/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME", directory.toString(),
                "runtime", RUNTIME.toString(),
                "dir", directory.toString(),
                "group", group());
    }

    @Override
    public void close() {
        // no signal ends what a cgroup v1 has frozen
        Carafe.shell("find /sys/fs/cgroup/*/" + group + " -name freezer.state 2>/dev/null |"
                + " while read f; do echo THAWED >$f; done");
        try {
            process.getOutputStream().close();
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
                throw new AssertionError("the machine hangs");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        Run gone = Carafe.shell("""
                groups() { find /sys/fs/cgroup/%1$s /sys/fs/cgroup/*/%1$s -depth -type d 2>/dev/null; }
                for i in $(seq 100); do # the last processes may still be ending
                    groups | xargs -r rmdir 2>/dev/null
                    [ -n "$(groups)" ] || break
                    sleep 0.1
                done
                groups
                rm -rf %2$s
                """.formatted(group, directory));
        assertThat(gone.line()).as("control groups that stay").isEmpty();
        assertThat(directory).doesNotExist();
    }
}
