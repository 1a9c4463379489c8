package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// "Containers from scratch", as docs/tour.md tells it: begins with a process that shares everything with the host,
/// takes
/// away one thing after the other, and looks from inside and from outside at what has changed.
@EndToEnd
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TourIT {
    /// Nothing of its own but a mount namespace, which every box has, and all the power that we have.
    private static final List<String> SHARED = List.of(
            "--pid=host",
            "--uts=host",
            "--ipc=host",
            "--network=host",
            "--cgroupns=host",
            "--no-pivot",
            "--init=false",
            "--cap-add=ALL",
            "--security-opt=seccomp=unconfined");

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final Duration LONG = Duration.ofSeconds(60);

    @Order(1)
    @Test
    void inTheBeginningItIsAnOrdinaryProcess() throws IOException {
        assertThat(namespaces(SHARED)).isEqualTo(namespaces());
        assertThat(shared("hostname").line()).isEqualTo(host("hostname").line());
        assertThat(shared("grep", "CapEff", "/proc/self/status"))
                .isEqualTo(host("grep", "CapEff", "/proc/self/status"));
        assertThat(shared(
                        "ps",
                        "-o",
                        "comm=",
                        "-p",
                        Long.toString(ProcessHandle.current().pid())))
                .isEqualTo(new Run(0, "java\n", ""));
    }

    @Order(2)
    @Test
    void chrootGivesItARootThatItsRootCanTakeOff(@TempDir Path directory) throws IOException {
        Path root = Rootfs.busybox(directory);
        assertThat(run(words(SHARED, "--rootfs", root.toString(), "ls", "/")).out())
                .isEqualTo("bin\ndev\netc\nproc\nsys\ntmp\n");
        assertThat(shared("sh", "-c", "echo lost >/etc/carafe-tour; cat /etc/carafe-tour")
                        .out())
                .isEqualTo("lost\n");
        assertThat(Path.of("/etc/carafe-tour")).doesNotExist();

        assertThat(rootsBelow(SHARED)).contains(rootOfTheHost());
    }

    @Order(3)
    @Test
    void pivotRootTakesTheOldRootAway() throws IOException {
        assertThat(rootsBelow(without("--no-pivot"))).isNotEmpty().doesNotContain(rootOfTheHost());
    }

    @Order(4)
    @Test
    void withAUtsNamespaceItRenamesItselfAlone() {
        String before = host("hostname").line();
        assertThat(run(words(without("--uts=host"), "host", "sh", "-c", "hostname box; hostname"))
                        .line())
                .isEqualTo("box");
        assertThat(host("hostname").line()).isEqualTo(before);
    }

    @Order(5)
    @Test
    void withAMountNamespaceWhatItMountsIsItsOwn() throws IOException {
        var box = start(words("run", SHARED, "-i", "host", "sh", "-c", """
                mount -t tmpfs tour-of-carafe /mnt && touch /mnt/inside && ls /mnt && read wait""")).says("inside");
        assertThat(proc(program(box, "sh"), "mountinfo")).contains("tour-of-carafe");
        assertThat(Path.of("/proc/self/mountinfo")).content().doesNotContain("tour-of-carafe");
        box.input("\n").finish();
    }

    @Order(6)
    @Test
    void withAPidNamespaceItIsNumberOneAndAlone() throws IOException {
        String us = Long.toString(ProcessHandle.current().pid());
        assertThat(shared("kill", "-0", us).code()).isZero();

        List<String> own = without("--pid=host");
        assertThat(run(words(own, "host", "ps", "-e", "-o", "pid=,comm=")).line())
                .isEqualTo("1 ps");
        assertThat(run(words(own, "host", "sh", "-c", "kill -0 " + us)).err()).contains("No such process");
        var box = start(words("run", own, "-i", "host", "sh", "-c", "echo I am $$; read wait"))
                .says("I am 1\n");
        String outside = program(box, "sh");
        assertThat(proc(outside, "status")).contains("NSpid:\t" + outside + "\t1\n");
        box.input("\n").finish();
    }

    @Order(7)
    @Test
    void withAnIpcNamespaceItSeesNoMessageQueuesOfOthers() {
        String id = host("ipcmk", "-Q").line().replaceAll("\\D", "");
        try {
            assertThat(shared("ipcs", "-q", "-i", id).out()).contains("msqid=" + id);
            assertThat(run(words(without("--ipc=host"), "host", "ipcs", "-q")).out())
                    .contains("msqid")
                    .doesNotContain("0x");
        } finally {
            host("ipcrm", "-q", id);
        }
    }

    @Order(8)
    @Test
    void withANetworkNamespaceNobodyIsThereAndEveryPortIsFree() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String connect = "exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort();
            assertThat(shared("bash", "-c", connect).code()).isZero();
            assertThat(run(words(without("--network=host"), "host", "bash", "-c", connect))
                            .err())
                    .contains("Connection refused");
        }
        assertThat(run(words(without("--network=host"), "host", "ls", "/sys/class/net"))
                        .out())
                .isEqualTo("lo\n");

        List<String> before = listeners("self");
        String listen = "$| = 1; $s = IO::Socket::INET->new(LocalPort => 80, Listen => 1) or die; print qq(here\n); <>";
        var boxes = new ArrayList<Started>();
        for (int i = 0; i < 2; i++) { // both on port 80
            boxes.add(start(words(
                            "run", without("--network=host"), "-i", "host", "perl", "-MIO::Socket::INET", "-e", listen))
                    .says("here"));
        }
        assertThat(listeners("self")).isEqualTo(before);
        for (Started box : boxes) {
            assertThat(listeners(program(box, "perl"))).hasSize(1);
            assertThat(box.input("\n").finish().code()).isZero();
        }
    }

    @Order(9)
    @Test
    void withAUserNamespaceItsRootIsNobodyOutside() throws IOException {
        String status = "echo I am $(id -u); read wait";
        var box = start(words("run", SHARED, "-i", "host", "sh", "-c", status)).says("I am 0\n");
        assertThat(proc(program(box, "sh"), "status")).contains("Uid:\t0\t0\t0\t0\n");
        box.input("\n").finish();

        box = start("run", "-i", "--init=false", "--uidmap", "0:100000:65536", "host", "sh", "-c", status)
                .says("I am 0\n");
        assertThat(proc(program(box, "sh"), "status")).contains("Uid:\t100000\t100000\t100000\t100000\n");
        box.input("\n").finish();
    }

    @Order(10)
    @Test
    void withACgroupNamespaceItsGroupLooksLikeTheRoot() throws IOException {
        assertThat(shared("cat", "/proc/self/cgroup").out()).contains(":/carafe-");
        var box = start(words(
                        "run",
                        without("--cgroupns=host"),
                        "-i",
                        "host",
                        "sh",
                        "-c",
                        "cat /proc/self/cgroup; echo here; read wait"))
                .says("here");
        assertThat(proc(program(box, "sh"), "cgroup")).contains(":/carafe-");
        assertThat(box.input("\n").finish().out()).contains(":/\n").doesNotContain("carafe");
    }

    @Order(11)
    @Test
    void withATimeNamespaceItHasBeenUpForWeeks() {
        String uptime = "cut -d. -f1 /proc/uptime";
        long outside = Long.parseLong(shared("sh", "-c", uptime).line());
        long inside = Long.parseLong(run(words(SHARED, "--time-offset", "boottime=1000h", "host", "sh", "-c", uptime))
                .line());
        assertThat(inside - outside).isCloseTo(1000 * 3600, within(100L));
        assertThat(Long.parseLong(host("sh", "-c", uptime).line())).isCloseTo(outside, within(100L));
    }

    @Order(12)
    @Test
    void rootWithoutItsPowersIsAnOrdinaryProgram() {
        String dare = "mount -t tmpfs none /mnt && echo mounted; grep ^Seccomp: /proc/self/status";
        assertThat(shared("sh", "-c", dare).out()).isEqualTo("mounted\nSeccomp:\t0\n");
        assertThat(run("host", "sh", "-c", dare).out()).isEqualTo("Seccomp:\t2\n");
    }

    @Order(13)
    @Test
    void allOfThatIsWhatABoxIsWithoutAsking() throws IOException {
        assertThat(namespaces(List.of())).doesNotContainAnyElementsOf(namespaces());
    }

    @Order(14)
    @Test
    void aForkBombFillsItsBoxAndNothingElse() throws IOException {
        var box = start(
                        "run",
                        "--pids-limit=20",
                        "host",
                        "perl",
                        "-e",
                        "$| = 1; 1 while defined fork; print qq(full: $!\n); sleep 60")
                .says("full: Resource temporarily unavailable");
        Path group = group(program(box, "perl"), "pids");
        assertThat(Files.readString(group.resolve("pids.current")).strip()).isEqualTo("20");
        String forks =
                "for (1..200) { $p = fork // die; if (!$p) { sleep 9; exit } push @p, $p } kill 9, @p; print 0+@p";
        assertThat(host("perl", "-e", forks)).isEqualTo(new Run(0, "200", ""));
        box.process().destroyForcibly();
        box.finish();
    }

    @Order(15)
    @Test
    void whoeverWantsTooMuchMemoryIsKilledAndToldWhy() {
        assertThat(run("-m", "64m", "host", "dd", "if=/dev/zero", "of=/dev/null", "bs=1G", "count=1"))
                .isEqualTo(new Run(137, "", "carafe: killed by the memory limit of 64 MiB\n"));
    }

    /// How much processor time each had, not how long anything took: whoever else runs on that processor takes from
    /// both.
    @Order(16)
    @Test
    void ofOneProcessorFourPartsGoToOneAndOnePartToTheOther() throws IOException {
        boolean linear = Files.isDirectory(CGROUPS.resolve("cpu")); // v2 makes weights of shares: decision 9
        var heavy = burning("--cpu-shares", linear ? "4096" : "5781"); // cpu.weight 400
        var light = burning("--cpu-shares", "1024"); // cpu.weight 100
        String heavyOne = program(heavy, "perl");
        String lightOne = program(light, "perl");
        heavy.input("\n"); // one begins first: what it has until both run doesn't count
        light.input("\n");
        await().atMost(LONG).until(() -> ticks(lightOne) > 10 && ticks(heavyOne) > 10);
        long heavyBefore = ticks(heavyOne);
        long lightBefore = ticks(lightOne);
        await().atMost(LONG).until(() -> ticks(heavyOne) + ticks(lightOne) - heavyBefore - lightBefore > 250);
        double ratio = (double) (ticks(heavyOne) - heavyBefore) / (ticks(lightOne) - lightBefore);
        for (Started each : List.of(heavy, light)) {
            each.process().destroyForcibly();
            each.finish();
        }
        assertThat(ratio).isBetween(3.0, 5.0);
    }

    @Order(17)
    @Test
    void whateverItDoesItDoesOnItsProcessor() throws IOException {
        String cpu = processor();
        assertThat(run("--cpuset-cpus", cpu, "host", "grep", "Cpus_allowed_list", "/proc/self/status")
                        .out())
                .isEqualTo("Cpus_allowed_list:\t" + cpu + "\n");
        var box = start(
                        "run",
                        "--cpuset-cpus",
                        cpu,
                        "host",
                        "perl",
                        "-e",
                        "$| = 1; fork; fork; print qq(here\n); 1 while 1")
                .says("here\nhere\nhere\nhere\n");
        List<String> burners = programs(box, "perl");
        assertThat(burners).hasSize(4);
        for (int i = 0; i < 100; i++) {
            for (String each : burners) {
                assertThat(stat(each, 39)).isEqualTo(cpu);
            }
        }
        box.process().destroyForcibly();
        box.finish();
    }

    private static Run shared(String... command) {
        return run(words(SHARED, Carafe.words("host", command)));
    }

    private static List<String> without(String option) {
        var options = new ArrayList<>(SHARED);
        assertThat(options.remove(option)).as(option).isTrue();
        return options;
    }

    private static String[] words(List<String> options, String... others) {
        var words = new ArrayList<>(options);
        words.addAll(List.of(others));
        return words.toArray(new String[0]);
    }

    private static String[] words(String first, List<String> options, String... others) {
        return Carafe.words(first, words(options, others));
    }

    /// Those that a box with these options is in, but for its mounts and what it shares unless asked for otherwise.
    private static List<String> namespaces(List<String> options) {
        return run(words(options, "host", "sh", "-c", "cd /proc/self/ns; readlink cgroup ipc net pid uts"))
                .out()
                .lines()
                .toList();
    }

    private static List<String> namespaces() throws IOException {
        var own = new ArrayList<String>();
        for (String kind : new String[] {"cgroup", "ipc", "net", "pid", "uts"}) {
            own.add(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)).toString());
        }
        return own;
    }

    /// The device numbers of all that is `/` when whoever may do anything takes off one root after the other.
    private static List<String> rootsBelow(List<String> options) {
        return run(words(options, "host", "perl", "-e", """
                        open $ours, '<', '/proc/self/ns/mnt' or die;
                        $root = '/';
                        do { print +(stat $root)[0], "\\n" }
                        while syscall(166, $root, 2) == 0 && syscall(308, fileno $ours, 0) == 0; # umount2, setns""")).out().lines().toList();
    }

    private static String rootOfTheHost() throws IOException {
        return Files.getAttribute(Path.of("/"), "unix:dev").toString();
    }

    /// The host's process number of the box's program.
    private static String program(Started box, String name) {
        return programs(box, name).getFirst();
    }

    private static List<String> programs(Started box, String name) {
        return box.process()
                .descendants()
                .map(process -> Long.toString(process.pid()))
                .filter(process ->
                        host("cat", "/proc/" + process + "/comm").line().equals(name))
                .toList();
    }

    private static String proc(String process, String file) throws IOException {
        return Files.readString(Path.of("/proc", process, file));
    }

    /// Addresses and ports of listening sockets.
    private static List<String> listeners(String process) throws IOException {
        return proc(process, "net/tcp")
                .lines()
                .map(line -> line.strip().split(" +"))
                .filter(words -> words[3].equals("0A")) // TCP_LISTEN
                .map(words -> words[1])
                .toList();
    }

    private static Path group(String process, String controller) throws IOException {
        for (String line : proc(process, "cgroup").split("\n")) {
            String[] words = line.split(":", 3);
            if (words[1].equals(controller)) {
                return CGROUPS.resolve(controller + words[2]);
            }
        }
        return CGROUPS.resolve(proc(process, "cgroup").strip().replaceAll("^0::/", ""));
    }

    /// Waits for a word, and then only calculates.
    private static Started burning(String... options) throws IOException {
        return start(words(
                        "run",
                        List.of(options),
                        "--cpuset-cpus",
                        processor(),
                        "-i",
                        "host",
                        "perl",
                        "-e",
                        "$| = 1; print qq(here\n); <>; 1 while 1"))
                .says("here");
    }

    /// The last that we may use: others often choose the first.
    private static String processor() throws IOException {
        String list = proc("self", "status").replaceAll("(?s).*Cpus_allowed_list:\t(\\S+).*", "$1");
        return list.replaceAll(".*[,-]", "");
    }

    /// Processor time that a process has had.
    private static long ticks(String process) throws IOException {
        return Long.parseLong(stat(process, 14)) + Long.parseLong(stat(process, 15));
    }

    /// A field of proc_pid_stat(5), which are counted from 1.
    private static String stat(String process, int field) throws IOException {
        String stat = proc(process, "stat");
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field - 3];
    }
}
