package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The life of a container: docs/containers.md.
@EndToEnd
class ContainerIT {
    private static final String CONFIG =
            "{\"Cmd\":[\"/bin/sh\"],\"Env\":[\"PATH=/bin\"],\"Labels\":{\"of\":\"image\"}}";
    private static final String COUNT = "i=0; while :; do i=$((i+1)); echo line $i; echo error $i >&2; sleep 0.1; done";

    @TempDir
    Path directory;

    private ImageStore store;

    @BeforeEach
    void image() throws IOException {
        Path root = Rootfs.busybox(directory.resolve("base"));
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\nguest:x:1000:1000::/:/bin/sh\n");
        store = new ImageStore(directory.resolve("data"));
        store.image("docker.io/library/bb:latest", "linux/amd64", CONFIG, ImageStore.layer(root));
    }

    @AfterEach
    void removeAll() {
        for (String id : store.carafe("ps", "-aq", "--no-trunc").out().lines().toList()) {
            store.carafe("rm", "-f", id);
        }
    }

    private String status(String name) {
        return store.carafe("inspect", "-f", "{{.State.Status}}", name).line();
    }

    private void succeeds(String... arguments) {
        Run run = store.carafe(arguments);
        assertThat(run.code())
                .as(String.join(" ", arguments) + ": " + run.err())
                .isZero();
    }

    @Test
    void oneInTheBackgroundIsListedAndCanBeLookedAt() {
        Run run = store.run("-d", "--name", "web", "-l", "a=b", "bb", "sh", "-c", COUNT);
        assertThat(run.line()).matches("[0-9a-f]{64}");
        assertThat(store.carafe("ps", "--format", "{{.Names}} {{.State}} {{.Image}} {{.Labels}}")
                        .line())
                .isEqualTo("web running bb of=image,a=b");
        assertThat(store.carafe("ps", "-q").line()).isEqualTo(run.line().substring(0, 12));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(store.carafe("logs", "web").out()).contains("line 2\n"));
        assertThat(store.carafe("logs", "web").err()).contains("error 1\n");
        assertThat(store.carafe(
                                "exec",
                                "-u",
                                "guest",
                                "-e",
                                "A=b",
                                "-w",
                                "/tmp",
                                "web",
                                "sh",
                                "-c",
                                "id -u; echo $A; pwd")
                        .out())
                .isEqualTo("1000\nb\n/tmp\n");
        assertThat(store.carafe("exec", "web", "no-such-program").code()).isEqualTo(127);
        assertThat(store.carafe("inspect", run.line().substring(0, 5)).out()).contains("\"Name\": \"/web\"");
    }

    @Test
    void itIsStoppedStartedAndRemoved() {
        succeeds("run", "-d", "--name", "web", "--stop-timeout", "1", "bb", "sleep", "1000");
        assertThat(store.carafe("rm", "web").err()).contains("it is running; stop it first, or carafe rm -f web");
        succeeds("stop", "web");
        assertThat(status("web")).isEqualTo("exited");
        assertThat(store.carafe("exec", "web", "true").err()).contains("container web is not running");
        succeeds("start", "web");
        assertThat(store.carafe("start", "web").code()).isZero();
        assertThat(status("web")).isEqualTo("running");
        succeeds("restart", "-t", "0", "web");
        succeeds("kill", "web");
        assertThat(store.carafe("wait", "web").line()).isEqualTo("137");
        succeeds("rm", "web");
        assertThat(store.carafe("ps", "-aq").out()).isEmpty();
        assertThat(store.carafe("start", "web").err()).contains("container web does not exist");
    }

    @Test
    void aProgramThatHearsTheStopSignalEndsByItself() {
        succeeds(
                "run",
                "-d",
                "--name",
                "polite",
                "--stop-signal",
                "USR1",
                "bb",
                "sh",
                "-c",
                "trap 'echo bye; exit 5' USR1; while :; do sleep 0.05; done");
        await().atMost(Duration.ofSeconds(10)).until(() -> status("polite").equals("running"));
        succeeds("stop", "polite");
        assertThat(store.carafe("wait", "polite").line()).isEqualTo("5");
        assertThat(store.carafe("logs", "polite").out()).isEqualTo("bye\n");
    }

    @Test
    void inTheForegroundItHasTheCallersStreamsAndItsExitCode() {
        assertThat(store.run("--rm", "bb", "sh", "-c", "echo out; echo err >&2; exit 3"))
                .isEqualTo(new Run(3, "out\n", "err\n"));
        assertThat(store.shell("echo in | " + Carafe.PROGRAM + " run -i --rm bb cat")
                        .out())
                .isEqualTo("in\n");
        assertThat(store.shell(Carafe.PROGRAM + " run --rm bb sh -c 'head -c 3000000 /dev/zero' | wc -c")
                        .line())
                .isEqualTo("3000000");
        assertThat(store.run("--rm", "bb", "no-such-program").code()).isEqualTo(127);
        assertThat(store.run("--rm", "bb", "/etc/passwd").code()).isEqualTo(126);
        assertThat(store.carafe("ps", "-aq").out()).isEmpty();
        assertThat(store.run("--name", "kept", "bb", "sh", "-c", "echo kept; kill -9 $$")
                        .code())
                .isEqualTo(137);
        assertThat(store.carafe("logs", "kept").out()).isEqualTo("kept\n");
        assertThat(store.carafe("start", "-a", "kept").out()).isEqualTo("kept\n");
    }

    @Test
    void aNameIsTakenOnce() {
        succeeds("create", "--name", "web", "bb", "true");
        Run second = store.carafe("create", "--name", "web", "bb", "true");
        assertThat(second.code()).isEqualTo(125);
        assertThat(second.err()).contains("the container name web is already in use by container");
        succeeds("rename", "web", "www");
        succeeds("create", "--name", "web", "bb", "true");
        assertThat(store.carafe("rename", "web", "www").code()).isEqualTo(125);
        assertThat(store.carafe("ps", "-a", "--format", "{{.Names}} {{.Status}}")
                        .out()
                        .lines())
                .containsExactly("web Created", "www Created");
    }

    @Test
    void whatWasWrittenIsThereAfterARestart() {
        succeeds("run", "--name", "writer", "bb", "sh", "-c", "echo x >>/file; cat /file");
        assertThat(store.carafe("start", "-a", "writer").out()).isEqualTo("x\nx\n");
    }

    @Test
    void itsPolicyStartsItAgain() {
        succeeds("run", "-d", "--name", "failing", "--restart", "on-failure:2", "bb", "sh", "-c", "echo try; exit 4");
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
            assertThat(store.carafe("logs", "failing").out()).isEqualTo("try\ntry\ntry\n");
            assertThat(status("failing")).isEqualTo("exited");
        });
        assertThat(store.carafe("inspect", "-f", "{{.RestartCount}} {{.State.ExitCode}}", "failing")
                        .line())
                .isEqualTo("2 4");
        succeeds("run", "-d", "--name", "always", "--restart", "always", "bb", "sleep", "1000");
        succeeds("stop", "-t", "0", "always");
        assertThat(status("always")).isEqualTo("exited");
        assertThat(store.run("--rm", "--restart", "always", "bb", "true").err()).contains("--restart and --rm");
    }

    @Test
    void itsHealthIsChecked() {
        succeeds(
                "run",
                "-d",
                "--name",
                "sick",
                "--health-cmd",
                "test -e /well",
                "--health-interval",
                "200ms",
                "--health-retries",
                "2",
                "bb",
                "sleep",
                "1000");
        await().atMost(Duration.ofSeconds(15))
                .until(() -> store.carafe("ps").out().contains("(unhealthy)"));
        succeeds("exec", "sick", "touch", "/well");
        await().atMost(Duration.ofSeconds(15))
                .until(() -> store.carafe("ps").out().contains("(healthy)"));
        succeeds(
                "run",
                "-d",
                "--name",
                "doomed",
                "--health-cmd",
                "exit 1",
                "--health-interval",
                "200ms",
                "--health-retries",
                "1",
                "--health-on-failure",
                "kill",
                "bb",
                "sleep",
                "1000");
        await().atMost(Duration.ofSeconds(15)).until(() -> status("doomed").equals("exited"));
    }

    @Test
    void itIsFrozenAndGoesOn() {
        succeeds("run", "-d", "--name", "web", "bb", "sh", "-c", COUNT);
        succeeds("pause", "web");
        assertThat(status("web")).isEqualTo("paused");
        assertThat(store.carafe("pause", "web").code()).isEqualTo(1);
        succeeds("unpause", "web");
        assertThat(status("web")).isEqualTo("running");
        succeeds("pause", "web");
        succeeds("stop", "-t", "1", "web");
        assertThat(status("web")).isEqualTo("exited");
    }

    @Test
    void itOutlivesWhoHasStartedItAndTheDaemon() throws IOException {
        Started front = Carafe.started(
                Map.of("CARAFE_DATA_ROOT", directory.resolve("data").toString()),
                Path.of("/"),
                List.of(Carafe.PROGRAM.toString(), "run", "--name", "web", "bb", "sh", "-c", COUNT));
        front.says("line 3");
        front.signal("KILL").finish();
        assertThat(status("web")).isEqualTo("running");
        Daemon.serving().kill();
        assertThat(status("web")).isEqualTo("running");
        succeeds("stop", "-t", "0", "web");
        assertThat(store.carafe("logs", "--tail", "2", "web").out()).startsWith("line ");
    }

    @Test
    void itsLogIsShownAsAskedFor() {
        store.run("--name", "job", "bb", "sh", "-c", "for i in 1 2 3 4 5; do echo $i; done; printf end");
        assertThat(store.carafe("logs", "job").out()).isEqualTo("1\n2\n3\n4\n5\nend\n");
        assertThat(store.carafe("logs", "-n", "2", "job").out()).isEqualTo("5\nend\n");
        assertThat(store.carafe("logs", "-n", "0", "job").out()).isEmpty();
        assertThat(store.carafe("logs", "-t", "-n", "2", "job").out())
                .matches("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]{10,18}Z 5\n20.*Z end\n");
        assertThat(store.carafe("logs", "--since", "1h", "job").out()).startsWith("1\n");
        assertThat(store.carafe("logs", "--until", "1h", "job").out()).isEmpty();
        assertThat(store.carafe("logs", "-f", "job").out()).startsWith("1\n");
        store.run("--name", "silent", "--log-driver", "none", "bb", "echo", "x");
        assertThat(store.carafe("logs", "silent").err()).contains("keeps no log");
        store.run("--name", "long", "--log-opt", "max-size=1k", "--log-opt", "max-file=2", "bb", "seq", "1000");
        assertThat(store.carafe("logs", "long").out()).endsWith("999\n1000\n").hasSizeLessThan(3000);
    }

    @Test
    void badWordsAreToldAndLeaveNothing() {
        assertThat(store.run("--name", "a/b", "bb", "true").err()).contains("invalid container name (a/b)");
        assertThat(store.run("--restart", "often", "bb", "true").err())
                .contains("no, on-failure[:TIMES], always or unless-stopped");
        assertThat(store.run("--stop-signal", "FOO", "bb", "true").err()).contains("unknown signal \"FOO\"");
        assertThat(store.run("--detach-keys", "ctrl-", "bb", "true").err()).contains("a key is a letter");
        assertThat(store.run("-d", "--upper", directory.toString(), "bb", "true")
                        .err())
                .contains("--upper is for a box");
        for (String command : List.of("start", "stop", "restart", "kill", "pause", "unpause", "wait", "rm")) {
            assertThat(store.carafe(command).code()).as(command).isEqualTo(125);
            assertThat(store.carafe(command, "nobody").err()).as(command).contains("container nobody does not exist");
        }
        assertThat(store.carafe("rm", "-f", "nobody").code()).isZero();
        assertThat(store.carafe("ps", "--filter", "frob=1").err()).contains("no such filter");
        assertThat(store.carafe("ps", "-aq").out()).isEmpty();
    }
}
