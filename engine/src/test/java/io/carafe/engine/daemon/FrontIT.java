package io.carafe.engine.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.daemon.TestHome.Run;
import io.carafe.engine.daemon.TestHome.Started;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No command fails, hangs or leaves something behind because of the daemon. Needs no privilege; what does
/// says so.
class FrontIT {
    private static final long LONG = 300_000;
    private static final Map<String, String> OFF = Map.of("CARAFE_DAEMON", "off");

    private TestHome home;

    @BeforeEach
    void makeHome() throws IOException {
        home = new TestHome(LONG);
    }

    @AfterEach
    void removeHome() throws Exception {
        home.close();
    }

    private Path socket() throws Exception {
        return Path.of(home.run("socket").line());
    }

    private static List<Path> files(Path socket) {
        return List.of(socket, Path.of(socket + ".lock"), Path.of(socket + ".log"), Path.of(socket + ".new"));
    }

    private long daemon() throws Exception {
        return Long.parseLong(home.run("pid").line());
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor())
                .isZero();
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> ProcessHandle.of(pid).isEmpty());
    }

    // what comes through

    @Test
    void twoCommandsAreAnsweredByOneDaemon() throws Exception {
        assertThat(daemon()).isEqualTo(daemon());
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void outputErrorsAndExitCodesComeThrough(String daemon) throws Exception {
        var environment = Map.of("CARAFE_DAEMON", daemon);
        assertThat(home.run(environment, "echo", "a", "b c")).isEqualTo(new Run(0, "a b c\n", ""));
        assertThat(home.run(environment, "err")).isEqualTo(new Run(3, "", "to standard error\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void theCallersContextComesThrough(String daemon) throws Exception {
        Run run = home.shell(
                Map.of("CARAFE_DAEMON", daemon),
                "cd /usr/bin && umask 012 && exec -a /x/carafe-runtime $carafe context");
        assertThat(run.out())
                .startsWith("carafe-runtime /usr/bin 012 ")
                .endsWith("Terminal[input=false, output=false, error=false, rows=0, columns=0]\n");
    }

    // plans in the middle of a conversation

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void plansArePerformedInTheCallersContextOneAfterTheOther(String daemon) throws Exception {
        Run run = home.shell(
                Map.of("CARAFE_DAEMON", daemon),
                "d=$(mktemp -d) && umask 077 && $carafe perform $d/a && rmdir $d/a $d");
        assertThat(run).isEqualTo(new Run(0, """
                        first
                        DONE 0 0 false
                        FAILED 17 -1 false
                        in the box
                        0077
                        ENDED 0 768 false
                        FAILED 2 -1 false
                        FAILED 130 0 true
                        """, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void whatIsBegunIsPerformedThoughTheJvmDies(String daemon) throws Exception {
        Run run = home.shell(
                Map.of("CARAFE_DAEMON", daemon),
                "f=$(mktemp -u); $carafe perform-and-die $f; echo $?; test -e $f && echo done; rm $f");
        assertThat(run.out()).isEqualTo("performed\n125\ndone\n");
        assertThat(run.err()).contains("ended in the middle of its answer");
    }

    @Test
    void whatIsPerformedInTheBackgroundOutlivesTheFront() throws Exception {
        Run run = home.shell(
                Map.of(),
                "d=$(mktemp -d); $carafe perform-monitored $d /bin/sh -c 'sleep 0.3; echo late; exit 4';"
                        + " test -e $d/ended && echo early; while ! test -e $d/ended; do sleep 0.05; done;"
                        + " sed 's/[^ ]* //' $d/log; od -An -td4 -N24 $d/ended; rm -r $d");
        assertThat(run.out().replaceAll(" +", " "))
                .isEqualTo("DONE false\nstdout F late\n 1 0 0 -1\n 0 1024\n"); // struct report
    }

    @Test
    void aWorkingDirectoryThatIsGoneIsEmpty() throws Exception {
        Run run = home.shell(Map.of(), "d=$(mktemp -d) && cd $d && rmdir $d && exec $carafe context");
        assertThat(run.out()).startsWith("carafe  0");
    }

    @Test
    void bytesThatAreNoUtf8ComeBack() throws Exception {
        Run run = home.shell(Map.of(), "a=$(printf 'a\\377\\303\\050') && test \"$($carafe echo \"$a\")\" = \"$a\"");
        assertThat(run).isEqualTo(new Run(0, "", ""));
    }

    @Test
    void aLargeEnvironmentComesThrough() throws Exception {
        Run run = home.shell(
                Map.of(),
                "x=$(head -c 100000 /dev/zero | tr '\\0' x); for i in {1..15}; do export X$i=$x; done; $carafe echo a");
        assertThat(run).isEqualTo(new Run(0, "a\n", ""));
    }

    @Test
    void aReaderThatGoesAwayEndsTheFrontQuietly() throws Exception {
        Run run = home.shell(
                Map.of(),
                "$carafe yes | head -1; echo ${PIPESTATUS[0]}; trap '' PIPE; $carafe yes | head -1; echo ${PIPESTATUS[0]}");
        assertThat(run).isEqualTo(new Run(0, "y\n141\ny\n141\n", ""));
    }

    @Test
    void aFullDiskBelowTheOutputIsTold() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        assertThat(home.shell(Map.of(), "$carafe echo a >/dev/full"))
                .isEqualTo(new Run(125, "", "carafe: cannot write to standard output: No space left on device\n"));
    }

    @Test
    void closedStandardDescriptorsAreNotTakenByASocket() throws Exception {
        assertThat(home.shell(Map.of(), "$carafe echo a >&- 2>&- <&-").code()).isZero();
        assertThat(home.shell(OFF, "$carafe echo a >&- 2>&- <&-").code()).isZero();
    }

    @Test
    void anInternalErrorNamesTheLog() throws Exception {
        Run run = home.run("throw");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err())
                .isEqualTo("carafe: internal error: java.lang.IllegalStateException: thrown (more in " + socket()
                        + ".log)\n");
        assertThat(Path.of(socket() + ".log")).content().contains("at io.carafe.engine.daemon.TestCli.run");
    }

    // plans

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aPlanIsPerformedInTheFrontsPlace(String daemon) throws Exception {
        var environment = Map.of("CARAFE_DAEMON", daemon);
        assertThat(home.run(environment, "box", "/bin/echo", "in a box")).isEqualTo(new Run(0, "in a box\n", ""));
        assertThat(home.run(environment, "box", "/bin/sh", "-c", "exit 7")).isEqualTo(new Run(7, "", ""));
        assertThat(home.run(environment, "box", "/bin/sh", "-c", "kill -9 $$")).isEqualTo(new Run(137, "", ""));
        assertThat(home.jvms()).hasSize(daemon.equals("on") ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aFailedPlanIsPutIntoWordsByTheJvm(String daemon) throws Exception {
        Run run = home.run(Map.of("CARAFE_DAEMON", daemon), "box", "/no/such/program");
        assertThat(run.code()).isEqualTo(99);
        assertThat(run.err()).matches("carafe: outcome 2 error 2, plan of \\d+ bytes\n");
    }

    @Test
    void withNoJvmLeftTheNumbersAreToldAndTheCodeIsRight() throws Exception {
        Run run = home.shell(
                Map.of(),
                "daemon=$($carafe pid); $carafe box-for-a-moment /bin/sh -c \"rm %1$s/lib/jvm %1$s/lib/daemon; kill -9 $daemon; exec sleep 9\""
                        .formatted(home.path()));
        assertThat(run.code()).isEqualTo(137);
        assertThat(run.err())
                .startsWith("carafe: there is no JVM left to say how the box ended: outcome 1 flags 1 ")
                .hasLineCount(1);
    }

    @Test
    void theBoxSeesThreeDescriptorsAndNoneOfTheFrontsVariables() throws Exception {
        Run run = home.shell(Map.of(), "exec 5</dev/null; $carafe box /bin/sh -c 'echo /proc/self/fd/*; export -p'");
        assertThat(run.out())
                .contains("/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2")
                .doesNotContain("fd/5", "CARAFE");
    }

    // the wish

    @Test
    void withoutADaemonNothingStaysBehind() throws Exception {
        assertThat(home.run(OFF, "echo", "a").out()).isEqualTo("a\n");
        assertThat(home.jvms()).isEmpty();
    }

    @Test
    void anyOtherWishIsAnError() throws Exception {
        assertThat(home.run(Map.of("CARAFE_DAEMON", "maybe"), "echo"))
                .isEqualTo(new Run(125, "", "carafe: CARAFE_DAEMON is 'maybe': it can be on or off\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aJavaThatIsMissingIsNamedInOneLine(String daemon) throws Exception {
        home.commandLine("/no/such/java", LONG);
        assertThat(home.run(Map.of("CARAFE_DAEMON", daemon), "echo"))
                .isEqualTo(new Run(
                        125,
                        "",
                        "carafe: cannot start Java: /no/such/java: No such file or directory: "
                                + "install a JDK 25 and build Carafe again\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void noVariableReachesTheJvm(String daemon) throws Exception {
        var hostile = Map.of(
                "CARAFE_DAEMON", daemon,
                "JAVA_TOOL_OPTIONS", "-XX:+NoSuchOption",
                "_JAVA_OPTIONS", "-XX:+NoSuchOption",
                "JDK_JAVA_OPTIONS", "-XX:+NoSuchOption",
                "LD_PRELOAD", "");
        assertThat(home.run(hostile, "own-environment"))
                .isEqualTo(new Run(
                        0, "{LANG=C.UTF-8, PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}\n", ""));
        assertThat(home.run(hostile, "environment").out()).contains("JAVA_TOOL_OPTIONS=-XX:+NoSuchOption");
    }

    // what can happen to a daemon

    @Test
    void aDaemonKilledBetweenCommandsIsReplaced() throws Exception {
        long first = daemon();
        kill(first);
        assertThat(home.run("echo", "a")).isEqualTo(new Run(0, "a\n", ""));
        assertThat(daemon()).isNotEqualTo(first);
    }

    @Test
    void aDaemonKilledDuringACommandIsReplacedAndTheCommandSucceeds() throws Exception {
        Path asked = home.path().resolve("asked");
        Started command = home.start(Map.of(), List.of(home.front().toString(), "hang-once", asked.toString()));
        kill(pidIn(asked));
        assertThat(TestHome.finish(command)).isEqualTo(new Run(0, "", ""));
    }

    @Test
    void anAnswerThatBreaksOffIsAnErrorAndNotRepeated() throws Exception {
        Path asked = home.path().resolve("asked");
        Started command = home.start(Map.of(), List.of(home.front().toString(), "print-and-hang", asked.toString()));
        kill(pidIn(asked));
        assertThat(TestHome.finish(command))
                .isEqualTo(new Run(
                        125,
                        "begun\n",
                        "carafe: the daemon ended in the middle of its answer: Connection reset by peer\n"));
    }

    private static long pidIn(Path file) {
        return await().atMost(Duration.ofSeconds(20))
                .until(() -> Files.exists(file) ? Files.readString(file) : "", text -> !text.isEmpty())
                .transform(Long::parseLong);
    }

    @Test
    void noCommandNoticesThatDaemonsAreKilledAllTheTime() throws Exception {
        Run run = home.shell(Map.of(), """
                for i in {1..60}; do sleep 0.05; kill -9 $($carafe pid); done & killer=$!
                for i in {1..60}; do test "$($carafe echo $i)" = $i || echo $i failed; done
                wait $killer
                """);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).doesNotContain("carafe:");
    }

    @Test
    void twentyAtOnceOnAColdMachineStartOneDaemon() throws Exception {
        List<Started> commands = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            commands.add(home.start(Map.of(), List.of(home.front().toString(), "pid")));
        }
        List<String> daemons = new ArrayList<>();
        for (Started command : commands) {
            Run run = TestHome.finish(command);
            assertThat(run.err()).isEmpty();
            assertThat(run.code()).isZero();
            daemons.add(run.line());
        }
        assertThat(daemons).containsOnly(daemons.getFirst());
        assertThat(home.jvms()).hasSize(1);
    }

    @Test
    void aStaleSocketIsReplaced() throws Exception {
        kill(daemon());
        assertThat(home.run("echo", "a")).isEqualTo(new Run(0, "a\n", ""));
    }

    @Test
    void somethingElseUnderTheSocketsNameIsReplaced() throws Exception {
        Path socket = socket();
        kill(daemon());
        Files.deleteIfExists(socket);
        Files.writeString(socket, "no socket");
        assertThat(home.run("echo", "a")).isEqualTo(new Run(0, "a\n", ""));
        kill(daemon());
        Files.deleteIfExists(socket);
        Files.createDirectory(socket);
        assertThat(home.run("echo", "a")).isEqualTo(new Run(0, "a\n", "")); // by a JVM of its own
        Files.delete(socket);
    }

    @Test
    void aStoppedDaemonCostsOneCommandSomeSecondsAndIsReplaced() throws Exception {
        Path socket = socket();
        long stopped = daemon();
        signal("STOP", stopped);
        await().until(() -> isStopped(stopped)); // thread by thread, on a busy machine
        try {
            assertThat(home.run("echo", "a")).isEqualTo(new Run(0, "a\n", ""));
            long began = System.nanoTime();
            assertThat(daemon()).isNotEqualTo(stopped);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        } finally {
            signal("CONT", stopped);
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() -> ProcessHandle.of(stopped).isEmpty()); // it has seen that it is replaced
        assertThat(socket).exists();
        assertThat(home.jvms()).hasSize(1);
    }

    private static boolean isStopped(long pid) throws IOException {
        try (var threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                if (!Files.readString(thread.resolve("status")).contains("State:\tT")) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    void aStoppedFrontThatHoldsTheLockHoldsNobodyElse() throws Exception {
        Path socket = socket();
        kill(daemon());
        Path lock = Path.of(socket + ".lock");
        try (var channel = java.nio.channels.FileChannel.open(
                        lock, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE);
                var held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThat(home.run("echo", "a")).isEqualTo(new Run(0, "a\n", ""));
            assertThat(home.jvms()).isEmpty();
        }
    }

    @Test
    void anotherBuildHasAnotherDaemon() throws Exception {
        try (var other = new TestHome(LONG)) {
            String theirs = other.run("pid").line();
            assertThat(theirs).isNotEqualTo(home.run("pid").line());
        }
    }

    @Test
    void hostileClientsHurtNobodyElse() throws Exception {
        var address = UnixDomainSocketAddress.of(socket());
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            var client = SocketChannel.open(address);
            clients.add(client);
            switch (i % 4) {
                case 0 -> client.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, 127, 1, 0, 0}));
                case 1 -> client.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 2, 0, 0})); // 16 MiB that never come
                case 2 -> client.close();
                default -> {} // says nothing
            }
        }
        assertThat(home.run("echo", "a")).isEqualTo(new Run(0, "a\n", ""));
        for (SocketChannel client : clients) {
            client.close();
        }
        assertThat(home.jvms()).hasSize(1);
    }

    // leaving

    @Test
    void aDaemonSweepsUpWhatKilledOnesLeft() throws Exception {
        Path left;
        try (var other = new TestHome(LONG)) {
            left = Path.of(other.run("socket").line());
            kill(Long.parseLong(other.run("pid").line()));
            daemon(); // or any other daemon of this user, meanwhile
            await().until(() -> files(left).stream().noneMatch(Files::exists));
        }
    }

    @Test
    void nothingIsLeftAfterTheIdleTime() throws Exception {
        home.commandLine(System.getProperty("java.home") + "/bin/java", 1000);
        Path socket = socket();
        assertThat(home.jvms()).hasSize(1);
        await().atMost(Duration.ofSeconds(20)).until(() -> home.jvms().isEmpty());
        assertThat(files(socket)).noneMatch(Files::exists);
    }

    @Test
    void whoOnlyConnectsDoesNotKeepItAwake() throws Exception {
        home.commandLine(System.getProperty("java.home") + "/bin/java", 1500);
        var address = UnixDomainSocketAddress.of(socket());
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    try (var channel = SocketChannel.open(address)) {
                        return !channel.isOpen();
                    } catch (IOException e) {
                        return true; // nobody is there any more
                    }
                });
    }

    @Test
    void commandsInTheGapOfALeavingDaemonSucceed() throws Exception {
        home.commandLine(System.getProperty("java.home") + "/bin/java", 4);
        Run run = home.shell(
                Map.of(),
                "for i in {1..60}; do test \"$($carafe echo $i)\" = $i || echo $i failed; sleep 0.00$((i % 8)); done");
        assertThat(run).isEqualTo(new Run(0, "", ""));
        await().atMost(Duration.ofSeconds(20)).until(() -> home.jvms().isEmpty());
    }

    @Test
    void aDaemonWhoseSocketIsGoneLeaves() throws Exception {
        home.commandLine(System.getProperty("java.home") + "/bin/java", 9000);
        long lost = daemon();
        Files.delete(socket());
        await().atMost(Duration.ofSeconds(8)).until(() -> ProcessHandle.of(lost).isEmpty());
    }

    // directories and users: these need root

    @ParameterizedTest
    @ValueSource(strings = {"nr_inodes=1", "nr_inodes=2", "nr_inodes=3", "nr_inodes=4", "nr_inodes=5", "ro"})
    void aFullOrReadOnlyDirectoryIsDoneWithout(String options) throws Exception {
        assumeRoot();
        Run run = home.shell(
                Map.of(),
                "unshare -m sh -c 'mkdir -p /run/carafe; mount -t tmpfs -o mode=700,size=16k,%s none /run/carafe && %s'"
                        .formatted(
                                options,
                                "dd if=/dev/zero of=/run/carafe/full 2>/dev/null; $carafe echo a; $carafe echo b; "
                                        + "$carafe pid >&2"));
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo("a\nb\n");
        kill(Long.parseLong(run.err().strip())); // if it was one that stays
    }

    @Test
    void aDirectoryThatOthersCanEnterIsNotUsed() throws Exception {
        assumeRoot();
        Run run = home.shell(
                Map.of(),
                "unshare -m sh -c 'mount -t tmpfs -o mode=755 none /run/carafe && $carafe echo a && ls /run/carafe'");
        assertThat(run).isEqualTo(new Run(0, "a\n", ""));
        assertThat(home.jvms()).isEmpty();
    }

    @Test
    void anotherMountNamespaceHasAnotherDaemon() throws Exception {
        String script = "echo $($carafe pid) $(unshare -m $carafe pid)";
        assumeRoot();
        String[] daemons = home.shell(Map.of(), script).line().split(" ");
        assertThat(daemons[0]).isNotEqualTo(daemons[1]);
    }

    @Test
    void everyUserHasADaemonOfHisOwn() throws Exception {
        assumeRoot();
        Path runtime = Files.createDirectory(home.path().resolve("runtime"));
        assertThat(new ProcessBuilder("chown", "65534:65534", runtime.toString())
                        .start()
                        .waitFor())
                .isZero();
        String nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups ";
        String own = home.shell(Map.of("XDG_RUNTIME_DIR", runtime.toString()), nobody + "$carafe socket")
                .line();
        assertThat(own).startsWith(runtime + "/carafe/daemon-");
        // none, one that is another user's, one that is no path: /tmp
        String without = home.shell(Map.of(), "unset XDG_RUNTIME_DIR; " + nobody + "$carafe socket")
                .line();
        assertThat(without).startsWith("/tmp/carafe-65534/daemon-");
        assertThat(home.shell(Map.of("XDG_RUNTIME_DIR", "/root"), nobody + "$carafe socket")
                        .line())
                .isEqualTo(without);
        assertThat(home.shell(Map.of("XDG_RUNTIME_DIR", "no/path"), nobody + "$carafe socket")
                        .line())
                .isEqualTo(without);
        Run box = home.shell(Map.of(), nobody + "$carafe box /bin/sh -c 'id -u; exit 3'");
        assertThat(box).isEqualTo(new Run(3, "65534\n", ""));
        assertThat(home.shell(Map.of(), nobody + "$carafe box /no/such").code()).isEqualTo(99);
        assertThat(socket().toString()).startsWith("/run/carafe/");
        home.close();
        SocketFile.sweep(Path.of("/tmp/carafe-65534"), null);
        assertThat(files(Path.of(without))).noneMatch(Files::exists);
        home = new TestHome(LONG);
    }

    private static void assumeRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    }
}
