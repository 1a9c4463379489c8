package io.carafe.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Needs root.
@Timeout(60)
class SandboxIT {

    @Test
    void theProgramsOutputAndStatusComeBack() throws Exception {
        Result result = sh("echo out; echo err >&2; exit 3").build().run();

        assertThat(result.stdout().text()).isEqualTo("out\n");
        assertThat(result.stderr().text()).isEqualTo("err\n");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.signal()).isZero();
        assertThat(result.message()).isEmpty();
        assertThat(result.wall()).isPositive();
        assertThat(result.peakMemory()).isPositive();
    }

    @Test
    void itsUsersItsClocksAndItsNamespacesAreChosen() throws Exception {
        Result result = sh("""
                cut -d. -f1 /proc/uptime; tr -s ' ' </proc/self/uid_map; cat /proc/sys/kernel/domainname
                readlink /proc/self/ns/net
                """)
                .mapIds(0, 100_000, 65_535)
                .mapIds(65_535, 300_000, 1)
                .timeOffset("boottime", Duration.ofDays(1000))
                .domainName("example.org")
                .join("network", Path.of("/proc/self/ns/net"))
                .build()
                .run();

        List<String> lines = result.stdout().text().lines().toList();
        assertThat(result.message()).isEmpty();
        assertThat(Long.parseLong(lines.getFirst()))
                .isGreaterThan(Duration.ofDays(1000).toSeconds());
        assertThat(lines.subList(1, lines.size()))
                .containsExactly(
                        " 0 100000 65535",
                        " 65535 300000 1",
                        "example.org",
                        Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
        assertThatThrownBy(() -> sh("true").mapIds(0, 4_294_967_295L, 1)).hasMessageContaining("not within 0 to");
        assertThatThrownBy(() -> sh("true").join("users", Path.of("/"))).hasMessageContaining("no such kind");
    }

    @Test
    void unlessToldOtherwiseItIsAStranger() throws Exception {
        Result result = sh("""
                id -u; hostname; pwd; echo $HOME; env | grep -c JAVA
                grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr '\\t' ' '
                ls /sys/class/net; ls -A /proc | grep -cx '[0-9]*'
                """).build().run();

        assertThat(result.stdout().text()).isEqualTo("""
                65534
                box
                /
                /
                0
                CapEff: 0000000000000000
                CapBnd: 0000000000000000
                NoNewPrivs: 1
                Seccomp: 2
                lo
                3
                """);
        assertThat(result.stderr().text()).isEmpty();
    }

    @Test
    void layersLieOverEachOtherAndChangesAreKept(@TempDir Path directory) throws Exception {
        assertThat(directory.toFile().setExecutable(true, false)).isTrue();
        Path top = Files.createDirectories(directory.resolve("top/tmp"));
        Files.writeString(top.resolve("which"), "top");
        assertThat(top.toFile().setWritable(true, false)).isTrue();
        Path changes = Files.createDirectory(directory.resolve("changes"));
        Path below = Files.createDirectories(directory.resolve("below/bin"));
        for (String program : List.of("sh", "cat")) {
            Files.copy(Path.of("/bin/busybox"), below.resolve(program));
        }
        Root root = Root.layers(List.of(top.getParent(), below.getParent())).keeping(changes);
        Sandbox sandbox = sh("cat /tmp/which /tmp/counter /etc/made 2>/dev/null; echo 1 >>/tmp/counter")
                .root(root)
                .file("/etc/made", "for the box\n")
                .build();

        assertThat(sandbox.run().stdout().text()).isEqualTo("topfor the box\n");
        assertThat(sandbox.run().stdout().text()).isEqualTo("top1\nfor the box\n");
        assertThat(top.resolve("counter")).doesNotExist();
        assertThat(Path.of("/etc/made")).doesNotExist();
        assertThatThrownBy(() -> Root.inPlace(top).keeping(changes)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Root.layers(List.of())).hasMessage("no layer");
    }

    @Test
    void aBindIsSharedOnlyWithAMountThatIs(@TempDir Path directory) {
        assertThatThrownBy(
                        () -> sh("true").bindShared(directory, "/mnt").build().start())
                .isInstanceOf(InvalidBox.class)
                .hasMessageContaining("it is not a shared mount");
        assertThatThrownBy(() ->
                        sh("true").bindFollowing(directory, "/mnt").build().start())
                .isInstanceOf(InvalidBox.class)
                .hasMessageContaining("it is not a shared or slave mount");
    }

    @Test
    void onlyItsThreeStreamsAreOpen() throws Exception {
        // the fourth is the directory that is listed
        assertThat(sh("ls /proc/self/fd").build().run().stdout().text()).isEqualTo("0\n1\n2\n3\n");
    }

    @Test
    void whatItWritesIsGone() throws Exception {
        Result result = Sandbox.builder()
                .command("sh", "-c", "echo x > /carafe-was-here && cat /carafe-was-here")
                .user(0, 0)
                .capabilities("DAC_OVERRIDE")
                .build()
                .run();

        assertThat(result.stdout().text()).isEqualTo("x\n");
        assertThat(Path.of("/carafe-was-here")).doesNotExist();
    }

    @Test
    void bindsShowTheHostsFiles(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("in"), "hello");
        SandboxBuilder reads = sh("cat /data/in; echo bye > /data/out").user(0, 0);

        Result readOnly = reads.bindReadOnly(directory, "/data").build().run();
        assertThat(readOnly.stdout().text()).isEqualTo("hello");
        assertThat(readOnly.stderr().text()).contains("Read-only");
        assertThat(directory.resolve("out")).doesNotExist();

        reads.bind(directory, "/data").build().run();
        assertThat(directory.resolve("out")).hasContent("bye\n");
    }

    @Test
    void inputIsRead() throws Exception {
        byte[] large = new byte[1 << 20];

        assertThat(sh("wc -c").build().run(large).stdout().text().strip()).isEqualTo("1048576");
        assertThat(sh("exit 0").build().run(large).exitCode()).isZero(); // reads none of it
        assertThat(sh("cat").build().run().stdout().text()).isEmpty();
    }

    @Test
    void outputIsKeptUpToALimit() throws Exception {
        Result result = sh("head -c 10000000 /dev/zero; echo e >&2")
                .outputLimit(1000)
                .build()
                .run();

        assertThat(result.stdout().bytes()).hasSize(1000);
        assertThat(result.stdout().truncated()).isTrue();
        assertThat(result.stderr().truncated()).isFalse();
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void streamsAreSpokenWithWhileItRuns() throws Exception {
        try (RunningBox box = sh("while read line; do echo \"<$line>\"; done")
                .mergeStderr()
                .build()
                .start()) {
            var reader = new BufferedReader(new InputStreamReader(box.stdout(), StandardCharsets.UTF_8));
            OutputStream stdin = box.stdin();
            for (String word : List.of("one", "two")) {
                stdin.write((word + "\n").getBytes(StandardCharsets.UTF_8));
                assertThat(reader.readLine()).isEqualTo("<" + word + ">");
            }
            assertThat(box.await(Duration.ofMillis(20))).isEmpty();
            stdin.close();
            assertThat(box.await().exitCode()).isZero();
            assertThat(reader.readLine()).isNull();
        }
    }

    @Test
    void theStreamsOfTheJvmCanBeShared() throws Exception {
        Result result =
                sh("ls -l /proc/self/fd/1 > /dev/null").inheritStreams().build().run();

        assertThat(result.exitCode()).isZero();
        assertThat(result.stdout().bytes()).isEmpty();
    }

    @Test
    void signalsReachIt() throws Exception {
        try (RunningBox box = sh("trap 'exit 5' TERM; echo ready; while :; do sleep 0.02; done")
                .build()
                .start()) {
            assertThat(box.stdout().readNBytes(6)).hasSize(6);
            box.signal(15);
            assertThat(box.await().exitCode()).isEqualTo(5);
        }
    }

    @Test
    void underAnInitItDiesOfThemAsElsewhere() throws Exception {
        try (RunningBox box = sh("echo ready; exec sleep 100").init().build().start()) {
            assertThat(box.stdout().readNBytes(6)).hasSize(6);
            box.signal(15);
            assertThat(box.await().exitCode()).isEqualTo(143);
        }
    }

    @Test
    void closeEndsItWithEverythingInIt() throws Exception {
        RunningBox box =
                sh("sleep 1000 & sleep 1000 & echo ready; wait").build().start();
        assertThat(box.stdout().readNBytes(6)).hasSize(6);

        box.close();

        assertThat(box.await().signal()).isEqualTo(9);
        assertThatThrownBy(() -> box.stdout().read())
                .isInstanceOf(IOException.class)
                .hasMessage("the stream is closed");
        box.close();
    }

    @Test
    void closeDoesNotWaitForAReader() throws Exception {
        RunningBox box = sh("exec sleep 1000").build().start();
        var reader = Thread.ofPlatform().start(() -> {
            try {
                assertThat(box.stdout().read()).isEqualTo(-1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Thread.sleep(50);

        box.close();

        assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void anInterruptedRunIsEnded() throws Exception {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> sh("sleep 1000").build().run()).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void theMemoryLimitHolds() throws Exception {
        Result result = sh("exec tail /dev/zero").memory(32 << 20).build().run();

        assertThat(result.outOfMemory()).isTrue();
        assertThat(result.message()).isEqualTo("killed by the memory limit of 32 MiB");
        assertThat(result.exitCode()).isEqualTo(137);
        assertThat(result.peakMemory()).isBetween(30L << 20, 32L << 20);
    }

    @Test
    void theTimeLimitHolds() throws Exception {
        Result result =
                sh("exec sleep 100").timeout(Duration.ofMillis(200)).build().run();

        assertThat(result.timedOut()).isTrue();
        assertThat(result.wall()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(10));
    }

    @Test
    void processorTimeIsLimitedAndCounted() throws Exception {
        Result result = sh("exec timeout 1 sh -c 'while :; do :; done'")
                .cpus(0.2)
                .build()
                .run();

        assertThat(result.cpu()).isBetween(Duration.ofMillis(100), Duration.ofMillis(600));
    }

    @Test
    void processesAreLimited() throws Exception {
        Result result = sh("for i in 1 2 3 4 5 6 7 8 9; do sleep 0.2 & done; wait")
                .pids(5)
                .build()
                .run();

        assertThat(result.stderr().text()).containsIgnoringCase("fork");
    }

    @Test
    void aProgramThatIsNotThereIsTold() {
        assertThatThrownBy(() ->
                        Sandbox.builder().command("no-such-program").build().run())
                .isInstanceOfSatisfying(StepFailed.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(127);
                    assertThat(e.errnoName()).isEqualTo("ENOENT");
                    assertThat(e)
                            .hasMessageContaining(
                                    "no-such-program: command not found: looked for in /usr/local/sbin, /usr/local/bin");
                });
        assertThatThrownBy(
                        () -> Sandbox.builder().command("/etc/passwd").build().run())
                .isInstanceOfSatisfying(
                        StepFailed.class, e -> assertThat(e.exitCode()).isEqualTo(126));
    }

    @Test
    void whatCanNotBeIsToldBeforeAnythingHappens() {
        assertThatThrownBy(() -> Sandbox.builder().workingDirectory("x").build().start())
                .isInstanceOfSatisfying(
                        InvalidBox.class,
                        e -> assertThat(e.problems())
                                .containsExactly("process.args: no command", "process.cwd: not an absolute path: x"));
        assertThatThrownBy(() -> Sandbox.builder().memory(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sandbox.builder().cpus(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sandbox.builder().timeout(Duration.ofNanos(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sandbox.builder().capabilities("X")).hasMessage("no such capability: X");
        assertThatThrownBy(() -> Sandbox.builder().seccomp("{")).hasMessageStartingWith("not a seccomp profile");
    }

    @Test
    void privilegesCanBeGiven() throws Exception {
        Result result = sh("grep -E '^Cap(Eff|Bnd|Amb)' /proc/self/status | cut -f 2; id -u")
                .capabilities("CAP_NET_BIND_SERVICE", "chown")
                .user(1000, 1000)
                .build()
                .run();
        assertThat(result.stdout().text()).isEqualTo("0000000000000401\n0000000000000401\n0000000000000401\n1000\n");
    }

    @Test
    void aSeccompProfileCanBeGiven() throws Exception {
        String profile = """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}
                """;
        assertThat(sh("mkdir /tmp/x").seccomp(profile).build().run().stderr().text())
                .contains("Operation not permitted");
        assertThat(sh("grep Seccomp: /proc/self/status | cut -f 2")
                        .withoutSeccomp()
                        .build()
                        .run()
                        .stdout()
                        .text())
                .isEqualTo("0\n");
    }

    @Test
    void theHostsNetworkCanBeShown() throws Exception {
        Result result = sh("hostname; cat /proc/net/dev | wc -l")
                .network(Network.HOST)
                .build()
                .run();

        long lines = Files.readAllLines(Path.of("/proc/net/dev")).size();
        assertThat(result.stdout().text()).isEqualTo("box\n" + lines + "\n");
        assertThat(InetAddress.getLocalHost().getHostName()).isNotEqualTo("box");
    }

    @Test
    void twoHundredRunsLeaveNothingBehind() throws Exception {
        Sandbox sandbox = sh("echo x").memory(64 << 20).build();
        sandbox.run();
        long descriptors = count("/proc/self/fd");
        long groups = groups();
        long mounts = Files.readAllLines(Path.of("/proc/self/mountinfo")).size();

        try (var pool = Executors.newFixedThreadPool(4)) {
            List<Callable<Result>> runs = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                runs.add(sandbox::run);
            }
            for (var run : pool.invokeAll(runs)) {
                assertThat(run.get().stdout().text()).isEqualTo("x\n");
            }
        }

        assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(descriptors);
        assertThat(groups()).isEqualTo(groups);
        assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo")).size()).isEqualTo((int) mounts);
        assertThat(ProcessHandle.current().children()).isEmpty();
        for (int i = 0; i < 500 && !threads().isEmpty(); i++) { // it has given its result, and ends a moment later
            Thread.sleep(20);
        }
        assertThat(threads()).isEmpty();
    }

    /// Those that do something of ours; others wait for it.
    private static List<String> threads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(it -> it.getKey().getName().startsWith("carafe"))
                .filter(it -> Arrays.stream(it.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("io.carafe")))
                .map(it -> it.getKey().getName())
                .toList();
    }

    @Test
    void theBoxDiesWithTheJvm(@TempDir Path directory) throws Exception {
        Process jvm = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sleeper.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(jvm.getInputStream().readNBytes(6)).asString().isEqualTo("ready\n");
            awaitSleepers(1);
        } finally {
            jvm.destroyForcibly();
        }

        assertThat(jvm.waitFor(10, TimeUnit.SECONDS)).isTrue();
        awaitSleepers(0);
    }

    /// The shell says "ready" before it becomes `sleep`, and a killed JVM's box ends a moment after it.
    private static void awaitSleepers(long expected) throws InterruptedException {
        for (int i = 0; i < 500 && sleepers() != expected; i++) {
            Thread.sleep(20);
        }
        assertThat(sleepers()).isEqualTo(expected);
    }

    /// The JVM that is killed.
    static final class Sleeper {
        public static void main(String[] arguments) throws Exception {
            try (RunningBox box = sh("echo ready; exec sleep 47114711").build().start()) {
                box.stdout().readNBytes(6);
                System.out.println("ready");
                box.await();
            }
        }
    }

    private static long sleepers() {
        return ProcessHandle.allProcesses()
                .filter(it ->
                        List.of(it.info().arguments().orElse(new String[0])).contains("47114711"))
                .count();
    }

    private static SandboxBuilder sh(String script) {
        return Sandbox.builder().command("sh", "-c", script);
    }

    private static long groups() throws IOException {
        return Files.isDirectory(Path.of("/sys/fs/cgroup/memory"))
                ? count("/sys/fs/cgroup/memory") + count("/sys/fs/cgroup/pids")
                : count("/sys/fs/cgroup"); // v2
    }

    private static long count(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(directory))) {
            return entries.count();
        }
    }

    @Test
    void aBoxHasTheDevicesThatItIsGivenAndRunsWhereItIsTold() throws Exception {
        Result result = Sandbox.builder()
                .user(0, 0)
                .device("/dev/my/zero", "c", 1, 5)
                .processors("0")
                .command("sh", "-c", "head -c3 /dev/my/zero | wc -c; grep Cpus_allowed_list /proc/self/status")
                .build()
                .run();

        assertThat(result.stdout().text()).isEqualTo("3\nCpus_allowed_list:\t0\n");
    }
}
