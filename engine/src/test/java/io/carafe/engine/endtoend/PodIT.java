package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Containers that share namespaces: docs/pods.md.
@EndToEnd
class PodIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private ImageStore store;

    @BeforeEach
    void dataRoot() throws IOException {
        store = new ImageStore(directory.resolve("data"));
    }

    @AfterEach
    void removeAll() {
        for (String id :
                store.carafe("pod", "ps", "-q", "--no-trunc").out().lines().toList()) {
            store.carafe("pod", "rm", "-f", id);
        }
    }

    private String succeeds(String... arguments) {
        Run run = store.carafe(arguments);
        assertThat(run.code())
                .as(String.join(" ", arguments) + ": " + run.err())
                .isZero();
        return run.out();
    }

    private String says(String pod, String script) {
        return succeeds("run", "--rm", "--pod", pod, "host", "sh", "-c", script);
    }

    private void sleeps(String pod, String name) {
        succeeds("run", "-d", "--pod", pod, "--name", name, "--stop-timeout", "1", "host", "sleep", "1000");
    }

    private String status(String pod) {
        return store.carafe("pod", "inspect", "-f", "{{.State}}", pod).line();
    }

    private String pid(String container) {
        return store.carafe("inspect", "-f", "{{.State.Pid}}", container).line();
    }

    private String infra(String pod) {
        return store.carafe("pod", "inspect", "-f", "{{.InfraContainerID}}", pod)
                .line();
    }

    @Test
    void itsContainersShareNetworkMemoryAndNamesButNotFilesOrProcesses() {
        succeeds("pod", "create", "shop");
        assertThat(status("shop")).isEqualTo("Created");
        succeeds(
                "run",
                "-d",
                "--pod",
                "shop",
                "--name",
                "web",
                "host",
                "sh",
                "-c",
                "echo file >/tmp/own; echo shared >/dev/shm/ours; while :; do echo hello | busybox nc -l -p 80; done");
        assertThat(status("shop")).isEqualTo("Running");
        assertThat(says("shop", "until busybox nc 127.0.0.1 80 </dev/null; do sleep 0.1; done 2>/dev/null"))
                .isEqualTo("hello\n");
        assertThat(says(
                        "shop",
                        "cat /dev/shm/ours; hostname; cat /etc/hostname; echo $HOSTNAME; ls /tmp/own 2>&1 || true"))
                .startsWith("shared\nshop\nshop\nshop\nls: cannot access");
        assertThat(says("shop", "ps -e -o args=")).doesNotContain("nc").doesNotContain("carafe-pause");
        assertThat(says("shop", "getent hosts shop")).startsWith("10.");
        assertThat(succeeds("ps", "--format", "{{.Names}} {{.PodName}}")).isEqualTo("web shop\n");
        assertThat(succeeds("ps", "--filter", "pod=shop", "-q").lines()).hasSize(1);
        assertThat(succeeds("ps", "--pod").lines()).hasSize(3);
        assertThat(succeeds("pod", "ps", "--format", "{{.Name}} {{.Status}} {{.NumberOfContainers}}"))
                .isEqualTo("shop Running 2\n");
    }

    @Test
    void withOneProcessTableTheySeeEachOtherAndOrphansAreReaped() {
        succeeds("pod", "create", "--share", "+pid", "shop");
        sleeps("shop", "web");
        assertThat(says("shop", "ps -e -o pid=,args="))
                .containsPattern("(?m)^ *1 /proc/self/exe carafe-pause$")
                .contains("sleep 1000");
        assertThat(says("shop", "echo x 2>&1 >/proc/1/exe || grep CapEff /proc/1/status"))
                .contains("0000000000000000"); // it has no rights, and its program can't be written to
        says("shop", "(setsid sleep 0.1 &)");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(says("shop", "ps -e -o stat=")).doesNotContain("Z"));
        assertThat(succeeds("pod", "top", "shop", "args")).contains("sleep 1000");
    }

    @Test
    void whatThePodHasCanNotBeAskedForOfAContainer() {
        succeeds("pod", "create", "shop");
        Run run = store.run("--pod", "shop", "-p", "80:80", "--network", "bridge", "--hostname", "x", "host", "true");
        assertThat(run.err())
                .contains("--publish and --pod shop: it is the pod's, as in: carafe pod create --publish … shop")
                .contains("--network and --pod shop")
                .contains("--hostname and --pod shop");
        assertThat(store.run("--pod", "nobody", "host", "true").err()).contains("pod nobody does not exist");
        assertThat(store.carafe("pod", "create", "shop").err()).contains("the pod name shop is already in use");
        assertThat(store.carafe("pod", "exists", "shop").code()).isZero();
        assertThat(store.carafe("pod", "exists", "nobody").code()).isEqualTo(1);
        assertThat(store.carafe("rm", "-f", infra("shop")).err()).contains("goes with it: carafe pod rm shop");
        assertThat(store.carafe("create", "--init-ctr", "always", "host", "true")
                        .err())
                .contains("--init-ctr is for a container of a pod");
        assertThat(store.carafe("create", "--pod", "shop", "--init-ctr", "once", "--rm", "host", "true")
                        .err())
                .contains("conflicting options: --init-ctr and --rm");
    }

    private void creates(String name, String options, String script) {
        var words = new ArrayList<>(List.of("create", "--pod", "shop", "--name", name));
        words.addAll(List.of(options.split(" ")));
        words.addAll(List.of("host", "sh", "-c", script));
        succeeds(words.toArray(new String[0]));
    }

    @Test
    void whatMakesItReadyRunsToItsEndBeforeTheOthersStart() {
        succeeds("pod", "create", "shop");
        creates("web", "--stop-timeout=0", "cat /dev/shm/*; sleep 1000");
        creates("one", "--init-ctr=once", "sleep 0.3; echo one >/dev/shm/a");
        creates("two", "--init-ctr=always", "cat /dev/shm/a; echo two >/dev/shm/b");
        succeeds("pod", "start", "shop");
        assertThat(succeeds("logs", "two")).isEqualTo("one\n");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(succeeds("logs", "web")).isEqualTo("one\ntwo\n"));
        assertThat(succeeds("ps", "-a", "--format", "{{.Names}}")).isEqualTo("two\nweb\n");
        assertThat(status("shop")).isEqualTo("Running");
        succeeds("pod", "start", "shop"); // it runs: nothing is made ready again
        succeeds("pod", "stop", "shop");
        Run again =
                store.carafe("pod", "start", "shop"); // what the first would have made is gone with the pod's memory
        assertThat(again.code()).isZero();
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(succeeds("logs", "--tail", "1", "web")).isEqualTo("two\n"));
    }

    @Test
    void theOthersWaitForWhatCouldNotMakeItReady() {
        succeeds("pod", "create", "shop");
        creates("bad", "--init-ctr=always", "exit 3");
        creates("web", "--stop-timeout=0", "sleep 1000");
        Run start = store.carafe("pod", "start", "shop");
        assertThat(start.code()).isEqualTo(1);
        assertThat(start.err())
                .contains("container bad of pod shop, which comes before its others, ended with code 3: they were not"
                        + " started; carafe why bad");
        assertThat(succeeds("ps", "-a", "--format", "{{.Names}} {{.State}}")).isEqualTo("web created\nbad exited\n");
    }

    @Test
    void itsLimitsAreOfAllItsContainersTogether() {
        succeeds("pod", "create", "-m", "48m", "--pids-limit", "30", "shop");
        sleeps("shop", "web");
        sleeps("shop", "side");
        Run hungry = store.carafe("exec", "web", "sh", "-c", "tail /dev/zero");
        assertThat(hungry.code()).isEqualTo(137);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(succeeds(
                                "events", "--since", "1m", "--stream=false", "-f", "event=oom", "-f", "container=web"))
                        .contains(" oom "));
        Run forks = store.carafe(
                "exec", "side", "sh", "-c", "for i in $(seq 40); do sleep 5 & done 2>/dev/null; kill $(jobs -p)");
        assertThat(forks.code()).as(forks.toString()).isNotZero();
        assertThat(succeeds("pod", "inspect", "-f", "{{.MemoryLimit}} {{.PidsLimit}}", "shop"))
                .isEqualTo("50331648 30\n");
        succeeds("pod", "stop", "-t", "0", "shop");
        assertThat(Carafe.shell("find /sys/fs/cgroup -name 'carafe-pod-*' | grep -c " + id("shop") + " || true")
                        .line())
                .isEqualTo("0");
        succeeds("pod", "start", "shop");
        assertThat(store.carafe("exec", "side", "sh", "-c", "tail /dev/zero").code())
                .isEqualTo(137);
        assertThat(store.carafe("pod", "create", "--cpus", "4000", "much").err())
                .contains("--cpus: range is from");
    }

    private String id(String pod) {
        return store.carafe("pod", "inspect", "-f", "{{.Id}}", pod).line().substring(0, 12);
    }

    @Test
    void itsLogsAreOne() {
        succeeds("pod", "create", "shop");
        for (String name : List.of("one", "three")) {
            creates(name, "--init=true", "for i in 1 2 3; do echo " + name + " $i; sleep 0.1; done; echo end >&2");
        }
        succeeds("pod", "start", "shop");
        Run followed = store.carafe("pod", "logs", "-f", "shop");
        assertThat(followed.out().lines().filter(it -> it.startsWith("one   | one ")))
                .containsExactly("one   | one 1", "one   | one 2", "one   | one 3");
        assertThat(followed.out().lines()).hasSize(6);
        assertThat(followed.err().lines()).containsExactlyInAnyOrder("one   | end", "three | end");
        List<String> times = succeeds("pod", "logs", "-t", "--names=false", "shop")
                .lines()
                .map(it -> it.substring(0, 30))
                .toList();
        assertThat(times).hasSize(6).isSorted();
        assertThat(succeeds("pod", "logs", "--tail", "2", "shop").lines()).hasSize(2);
        assertThat(store.carafe("pod", "logs", "nobody").err()).contains("pod nobody does not exist");
    }

    @Test
    void thoseThatHaveEndedArePruned() {
        succeeds("pod", "create", "new");
        succeeds("pod", "create", "runs");
        sleeps("runs", "web");
        succeeds("pod", "create", "over");
        says("over", "true");
        succeeds("pod", "stop", "over");
        assertThat(succeeds("pod", "prune", "-f").lines()).hasSize(1);
        assertThat(succeeds("pod", "ps", "--format", "{{.Name}}").lines()).containsExactlyInAnyOrder("new", "runs");
    }

    @Test
    void itsPortsLeadToWhicheverContainerListens() {
        succeeds(
                "run",
                "-d",
                "--pod",
                "new:shop",
                "--network",
                "bridge",
                "-p",
                "127.0.0.1:18732:80",
                "--name",
                "web",
                "host",
                "sh",
                "-c",
                "while :; do echo hello | busybox nc -l -p 80; done");
        assertThat(Carafe.shell(
                                "for i in $(seq 50); do busybox nc 127.0.0.1 18732 </dev/null && break; sleep 0.1; done")
                        .out())
                .contains("hello");
        assertThat(says("shop", "cat /etc/resolv.conf")).contains("nameserver 127.0.0.11");
        assertThat(succeeds("run", "--rm", "--network", "bridge", "host", "getent", "hosts", "shop"))
                .contains("shop");
    }

    @Test
    void itIsStoppedAndStartedInOrder() throws IOException {
        Path order = Files.createFile(directory.resolve("order"));
        succeeds("pod", "create", "shop");
        for (String name : List.of("one", "two")) {
            succeeds(
                    "create",
                    "--pod",
                    "shop",
                    "--name",
                    name,
                    "-v",
                    order + ":/order",
                    "host",
                    "sh",
                    "-c",
                    "echo start " + name + " >>/order; trap 'echo stop " + name
                            + " >>/order; exit' TERM; while :; do sleep 0.05; done");
        }
        succeeds("pod", "start", "shop");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Files.readAllLines(order)).hasSize(2));
        succeeds("pod", "stop", "shop");
        assertThat(Files.readAllLines(order).subList(2, 4)).containsExactly("stop two", "stop one");
        assertThat(status("shop")).isEqualTo("Exited");
        succeeds("start", "one");
        assertThat(status("shop")).isEqualTo("Degraded");
        succeeds("pod", "restart", "shop");
        assertThat(status("shop")).isEqualTo("Running");
        succeeds("pod", "pause", "shop");
        assertThat(status("shop")).isEqualTo("Paused");
        succeeds("pod", "unpause", "shop");
        succeeds("pod", "kill", "shop");
        await().atMost(SOON).until(() -> status("shop").equals("Exited"));
    }

    @Test
    void aContainersPolicyCountsInThePodToo() {
        succeeds("pod", "create", "shop");
        succeeds(
                "run",
                "-d",
                "--pod",
                "shop",
                "--name",
                "web",
                "--restart",
                "on-failure:2",
                "host",
                "sh",
                "-c",
                "exit 4");
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(store.carafe("inspect", "-f", "{{.RestartCount}} {{.State.Status}}", "web")
                                        .line())
                                .isEqualTo("2 exited"));
        assertThat(status("shop")).isEqualTo("Degraded");
        succeeds("pod", "create", "--exit-policy", "stop", "job");
        succeeds("run", "--rm", "--pod", "job", "host", "true");
        await().atMost(SOON).until(() -> status("job").equals("Exited"));
    }

    @Test
    void whoeverKillsWhatHoldsTheNamespacesStopsThePod() throws IOException {
        succeeds("pod", "create", "shop");
        sleeps("shop", "web");
        String monitor =
                Carafe.shell("ps -o ppid= -p " + pid(infra("shop"))).line().strip();
        Carafe.shell("kill -9 " + monitor);
        await().atMost(SOON).until(() -> status("shop").equals("Exited"));
        assertThat(store.carafe("why", "web").out()).contains("the end of what holds the namespaces of pod shop");
        succeeds("start", "web");
        assertThat(status("shop")).isEqualTo("Running");
        String old = pid(infra("shop"));
        succeeds("pod", "restart", "-t", "0", "shop");
        assertThat(pid(infra("shop"))).isNotEqualTo(old);
        assertThat(Files.readSymbolicLink(Path.of("/proc", pid("web"), "ns/net")))
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc", pid(infra("shop")), "ns/net")));
    }

    @Test
    void nothingIsLeftOfOneThatIsRemoved() throws IOException {
        succeeds("pod", "create", "shop");
        sleeps("shop", "web");
        sleeps("shop", "sidecar");
        assertThat(store.carafe("pod", "rm", "shop").err()).contains("carafe pod rm -f shop stops it");
        succeeds("pod", "rm", "-f", "shop");
        assertThat(succeeds("ps", "-aq", "--pod")).isEmpty();
        assertThat(succeeds("pod", "ps", "-q")).isEmpty();
        for (String kind : List.of("pods", "containers")) {
            try (var left = Files.walk(store.root.resolve(kind), 2)) {
                assertThat(left.filter(Files::isRegularFile)).isEmpty();
            }
        }
        succeeds("pod", "rm", "-f", "shop");
    }

    @Test
    void theSideCarThatLeaksIsPointedOut() {
        succeeds("pod", "create", "shop");
        sleeps("shop", "web");
        succeeds(
                "run",
                "-d",
                "--pod",
                "shop",
                "--name",
                "sidecar",
                "host",
                "bash",
                "-c",
                "for ((i = 10; i < 2000; i++)); do eval \"exec $i</dev/null\"; sleep 0.02; done; sleep 600");
        List<String> lines = succeeds("pod", "top", "--fds", "--readings", "4", "--interval", "300ms", "shop")
                .lines()
                .toList();
        assertThat(lines.get(1)).startsWith("sidecar ").contains(" +");
        assertThat(lines.getLast())
                .matches("process [0-9]+ \\(bash .*\\) of sidecar opens descriptors and doesn't close them: .*");
        assertThat(succeeds("pod", "stats", "--no-stream", "--format", "{{.Name}}", "shop")
                        .lines())
                .containsExactlyInAnyOrder("web", "sidecar");
    }
}
