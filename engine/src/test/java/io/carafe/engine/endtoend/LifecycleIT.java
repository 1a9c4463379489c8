package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.ConfigText.script;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runtime specification 1.3, runtime.md: the life cycle of a container and the operations on it. Sentences in
/// quotation marks are its.
@EndToEnd
class LifecycleIT {
    private static final String SLEEPS = "echo ran >> /out; exec sleep 1000";

    @TempDir
    Path directory;

    private Oci oci;

    @BeforeEach
    void make() throws IOException {
        oci = new Oci(directory).config(script(SLEEPS));
    }

    @AfterEach
    void end() {
        oci.close();
    }

    /// "This operation MUST generate an error if it is not provided a path to the bundle and the container ID to
    /// associate with the container. If the ID provided is not unique across all containers within the scope of the
    /// runtime, or is not valid in any other way, the implementation MUST generate an error and a new container
    /// MUST NOT be created."
    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../a", "a b", "ä", "a\n", "a:b", "a\\b"})
    void anIdThatIsNoNameIsRefused(String id) {
        Run run = oci.call("create", id);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("container id");
        assertThat(oci.succeeds("list", "-q").out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A.b_c+d-e", "0", "...", "_"})
    void idsAreWhatOtherRuntimesTake(String id) {
        oci.create(id);
        assertThat(oci.state(id)).containsEntry("id", id);
    }

    @Test
    void anIdIsAsLongAsAFilesName() {
        oci.create("x".repeat(255));
        assertThat(oci.call("create", "x".repeat(256)).code()).isEqualTo(1);
    }

    @Test
    void withoutAnIdNothingIsDone() {
        for (String operation : List.of("create", "start", "state", "kill", "delete", "run", "exec")) {
            assertThat(oci.call(operation).code()).as(operation).isNotZero();
        }
    }

    @Test
    void aNameIsGivenOnce() {
        int pid = oci.create("a");
        Run run = oci.call("create", "a");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("container with id exists: a");
        assertThat(oci.state("a")).containsEntry("status", "created").containsEntry("pid", (long) pid);
    }

    /// "All of the properties configured in config.json except for process MUST be applied." "process.args MUST NOT be
    /// applied until triggered by the start operation." "Any changes made to the config.json file after this
    /// operation will not have an effect on the container."
    @Test
    void theProgramIsExecutedByStartAsItWasAtCreate() {
        oci.config(script(SLEEPS).with("hostname", "\"asked\""));
        int pid = oci.create("a");
        assertThat(host("nsenter", "-u", "-t", "" + pid, "hostname").line()).isEqualTo("asked");
        assertThat(oci.read("rootfs/out")).isEmpty();
        assertThat(oci.status("a")).isEqualTo("created");
        oci.config(script("echo changed > /out").with("hostname", "\"changed\""));
        oci.succeeds("start", "a");
        oci.says("rootfs/out", "ran\n");
        assertThat(host("nsenter", "-u", "-t", "" + pid, "hostname").line()).isEqualTo("asked");
        assertThat(oci.status("a")).isEqualTo("running");
        assertThat(oci.pid("a")).isEqualTo(pid);
    }

    /// "Attempting to start a container that is not created MUST have no effect on the container and MUST generate an
    /// error."
    @Test
    void onlyACreatedContainerIsStarted() {
        assertThat(oci.call("start", "a").err()).contains("container a does not exist");
        int pid = oci.running("a");
        Run run = oci.call("start", "a");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot start an already running container");
        assertThat(oci.status("a")).isEqualTo("running");
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(128 + 9);
        run = oci.call("start", "a");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot start a container that has stopped");
        assertThat(oci.read("rootfs/out")).isEqualTo("ran\n");
    }

    /// "Attempting to send a signal to a container that is neither created nor running MUST have no effect on the
    /// container and MUST generate an error."
    @Test
    void onlyACreatedOrRunningContainerIsSignalled() {
        assertThat(oci.call("kill", "a").err()).contains("container a does not exist");
        int pid = oci.create("a");
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(128 + 9);
        assertThat(oci.status("a")).isEqualTo("stopped");
        Run run = oci.call("kill", "a", "TERM");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("container not running");
        assertThat(oci.status("a")).isEqualTo("stopped");
    }

    @ParameterizedTest
    @CsvSource({"TERM,TERM", "SIGTERM,TERM", "15,TERM", "sigusr1,USR1", "USR2,USR2", "1,HUP", "KILL,KILL"})
    void aSignalIsGivenAsNameOrNumber(String given, String meant) {
        oci.config(script("for s in TERM USR1 USR2 HUP; do trap \"echo $s >> /out; exit 3\" $s; done;"
                + " echo ready > /out; while :; do sleep 0.01; done"));
        int pid = oci.running("a");
        oci.says("rootfs/out", "ready");
        oci.succeeds("kill", "a", given);
        assertThat(oci.end(pid)).isEqualTo(meant.equals("KILL") ? 128 + 9 : 3);
        assertThat(oci.read("rootfs/out")).isEqualTo(meant.equals("KILL") ? "ready\n" : "ready\n" + meant + "\n");
    }

    /// "Attempting to delete a container that is not stopped MUST have no effect on the container and MUST generate an
    /// error." "Deleting a container MUST delete the resources that were created during the create step." "Once a
    /// container is deleted its ID MAY be used by a subsequent container."
    @Test
    void onlyAStoppedContainerIsDeleted() {
        assertThat(oci.call("delete", "a").err()).contains("container a does not exist");
        int pid = oci.create("a");
        for (String status : List.of("created", "running")) {
            Run run = oci.call("delete", "a");
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("cannot delete container a that is not stopped: " + status);
            assertThat(oci.state("a")).containsEntry("status", status).containsEntry("pid", (long) pid);
            if (status.equals("created")) {
                oci.succeeds("start", "a");
            }
        }
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(128 + 9);
        oci.succeeds("delete", "a");
        oci.isGone("a");
        oci.running("a");
    }

    @Test
    void deleteWithForceAsksNothing() {
        oci.succeeds("delete", "-f", "a");
        int pid = oci.create("a");
        oci.succeeds("delete", "--force", "a");
        assertThat(oci.end(pid)).isEqualTo(128 + 9);
        oci.isGone("a");
        pid = oci.running("a");
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(128 + 9);
        oci.isGone("a");
    }

    /// "The state of a container includes the following properties": ociVersion, id, status, pid, bundle and
    /// annotations. pid is "REQUIRED when status is created or running", and status "stopped: the container process
    /// has exited".
    @Test
    void theStateIsTold() {
        oci.config(script(SLEEPS).with("annotations", "{\"org.example.k\": \"v \\\"q\\\"\"}"));
        int pid = oci.create("a");
        Map<String, Object> state = oci.state("a");
        assertThat(state)
                .containsEntry("ociVersion", "1.3.0")
                .containsEntry("id", "a")
                .containsEntry("status", "created")
                .containsEntry("pid", (long) pid)
                .containsEntry("bundle", oci.bundle.toString())
                .containsEntry("rootfs", oci.bundle + "/rootfs")
                .containsEntry("annotations", Map.of("org.example.k", "v \"q\""))
                .containsEntry("owner", "root")
                .containsKey("created");
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(128 + 9);
        assertThat(oci.state("a")).containsEntry("status", "stopped").containsEntry("pid", 0L);
        assertThat(oci.call("state", "b").err()).contains("container b does not exist");
    }

    /// The shim of a caller waits for it, as for a child.
    @Test
    void itIsAChildOfTheCallersSubReaperAndEndsWithItsCode() throws IOException {
        oci.config(script("exit 7"));
        Path file = oci.bundle.resolve("pid");
        oci.succeeds("create", "--pid-file", file.toString(), "a");
        int pid = oci.pid("a");
        assertThat(Files.readString(file)).isEqualTo("" + pid);
        assertThat(host("grep", "PPid", "/proc/" + pid + "/status").line())
                .isEqualTo("PPid:\t" + ProcessHandle.current().pid());
        oci.succeeds("start", "a");
        assertThat(oci.end(pid)).isEqualTo(7);
        oci.succeeds("delete", "a");
    }

    @ParameterizedTest
    @CsvSource({
        "0, '', 0 1 2",
        "0, --preserve-fds 1, 0 1 2 3",
        "0, --preserve-fds 2, 0 1 2 3 4",
        "1, '', 0 1 2 3",
        "1, --preserve-fds 1, 0 1 2 3 4"
    })
    void theProgramGetsNoDescriptorsButThoseAskedFor(int listen, String option, String expected) throws IOException {
        oci.config(
                script(
                        "set -- /proc/self/fd/*; for f in \"$@\"; do echo -n \"${f##*/} \" >> /out; done; echo >> /out; exec sleep 1000"));
        String listening = listen == 0 ? "" : "LISTEN_FDS=" + listen + " ";
        Run run = Carafe.shell("cd " + oci.bundle + "; exec 3</dev/null 4</dev/null 5</dev/null 9</dev/null; "
                + listening + oci.line("create", option, "a"));
        assertThat(run.err()).isEmpty();
        oci.succeeds("start", "a");
        oci.says("rootfs/out", "\n");
        // the shell that lists them has its own for the directory
        assertThat(oci.read("rootfs/out").strip()).startsWith(expected);
        assertThat(host("ls", "/proc/" + oci.pid("a") + "/fd").out().strip().replace('\n', ' '))
                .isEqualTo(expected);
    }

    /// `kill` and `delete` end all of it, whether it has a process table of its own or not.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void allProcessesEnd(boolean pids) throws IOException {
        var namespaces = new ArrayList<>(List.of("mount", "ipc", "uts"));
        if (pids) {
            namespaces.add("pid");
        }
        String mark = "9" + new Random().nextInt(Integer.MAX_VALUE);
        oci.config(script("sleep " + mark + " & setsid sleep " + mark + " & echo ready > /out; wait")
                .namespaces(namespaces.toArray(new String[0])));
        int pid = oci.running("a");
        oci.says("rootfs/out", "ready");
        org.awaitility.Awaitility.await().until(() -> sleepers(mark) == 2);
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(128 + 9);
        org.awaitility.Awaitility.await().until(() -> sleepers(mark) == 0);
        oci.succeeds("delete", "a");

        Files.delete(oci.bundle.resolve("rootfs/out"));
        pid = oci.running("b");
        oci.says("rootfs/out", "ready");
        org.awaitility.Awaitility.await().until(() -> sleepers(mark) == 2);
        oci.succeeds("delete", "-f", "b");
        assertThat(oci.end(pid)).isEqualTo(128 + 9);
        assertThat(sleepers(mark)).isZero();
    }

    private static long sleepers(String mark) {
        return Long.parseLong(host("pgrep", "-fc", "^sleep " + mark + "$").line());
    }

    /// "If the runtime cannot apply a property as specified in the configuration, it MUST generate an error and a new
    /// container MUST NOT be created."
    @ParameterizedTest
    @ValueSource(
            strings = {
                "no program",
                "no root",
                "mount",
                "late mount",
                "cwd",
                "hook",
                "rlimit",
                "limit",
                "namespace",
                "sysctl",
                "json"
            })
    void whatCanNotBeAppliedLeavesNoTrace(String what) {
        ConfigText config = script(SLEEPS);
        switch (what) {
            case "no program" -> config.with("process.args", "[\"not-there\"]");
            case "no root" -> config.with("root.path", "\"not-there\"");
            case "mount" ->
                config.mount("{\"destination\": \"/x\", \"type\": \"bind\", \"source\": \"/not-there\","
                        + " \"options\": [\"bind\"]}");
            case "late mount" -> config.mount("{\"destination\": \"/x\", \"type\": \"nosuchfs\", \"source\": \"x\"}");
            case "cwd" -> config.with("process.cwd", "\"/bin/busybox\"");
            case "hook" -> config.with("hooks.createRuntime", "[{\"path\": \"/bin/false\"}]");
            case "rlimit" ->
                config.with("process.rlimits", "[{\"type\": \"RLIMIT_NOFILE\", \"soft\": 5, \"hard\": 4}]");
            case "limit" ->
                config.with("linux.cgroupsPath", "\"/carafe-lifecycle/a\"")
                        .with("linux.resources", "{\"cpu\": {\"cpus\": \"4000\"}}");
            case "namespace" -> config.namespaces("pid", "mount", "network=/dev/null");
            case "sysctl" -> config.with("linux.sysctl", "{\"kernel.core_pattern\": \"x\"}");
            default -> oci.write("config.json", "{");
        }
        if (!what.equals("json")) {
            oci.config(config);
        }
        for (String operation : List.of("create", "run")) {
            Run run = oci.call(operation, "--pid-file", oci.bundle + "/pid", "a");
            assertThat(run.code()).as(run.toString()).isEqualTo(1);
            assertThat(run.err()).isNotEmpty();
            assertThat(oci.directory("a")).doesNotExist();
            assertThat(oci.bundle.resolve("pid")).doesNotExist();
            assertThat(oci.read("rootfs/out")).isEmpty();
        }
    }

    /// The keeper undoes it.
    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime"})
    void anExecutorThatIsKilledWhileAHookRunsLeavesNoTrace(String kind) {
        String hook = oci.script("hook", "echo $PPID > " + oci.bundle + "/executor; kill -9 $PPID; exec sleep 1000");
        oci.config(script(SLEEPS)
                .with("linux.cgroupsPath", "\"/carafe-lifecycle\"")
                .with("linux.resources", "{\"pids\": {\"limit\": 9}}")
                .with("hooks." + kind, "[{\"path\": \"" + hook + "\"}]"));
        assertThat(oci.call("create", "a").code()).isEqualTo(128 + 9);
        assertThat(oci.read("executor")).isNotEmpty();
        oci.isGone("a");
    }

    /// Wherever it is: there is a whole container, or none.
    @Test
    void anExecutorThatIsKilledLeavesAContainerOrNone() throws IOException, InterruptedException {
        oci.config(script(SLEEPS)
                .with("linux.cgroupsPath", "\"/carafe-lifecycle\"")
                .with("linux.resources", "{\"pids\": {\"limit\": 9}}")
                .with("hooks.createRuntime", "[{\"path\": \"/bin/true\"}]"));
        var random = new Random(7);
        for (int i = 0; i < 30; i++) {
            Started create = oci.begin("create", "a");
            Thread.sleep(random.nextInt(40)); // anywhere in it: what holds, holds for all of them
            create.signal("KILL").finish();
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(oci.call("state", "a").out())
                            .satisfiesAnyOf(
                                    out -> assertThat(out).isEmpty(),
                                    out -> assertThat(out).contains("\"created\"")));
            oci.call("delete", "-f", "a");
            oci.isGone("a");
        }
    }

    @Test
    void ofTwoStartsOneSucceeds() {
        for (int i = 0; i < 10; i++) {
            oci.config(script("echo ran >> /out" + i + "; exec sleep 1000"));
            int pid = oci.create("a");
            Started one = oci.begin("start", "a");
            Started other = oci.begin("start", "a");
            assertThat(List.of(one.finish().code(), other.finish().code())).containsExactlyInAnyOrder(0, 1);
            oci.says("rootfs/out" + i, "ran\n");
            oci.succeeds("delete", "-f", "a");
            assertThat(oci.end(pid)).isEqualTo(128 + 9);
            assertThat(oci.read("rootfs/out" + i)).isEqualTo("ran\n");
        }
    }

    @Test
    void startAndDeleteDoNotMeet() {
        for (int i = 0; i < 10; i++) {
            int pid = oci.create("a");
            Started delete = oci.begin("delete", "-f", "a");
            Started start = oci.begin("start", "a");
            Run started = start.finish();
            Run deleted = delete.finish();
            if (deleted.code() != 0) { // it was being started
                assertThat(deleted.err()).contains("another command is at work on this container");
                oci.succeeds("delete", "-f", "a");
            }
            assertThat(started.code()).as(started.toString()).isIn(0, 1);
            assertThat(oci.end(pid)).isEqualTo(128 + 9);
            oci.isGone("a");
        }
    }

    @Test
    void ofTwoDeletesOneSucceeds() {
        for (int i = 0; i < 10; i++) {
            int pid = oci.create("a");
            oci.succeeds("kill", "a", "KILL");
            assertThat(oci.end(pid)).isEqualTo(128 + 9);
            Started one = oci.begin("delete", "a");
            Started other = oci.begin("delete", "a");
            List<Run> runs = List.of(one.finish(), other.finish());
            assertThat(runs).extracting(Run::code).containsOnlyOnce(0);
            assertThat(runs).extracting(Run::code).containsExactlyInAnyOrder(0, 1);
            oci.isGone("a");
        }
    }

    @Test
    void whatIsBeingCreatedIsLeftAlone() throws IOException {
        assertThat(host("mkfifo", oci.bundle + "/fifo").code()).isZero();
        String hook = oci.script("hook", "echo there > " + oci.bundle + "/there; read go < " + oci.bundle + "/fifo");
        oci.config(script(SLEEPS).with("hooks.createRuntime", "[{\"path\": \"" + hook + "\"}]"));
        Started create = oci.begin("create", "a");
        oci.says("there", "there");
        assertThat(oci.status("a")).isEqualTo("creating");
        for (String[] words : new String[][] {
            {"start", "a"},
            {"kill", "a", "KILL"},
            {"delete", "a"},
            {"delete", "-f", "a"},
            {"create", "a"},
            {"exec", "a", "true"}
        }) {
            Run run = oci.call(words);
            assertThat(run.code()).as(String.join(" ", words) + run).isNotZero();
        }
        Files.writeString(oci.bundle.resolve("fifo"), "go\n");
        assertThat(create.finish().code()).isZero();
        assertThat(oci.status("a")).isEqualTo("created");
    }

    // What the specification leaves to runtimes: as runc has it.

    @Test
    void withoutPivotTheRootIsTheSame() {
        oci.config(script("ls / > /out; ls -d " + oci.bundle + " >> /out 2>&1; exec sleep 1000"));
        oci.succeeds("run", "-d", "--no-pivot", "a");
        int pid = oci.pid("a");
        oci.says("rootfs/out", "No such file");
        assertThat(oci.read("rootfs/out").lines())
                .contains("bin", "proc", "dev")
                .doesNotContain("home", "usr");
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(137);
    }

    @Test
    void runIsTheContainersEnd() {
        oci.config(script("echo to the caller; exit 7"));
        Run run = oci.call("run", "a");
        assertThat(run).isEqualTo(new Run(7, "to the caller\n", ""));
        assertThat(oci.directory("a")).doesNotExist();
    }

    @Test
    void runKeepsWhatItIsToldTo() {
        oci.config(script("exit 7"));
        assertThat(oci.call("run", "--keep", "a").code()).isEqualTo(7);
        assertThat(oci.state("a")).containsEntry("status", "stopped").containsEntry("pid", 0L);
        assertThat(oci.call("start", "a").code()).isEqualTo(1);
        oci.succeeds("delete", "a");
        oci.isGone("a");
        oci.config(script("exit 7").with("process.args", "[\"not-there\"]"));
        assertThat(oci.call("run", "--keep", "a").code()).isEqualTo(1);
        assertThat(oci.directory("a")).doesNotExist();
    }

    @Test
    void aDetachedRunLeavesTheContainerToTheCaller() throws IOException {
        oci.config(script("echo ran > /out; sleep 0.1; exit 9"));
        oci.succeeds("run", "-d", "--pid-file", oci.bundle + "/pid", "a");
        int pid = Integer.parseInt(oci.read("pid"));
        assertThat(oci.end(pid)).isEqualTo(9);
        assertThat(oci.read("rootfs/out")).isEqualTo("ran\n");
        assertThat(oci.status("a")).isEqualTo("stopped");
    }

    @Test
    void aPidfdIsSentToWhoAsksForIt() throws IOException {
        Path socket = directory.resolve("socket");
        Started taker = Taker.taking(directory, socket);
        oci.succeeds("create", "--pidfd-socket", socket.toString(), "a");
        int pid = oci.pid("a");
        assertThat(taker.finish().out()).contains("standard anon_inode:[pidfd]", "Pid:\t" + pid + "\n");
        Files.delete(socket);
        taker = Taker.taking(directory, socket);
        oci.succeeds("exec", "--pidfd-socket", socket.toString(), "a", "true");
        assertThat(taker.finish().out()).contains("setns anon_inode:[pidfd]");
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(137);
    }

    @Test
    void theTerminalIsSentToTheConsoleSocket() throws IOException {
        Path socket = directory.resolve("socket");
        Started taker = Taker.taking(directory, socket);
        oci.config(script("tty; stty size; test -t 0 && echo terminal")
                .with("process.terminal", "true")
                .with("process.consoleSize", "{\"height\": 33, \"width\": 77}")
                .mount(DEVPTS));
        oci.succeeds("create", "--console-socket", socket.toString(), "a");
        int pid = oci.pid("a");
        oci.succeeds("start", "a");
        assertThat(oci.end(pid)).isZero();
        assertThat(taker.finish().out()).contains("ptmx", "/dev/pts/0\r\n33 77\r\nterminal\r\n");
    }

    @Test
    void aTerminalThatNobodyTakesIsRefused() {
        oci.config(script("true").with("process.terminal", "true").mount(DEVPTS));
        assertThat(oci.call("create", "a").err())
                .contains("cannot allocate tty if runc will detach without setting console socket");
        oci.config(script("true"));
        assertThat(oci.call("create", "--console-socket", "/s", "a").err())
                .contains("cannot use console socket if runc will not detach or allocate tty");
        assertThat(oci.directory("a")).doesNotExist();
    }

    static final String DEVPTS = "{\"destination\": \"/dev/pts\", \"type\": \"devpts\", \"source\": \"devpts\","
            + " \"options\": [\"newinstance\", \"ptmxmode=0666\", \"mode=0620\"]}";

    /// docs/attacks.md, 37.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSessionKeyringIsTheCallersOnlyWhereAskedFor(boolean callers) throws IOException {
        Path program = Taker.keyring(directory);
        Files.copy(program, oci.bundle.resolve("rootfs/keyring"));
        oci.config(script("/keyring > /out; exec sleep 1000"));
        String own = host(program.toString()).line();
        oci.succeeds(callers ? new String[] {"run", "-d", "--no-new-keyring", "a"} : new String[] {"run", "-d", "a"});
        int pid = oci.pid("a");
        oci.says("rootfs/out", "\n");
        String first = oci.read("rootfs/out").strip();
        String further = oci.succeeds("exec", "a", "/keyring").line();
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(137);
        if (callers) {
            assertThat(List.of(first, further)).containsOnly(own);
        } else {
            assertThat(List.of(own, first, further)).doesNotHaveDuplicates();
        }
    }

    /// sd_notify(3)
    @Test
    void aSocketForItsReadinessIsPassedOn() throws IOException {
        Path socket = directory.resolve("notify.sock");
        oci.config(script("echo $NOTIFY_SOCKET $(stat -c %i /run/notify/notify.sock) > /out; exec sleep 1000"));
        try (var listener = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            listener.bind(java.net.UnixDomainSocketAddress.of(socket));
            Run run = Carafe.shell("cd " + oci.bundle + "; NOTIFY_SOCKET=" + socket + " " + oci.line("run", "-d", "a"));
            assertThat(run.err()).isEmpty();
            int pid = oci.pid("a");
            oci.says("rootfs/out", "\n");
            assertThat(oci.read("rootfs/out").strip())
                    .isEqualTo("/run/notify/notify.sock "
                            + host("stat", "-c", "%i", socket.toString()).line());
            oci.succeeds("delete", "-f", "a");
            assertThat(oci.end(pid)).isEqualTo(137);
        }
        Run run = Carafe.shell("cd " + oci.bundle + "; NOTIFY_SOCKET=@abstract " + oci.line("create", "a"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("NOTIFY_SOCKET is @abstract");
    }

    @Test
    void aPausedContainerIsKilled() {
        oci.config(script(SLEEPS).with("linux.cgroupsPath", "\"/carafe-lifecycle\""));
        int pid = oci.running("a");
        oci.succeeds("pause", "a");
        assertThat(oci.status("a")).isEqualTo("paused");
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(137);
        oci.succeeds("delete", "a");
    }

    @Test
    void aPausedContainerIsDeletedByForce() {
        oci.config(script(SLEEPS).with("linux.cgroupsPath", "\"/carafe-lifecycle\""));
        int pid = oci.running("a");
        oci.succeeds("pause", "a");
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.end(pid)).isEqualTo(137);
    }

    @Test
    void aPidFilesDraftIsNobodyElses() throws Exception {
        oci.config(script(SLEEPS));
        Path draft = oci.bundle.resolve(".pid.new");
        Path other = oci.bundle.resolve("other");
        Files.writeString(other, "kept");
        Files.createLink(draft, other);
        oci.succeeds("run", "-d", "--pid-file", oci.bundle.resolve("pid").toString(), "a");
        assertThat(oci.read("pid")).isEqualTo(Integer.toString(oci.pid("a")));
        assertThat(other).hasContent("kept");
        assertThat(draft).doesNotExist();
        oci.succeeds("delete", "-f", "a");
    }

    @Test
    void aStateThatOthersCouldWriteIsNotBelieved() throws Exception {
        oci.config(script(SLEEPS));
        Path open = oci.bundle.resolve("open");
        Files.createDirectory(open);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Run run = Carafe.shell("cd " + oci.bundle + "; "
                + oci.line("create", "a").replaceFirst("--root \\S+", "--root " + open.resolve("oci")));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("make directory " + open, "EPERM");
        assertThat(open).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "config.json process", "config.json process container.json"})
    void whatADeletionThatWasKilledHasLeftIsDeletedByForce(String gone) throws Exception {
        oci.config(script(SLEEPS));
        int pid = oci.running("a");
        oci.succeeds("kill", "a", "KILL");
        assertThat(oci.end(pid)).isEqualTo(137);
        for (String file : gone.split(" ")) {
            Files.delete(oci.root.resolve("a").resolve(file));
        }
        oci.succeeds("delete", "-f", "a");
        assertThat(oci.root.resolve("a")).doesNotExist();
    }
}
