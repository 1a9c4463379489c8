package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.Site;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.plan.Step.Monitor.Input;
import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Handover;
import io.carafe.sandbox.planner.Planner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A container whose executor stays with it in the background. Needs root.
@ParameterizedClass
@EnumSource(Program.class)
@Timeout(60)
class MonitorIT {
    private static final String KEYS = "\u0010\u0011"; // ctrl-p ctrl-q

    @Parameter
    Program program;

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();
    private final String mark = "carafe-monitor-" + UUID.randomUUID();
    private Guest guest;
    private Path state;
    private Path kept;
    private boolean terminal;
    private Input input = Input.NONE;
    private int attach;
    private long logSize;
    private int tickEvery;
    private List<String> tick = List.of();
    private List<String> after = List.of();
    private Duration timeout = Duration.ZERO;

    @BeforeEach
    void makeGuest() throws Exception {
        guest = Guest.in(directory).with("flip");
        Files.createSymbolicLink(guest.root.resolve("bin/head"), Path.of("busybox"));
        Files.createSymbolicLink(guest.root.resolve("bin/md5sum"), Path.of("busybox"));
        kept = Files.createDirectory(directory.resolve("kept"));
        state = directory.resolve("state");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        List<Long> left = monitors();
        if (left.size() > 1) { // its keeper does the rest
            ProcessHandle.of(left.getFirst()).ifPresent(ProcessHandle::destroyForcibly);
        }
        Awaitility.await().until(() -> monitors().isEmpty());
        Awaitility.await().until(() -> !Files.exists(state));
        assertThat(Path.of("/sys/fs/cgroup/memory/" + group())).doesNotExist();
    }

    private String group() {
        return mark.substring(0, 24);
    }

    // ---- what is started

    private Plan plan(Box box) {
        box.terminal = terminal;
        box.interactive = input != Input.NONE;
        box.group = group();
        box.timeout = timeout;
        var monitor = new Step.Monitor(
                state.resolve("attach").toString(),
                kept.resolve("log").toString(),
                logSize,
                3,
                kept.resolve("ended").toString(),
                input,
                attach,
                true,
                KEYS,
                tickEvery,
                tick,
                after,
                List.of("PATH=/usr/bin:/bin"));
        var handover =
                new Handover(List.of(), state.toString(), Map.of(), "", "", "", true, 0, Handover.Left.ENDED, monitor);
        return Planner.plan(box.spec(), Running.HOST, Site.onDemand(box.group, Running.HOST.usableCgroups()), handover);
    }

    private static Plan attachment(Path socket, int streams) {
        var step = new Step.Attach(socket.toString(), streams, KEYS, true);
        return Plan.act(List.of(new Line(step, "")), List.of());
    }

    private Process front(Plan plan) throws IOException {
        Path file = directory.resolve("plan-" + started.size());
        Files.write(file, Wire.encode(plan));
        var builder = new ProcessBuilder(
                "/bin/sh",
                "-c",
                "exec 3<" + file + "; exec \"$0\"",
                program.named("carafe-box").toString());
        builder.environment().put("ASAN_OPTIONS", "detect_leaks=0:exitcode=86");
        builder.environment().put("CARAFE_DAEMON", "off");
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Process shell(String script) throws IOException {
        return front(plan(guest.sh(script)));
    }

    private Process attached(int streams) throws IOException {
        Awaitility.await().until(() -> Files.exists(state.resolve("attach")));
        return front(attachment(state.resolve("attach"), streams));
    }

    private static int code(Process process) throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        return process.exitValue();
    }

    private static String all(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String errors(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void see(Process process, String text) throws IOException {
        var seen = new ByteArrayOutputStream();
        while (!seen.toString(StandardCharsets.UTF_8).contains(text)) {
            int next = process.getInputStream().read();
            assertThat(next).as("the end, having seen %s", seen).isNotEqualTo(-1);
            seen.write(next);
        }
    }

    private static void type(Process process, String text) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(text.getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /// Monitors and keepers: they have the mark of this test in the path of their socket.
    private List<Long> monitors() throws IOException {
        var found = new ArrayList<Long>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                try {
                    String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
                    String name = Files.readString(process.resolve("comm"));
                    if (name.equals("carafe-monitor\n") && isOurs(line, process)) {
                        found.add(Long.valueOf(process.getFileName().toString()));
                    }
                } catch (IOException e) {
                    // not a process, or it has just ended
                }
            }
        }
        found.sort(null);
        return found;
    }

    /// The command line has as much of the path as there was room for: so the log that it has open tells.
    private boolean isOurs(String line, Path process) throws IOException {
        if (!line.startsWith("carafe-monitor")) {
            return false;
        }
        String maps = Files.readString(process.resolve("maps"));
        return maps.contains(program == Program.SHIPPED ? "executor" : "sanitized");
    }

    private Report report() throws IOException {
        Path file = kept.resolve("ended");
        Awaitility.await().until(() -> Files.exists(file));
        return Report.decode(Files.readAllBytes(file));
    }

    private String log() throws IOException {
        return Files.readString(kept.resolve("log"));
    }

    /// Without times.
    private List<String> lines() throws IOException {
        return log().lines().map(it -> it.substring(it.indexOf(' ') + 1)).toList();
    }

    // ---- in the background

    @Test
    void itRunsOnWhenWhoHasStartedItIsGone() throws Exception {
        Process front = shell("echo hello; echo world >&2; while [ ! -e /tmp/stop ]; do sleep 0.02; done; exit 7");

        assertThat(code(front)).isZero();
        assertThat(all(front)).isEmpty();
        Awaitility.await().until(() -> lines().equals(List.of("stdout F hello", "stderr F world")));
        assertThat(log().lines()).allMatch(it -> it.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z .*"));
        assertThat(monitors()).hasSize(2); // and its keeper
        for (int fd = 0; fd <= 2; fd++) {
            assertThat(Path.of("/proc/" + monitors().getFirst() + "/fd/" + fd).toRealPath())
                    .isEqualTo(Path.of("/dev/null"));
        }
        kill(15);
        Report report = report();
        assertThat(report.outcome()).isEqualTo(Report.Outcome.ENDED);
        assertThat(report.status()).isIn(15, (128 + 15) << 8);
    }

    private void kill(int signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, "" + monitors().getFirst())
                .start()
                .waitFor();
    }

    @Test
    void whatCannotBeExecutedIsToldToWhoStartsIt() throws Exception {
        Box box = guest.box("/bin/nothing");
        Process front = front(plan(box));

        assertThat(code(front)).isEqualTo(125); // no JVM here says 127 for a step that looks first
        assertThat(report().outcome()).isEqualTo(Report.Outcome.FAILED);
    }

    @Test
    void theReportSaysWhatWasReadAndWhere() throws Exception {
        code(shell("exit 3"));

        Report report = report();
        assertThat(report.status()).isEqualTo(3 << 8);
        assertThat(report.unwatched()).isFalse();
        assertThat(report.paths().keySet()).isEqualTo(report.collected().keySet());
    }

    @Test
    void theTimeLimitHolds() throws Exception {
        timeout = Duration.ofMillis(300);
        code(shell("sleep 1000"));

        assertThat(report().timedOut()).isTrue();
    }

    @Test
    void halfALineIsWrittenWhenItHasWaitedAndAsALineAtTheEnd() throws Exception {
        code(shell("echo -n prompt; sleep 1.6; echo -n rest"));
        report();

        assertThat(lines()).containsExactly("stdout P prompt", "stdout F rest");
    }

    @Test
    void aLongLineIsBroken() throws Exception {
        code(shell("head -c 40000 /dev/zero | tr '\\0' x; echo; echo next"));
        report();

        List<String> lines = lines();
        String text = lines.stream()
                .limit(lines.size() - 1)
                .map(it -> it.substring(9))
                .collect(Collectors.joining());
        assertThat(text).isEqualTo("x".repeat(40000));
        assertThat(lines.getFirst()).startsWith("stdout P ");
        assertThat(lines.get(lines.size() - 2)).startsWith("stdout F ");
        assertThat(lines.getLast()).isEqualTo("stdout F next");
    }

    @Test
    void theLogIsRotated() throws Exception {
        logSize = 2000;
        code(shell("for i in $(seq 1 100); do echo line $i; sleep 0.001; done"));
        report();

        for (String name : List.of("log", "log.1", "log.2")) {
            assertThat(Files.size(kept.resolve(name))).as(name).isBetween(1L, 2000L);
        }
        assertThat(kept.resolve("log.3")).doesNotExist();
        String text = Files.readString(kept.resolve("log.2")) + Files.readString(kept.resolve("log.1")) + log();
        List<String> numbers =
                text.lines().map(it -> it.substring(it.lastIndexOf(' ') + 1)).toList();
        int first = Integer.parseInt(numbers.getFirst());
        assertThat(numbers)
                .isEqualTo(IntStream.rangeClosed(first, 100)
                        .mapToObj(it -> "" + it)
                        .toList());
    }

    @Test
    void whenTheMonitorIsKilledItsKeeperEndsTheBoxAndTells() throws Exception {
        Path mark = directory.resolve("after");
        after = List.of("/bin/touch", mark.toString());
        code(shell("sleep 1000"));
        Process client = attached(2);
        Thread.sleep(200);
        ProcessHandle.of(monitors().getFirst()).orElseThrow().destroyForcibly();

        Report report = report();
        assertThat(report.unwatched()).isTrue();
        assertThat(report.outcome()).isEqualTo(Report.Outcome.ENDED);
        assertThat(report.status()).isEqualTo(9);
        assertThat(code(client)).isEqualTo(125);
        Awaitility.await().until(() -> Files.exists(mark));
    }

    @Test
    void aCommandIsRunEverySoOftenAndOneAtLast() throws Exception {
        Path ticks = directory.resolve("ticks");
        Path mark = directory.resolve("after");
        tickEvery = 50;
        tick = List.of("/bin/sh", "-c", "echo >>" + ticks + "; exec sleep 0.08");
        after = List.of("/bin/sh", "-c", "ls -l /proc/self/fd >" + mark + ".new; mv " + mark + ".new " + mark);
        code(shell("sleep 0.7"));
        report();

        Awaitility.await().until(() -> Files.exists(mark));
        assertThat(Files.size(ticks)).isBetween(3L, 8L); // never two at a time
        assertThat(Files.readString(mark))
                .contains("0 -> /dev/null", "2 -> /dev/null")
                .doesNotContain("socket", "pipe");
    }

    @Test
    void whileItIsIdleItCostsLittle() throws Exception {
        Assumptions.assumeTrue(program == Program.SHIPPED, "ASan's own memory is not what is shipped");
        code(shell("read nothing; sleep 1000"));
        Awaitility.await().until(() -> monitors().size() == 2);
        long box = box(monitors().getFirst());

        long kib = pss(monitors().getFirst()) + pss(monitors().getLast()) + pss(box);

        System.out.println(
                "MonitorIT: an idle container costs " + pss(monitors().getFirst()) + " + "
                        + pss(monitors().getLast()) + " + " + pss(box) + " KiB (monitor, keeper, init)");
        assertThat(kib).isLessThan(1024);
    }

    private static long box(long monitor) throws IOException {
        for (String child : Files.readString(Path.of("/proc/" + monitor + "/task/" + monitor + "/children"))
                .split(" ")) {
            if (Files.readString(Path.of("/proc/" + child + "/comm")).equals("carafe-init\n")) {
                return Long.parseLong(child);
            }
        }
        throw new IllegalStateException("no init");
    }

    private static long pss(long process) throws IOException {
        String text = Files.readString(Path.of("/proc/" + process + "/smaps_rollup"));
        return text.lines()
                .filter(it -> it.startsWith("Pss:"))
                .mapToLong(it -> Long.parseLong(it.replaceAll("\\D", "")))
                .sum();
    }

    // ---- attached

    @Test
    void whoStartsItSeesAllOfIt() throws Exception {
        attach = 6;
        Process front = shell("echo early; echo wrong >&2; exit 5");

        assertThat(all(front)).isEqualTo("early\n");
        assertThat(errors(front)).isEqualTo("wrong\n");
        assertThat(code(front)).isEqualTo(5);
    }

    @Test
    void aSignalEndedItIsToldSo() throws Exception {
        attach = 6;
        Process front = shell("kill -9 $$");

        assertThat(code(front)).isEqualTo(137);
    }

    @Test
    void theInputOfTheFirstHasAnEnd() throws Exception {
        attach = 7;
        input = Input.ONCE;
        Process front = shell("cat; echo over");
        type(front, "one\ntwo\n");
        front.getOutputStream().close();

        assertThat(all(front)).isEqualTo("one\ntwo\nover\n");
        assertThat(code(front)).isZero();
    }

    @Test
    void anOpenInputIsThereForTheNextToo() throws Exception {
        input = Input.OPEN;
        assertThat(code(shell("read a; read b; echo $a and $b"))).isZero();
        Process first = attached(7);
        type(first, "one\n");
        first.getOutputStream().close();
        Process second = attached(7);
        Thread.sleep(300);
        type(second, "two\n");

        assertThat(all(second)).isEqualTo("one and two\n");
        assertThat(all(first)).isEqualTo("one and two\n");
        assertThat(code(first)).isZero();
        assertThat(code(second)).isZero();
    }

    @Test
    void muchOutputGoesToAllOfThemAndNothingIsLost() throws Exception {
        attach = 2;
        input = Input.OPEN;
        Process front = shell("read go; head -c 20000000 /dev/urandom >/tmp/r; cat /tmp/r; md5sum </tmp/r >&2");
        Process second = attached(7);
        Thread.sleep(300);
        type(second, "go\n");
        var sums = new ArrayList<String>();
        for (Process process : List.of(front, second)) {
            Thread.ofPlatform().start(() -> {
                try {
                    String sum = sum(process);
                    synchronized (sums) {
                        sums.add(sum);
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        assertThat(code(front)).isZero();
        assertThat(code(second)).isZero();
        String expected = errors(second).strip().split(" ")[0];

        Awaitility.await().untilAsserted(() -> {
            synchronized (sums) {
                assertThat(sums).containsExactly(expected, expected);
            }
        });
    }

    private static String sum(Process process) throws Exception {
        var digest = java.security.MessageDigest.getInstance("MD5");
        byte[] bytes = new byte[8192];
        for (int length; (length = process.getInputStream().read(bytes)) > 0; ) {
            digest.update(bytes, 0, length);
        }
        return java.util.HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void whoReadsSlowlyLosesNothing() throws Exception {
        attach = 2;
        Process front = shell("seq 1 200000");
        Thread.sleep(500);

        assertThat(all(front).lines().count()).isEqualTo(200000);
        assertThat(code(front)).isZero();
    }

    @Test
    void whoIsKilledLeavesItRunning() throws Exception {
        attach = 7;
        input = Input.OPEN;
        Process front = shell("echo ready; read line; echo got $line");
        see(front, "ready");
        front.destroyForcibly().waitFor();
        Process client = attached(7);
        type(client, "this\n");

        assertThat(all(client)).isEqualTo("got this\n");
        assertThat(code(client)).isZero();
    }

    @Test
    void signalsOfTheClientAreThePrograms() throws Exception {
        attach = 6;
        Process front = shell("trap 'echo caught; exit 3' TERM; echo ready; while :; do sleep 0.02; done");
        see(front, "ready");
        front.toHandle().destroy(); // SIGTERM, and our end of its streams stays open

        assertThat(code(front)).isEqualTo(3);
    }

    @Test
    void whoOnlyWaitsHearsHowItEnded() throws Exception {
        code(shell("sleep 0.5; exit 6"));

        assertThat(code(attached(0))).isEqualTo(6);
    }

    @Test
    void aMonitorThatIsKilledIsTold() throws Exception {
        attach = 6;
        Process front = shell("echo ready; sleep 1000");
        see(front, "ready");
        ProcessHandle.of(monitors().getFirst()).orElseThrow().destroyForcibly();

        assertThat(code(front)).isEqualTo(125);
        assertThat(report().unwatched()).isTrue();
    }
}
