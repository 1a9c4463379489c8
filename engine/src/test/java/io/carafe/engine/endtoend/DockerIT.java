package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Docker's daemon with our runtime as its default, on a machine of its own, and its client's commands.
@EndToEnd
class DockerIT {
    private static Machine machine;

    @BeforeAll
    static void startDocker() {
        machine = Machine.with("dockerd", "docker", "containerd", "iptables", "tini", "busybox");
        DockerDaemon.start(machine, "--live-restore --experimental");
        assertThat(machine.get("docker info -f '{{.DefaultRuntime}} {{.CgroupDriver}}'"))
                .isEqualTo("carafe cgroupfs");
    }

    @AfterAll
    static void stopDocker() {
        if (machine != null) {
            machine.close();
        }
    }

    @AfterEach
    void removeContainers() {
        machine.run("docker ps -aq | xargs -r docker rm -f");
    }

    private static Run docker(String arguments) {
        return machine.run("docker " + arguments);
    }

    private static String get(String arguments) {
        return machine.get("docker " + arguments);
    }

    /// What a container prints, which nothing stays of.
    private static String box(String arguments) {
        return get("run --rm " + arguments);
    }

    private static void waitUntil(String arguments, String expected) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(docker(arguments).line()).isEqualTo(expected));
    }

    @Test
    void aProgramsStreamsAndExitCodeAreItsOwn() {
        assertThat(docker("run --rm busybox sh -c 'echo out; echo err >&2; exit 7'"))
                .isEqualTo(new Run(7, "out\n", "err\n"));
        assertThat(machine.run("printf abc | docker run --rm -i busybox cat")).isEqualTo(new Run(0, "abc", ""));
        assertThat(docker("run --rm busybox sh -c 'kill -9 $$ & sleep 1; exec kill -9 -1'")
                        .code())
                .isLessThan(128);
    }

    @Test
    void theRuntimesErrorsChooseTheExitCode() {
        Run missing = docker("run --rm busybox nothere");
        assertThat(missing.code()).isEqualTo(127);
        assertThat(missing.err()).contains("\"nothere\": executable file not found in $PATH");
        Run path = docker("run --rm busybox /not/there");
        assertThat(path.code()).isEqualTo(127);
        assertThat(path.err()).contains("no such file or directory");
        Run file = docker("run --rm busybox /etc/passwd");
        assertThat(file.code()).isEqualTo(126);
        assertThat(file.err()).contains("permission denied");
        assertThat(docker("run --rm busybox /etc").code()).isEqualTo(126);
        assertThat(docker("run --rm --sysctl kernel.nothing=1 busybox true").code())
                .isEqualTo(125);
        assertThat(get("ps -aq")).isEmpty();
    }

    @Test
    void execJoinsIt() {
        get("run -d --name exec -e A=1 --user guest -w /tmp --hostname inside busybox sleep 1000");
        assertThat(get("exec -e B=2 exec sh -c 'echo $A $B; id -u; id -G; pwd; hostname; cat /proc/1/comm'"))
                .isEqualTo("1 2\n1000\n1000 2000\n/tmp\ninside\nsleep");
        assertThat(get("exec -u 0:2000 -w /etc exec sh -c 'id -u; id -g; pwd'")).isEqualTo("0\n2000\n/etc");
        assertThat(get("exec exec readlink /proc/self/ns/mnt")).isEqualTo(get("exec exec readlink /proc/1/ns/mnt"));
        assertThat(docker("exec exec sh -c 'echo out; echo err >&2; exit 9'")).isEqualTo(new Run(9, "out\n", "err\n"));
        assertThat(machine.run("printf abc | docker exec -i exec cat")).isEqualTo(new Run(0, "abc", ""));
        assertThat(docker("exec exec nothere").code()).isEqualTo(126);
        assertThat(docker("exec exec nothere").out()).contains("executable file not found in $PATH");
        assertThat(docker("exec exec /etc/passwd").code()).isEqualTo(126);
        get("exec -d exec touch /tmp/detached");
        waitUntil("exec exec ls /tmp", "detached");
        assertThat(get("exec --privileged -u 0 exec grep CapEff /proc/self/status"))
                .isNotEqualTo(get("exec -u 0 exec grep CapEff /proc/self/status"));
        get("rm -f exec");
    }

    @Test
    void aTerminalIsOneInRunAndExec() {
        Run run = machine.run("script -qec \"stty rows 33 cols 99; docker run --rm -it busybox sh -c"
                + " 'tty; test -c /dev/console && echo console; sleep 0.5; stty size'\" /dev/null </dev/null");
        assertThat(run.out()).contains("/dev/pts/0", "console", "33 99");
        get("run -d --name terminal busybox sleep 1000");
        Run exec = machine.run("script -qec \"stty rows 22 cols 88; docker exec -it terminal sh -c"
                + " 'tty; sleep 0.5; stty size; exit 5'\" /dev/null </dev/null");
        assertThat(exec.out()).contains("/dev/pts/0", "22 88");
        assertThat(exec.code()).isEqualTo(5);
        get("rm -f terminal");
    }

    @Test
    void attachAndLogs() {
        get("run -di --name attach busybox sh -c 'echo ready; read line;" + " echo got $line; echo bad >&2; exit 3'");
        waitUntil("logs attach", "ready");
        // the end of its input ends what the client shows
        assertThat(machine.run("(echo typed; sleep 1) | docker attach attach"))
                .isEqualTo(new Run(3, "got typed\n", "bad\n"));
        assertThat(docker("logs attach")).isEqualTo(new Run(0, "ready\ngot typed\n", "bad\n"));
        assertThat(get("inspect -f '{{.State.ExitCode}}' attach")).isEqualTo("3");
        get("rm attach");
    }

    @Test
    void statsAndTop() {
        get("run -d --name stats -m 64m busybox sh -c 'sleep 1000 & exec sleep 2000'");
        assertThat(get("stats --no-stream --format '{{.PIDs}} {{.MemUsage}}' stats"))
                .startsWith("2 ")
                .endsWith(" / 64MiB");
        assertThat(get("top stats")).contains("sleep 1000", "sleep 2000");
        get("rm -f stats");
    }

    @Test
    void resourcesAreLimitsAndUpdateChangesThem() {
        get("run -d --name limits -m 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 --pids-limit 20"
                + " --cpuset-cpus 0 --oom-score-adj 300 busybox sleep 1000");
        assertThat(limits("limits"))
                .isEqualTo("limit_in_bytes 67108864 cfs_quota_us 50000 shares 512 max 20 cpus 0 oom_score_adj 300");
        assertThat(get("exec limits ls /sys/fs/cgroup")).contains("memory").doesNotContain("name=");
        get("update -m 80m --memory-swap 160m --cpus 0.25 --cpu-shares 256 --pids-limit 30 limits");
        assertThat(limits("limits"))
                .isEqualTo("limit_in_bytes 83886080 cfs_quota_us 25000 shares 256 max 30 cpus 0 oom_score_adj 300");
        assertThat(docker("exec limits sh -c 'for i in $(seq 40); do sleep 10 & done'")
                        .err())
                .contains("can't fork");
        get("rm -f limits");
    }

    /// As the container reads its own control groups.
    private static String limits(String name) {
        return get("exec " + name + " sh -c 'cd /sys/fs/cgroup; for f in memory/memory.limit_in_bytes"
                        + " cpu/cpu.cfs_quota_us cpu/cpu.shares pids/pids.max cpuset/cpuset.cpus /proc/1/oom_score_adj;"
                        + " do echo ${f##*[./]} $(cat $f); done'")
                .replace('\n', ' ');
    }

    @Test
    void pauseStopsItAndUnpauseGoesOn() {
        get("run -d --name pause busybox sh -c 'while echo x; do sleep 0.05; done'");
        get("pause pause");
        assertThat(get("inspect -f '{{.State.Status}}' pause")).isEqualTo("paused");
        assertThat(docker("exec pause true").err()).contains("is paused");
        String lines = get("logs pause | wc -l");
        machine.run("sleep 0.3");
        assertThat(get("logs pause | wc -l")).isEqualTo(lines);
        get("unpause pause");
        await().until(() -> !get("logs pause | wc -l").equals(lines));
        get("pause pause");
        get("rm -f pause");
    }

    @Test
    void filesAreCopiedInAndOut() throws IOException {
        get("run -d --name copy --tmpfs /memory -v volume:/volume busybox sleep 1000");
        Files.writeString(machine.directory().resolve("file"), "from the host\n");
        get("cp $dir/file copy:/tmp/in");
        get("cp $dir/file copy:/volume/in");
        assertThat(get("exec copy cat /tmp/in /volume/in")).isEqualTo("from the host\nfrom the host");
        get("exec copy sh -c 'echo from inside >/out'");
        get("cp copy:/out $dir/out");
        assertThat(machine.directory().resolve("out")).hasContent("from inside\n");
        get("rm -f copy");
        get("volume rm volume");
    }

    @Test
    void stopRestartKillAndWait() {
        get("run -d --name life busybox sh -c 'trap \"echo term; exit 4\" TERM; trap \"echo one\" USR1; echo up;"
                + " while :; do sleep 0.1; done'");
        waitUntil("logs life", "up");
        get("kill -s USR1 life");
        waitUntil("logs life", "up\none");
        get("restart life");
        waitUntil("logs life", "up\none\nterm\nup");
        Started wait = machine.start("docker wait life");
        get("stop life");
        assertThat(wait.finish()).isEqualTo(new Run(0, "4\n", ""));
        get("start life");
        waitUntil("inspect -f '{{.State.Status}}' life", "running");
        get("kill life");
        assertThat(get("inspect -f '{{.State.ExitCode}}' life")).isEqualTo("137");
        get("rm life");
        assertThat(docker("run --rm --restart=no --stop-signal KILL --name gone busybox sh -c 'exit 11'")
                        .code())
                .isEqualTo(11);
    }

    @Test
    void aRestartPolicyStartsItAgain() {
        get("run -d --name again --restart on-failure:2 busybox sh -c 'echo x; exit 1'");
        waitUntil("inspect -f '{{.RestartCount}} {{.State.Status}}' again", "2 exited");
        assertThat(get("logs again")).isEqualTo("x\nx\nx");
        get("rm again");
    }

    @Test
    void outOfMemoryIsSeen() {
        Run run = docker("run --name oom -m 20m busybox sh -c 'x=a; while :; do x=$x$x; done'");
        assertThat(run.code()).isEqualTo(137);
        waitUntil("inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' oom", "true 137");
        get("rm oom");
    }

    @Test
    void aHealthCheckIsRun() {
        get("run -d --name health --health-cmd 'test -e /ok' --health-interval 0.3s --health-retries 2"
                + " busybox sleep 1000");
        waitUntil("inspect -f '{{.State.Health.Status}}' health", "unhealthy");
        get("exec health touch /ok");
        waitUntil("inspect -f '{{.State.Health.Status}}' health", "healthy");
        get("rm -f health");
    }

    @Test
    void initReapsAndPassesSignalsOn() {
        get("run -d --init --name init busybox sh -c '(sleep 0.1 &); exec sleep 1000'");
        assertThat(get("exec init cat /proc/1/comm")).isEqualTo("docker-init");
        await().until(() -> get("top init").lines().count() == 3); // its header among them
        get("stop -t 20 init");
        assertThat(get("inspect -f '{{.State.ExitCode}}' init")).isEqualTo("143");
        get("rm init");
    }

    /// Docker asks for every capability there is. One that the daemon itself lacks is left out, and nothing is said of
    /// it where the container speaks.
    @Test
    void privilegedIsAllOfIt() {
        assertThat(docker("run --rm --privileged busybox true")).isEqualTo(new Run(0, "", ""));
        assertThat(box(
                        "--privileged busybox sh -c 'mkdir /m; mount -t tmpfs t /m && echo mounted; test -e /dev/loop-control"
                                + " && echo devices; touch /proc/sys/kernel/domainname && echo writable;"
                                + " grep -E \"Seccomp:|NoNewPrivs\" /proc/self/status'"))
                .isEqualTo("mounted\ndevices\nwritable\nNoNewPrivs:\t0\nSeccomp:\t0");
        assertThat(box(
                        "busybox sh -c 'mkdir /m; mount -t tmpfs t /m || echo no; test -e /dev/loop-control || echo none;"
                                + " (echo x >/proc/sys/kernel/domainname) 2>&- || echo read-only;"
                                + " grep Seccomp: /proc/self/status' 2>/dev/null"))
                .isEqualTo("no\nnone\nread-only\nSeccomp:\t2");
    }

    @Test
    void fileSystemsAreAsAskedFor() throws IOException {
        Files.createDirectories(machine.directory().resolve("shared"));
        Files.writeString(machine.directory().resolve("shared/file"), "text\n");
        assertThat(box("--read-only --tmpfs /memory:size=1m,mode=700 -v $dir/shared:/ro:ro -v $dir/shared:/rw"
                        + " --mount type=volume,dst=/volume --shm-size 2m busybox sh -c 'touch /x || echo root;"
                        + " touch /ro/x || echo ro; cat /ro/file; touch /rw/x /volume/x /memory/x;"
                        + " df -k /memory /dev/shm | tail -n +2 | tr -s \" \" | cut -d \" \" -f 2;"
                        + " stat -c %a /memory' 2>/dev/null"))
                .isEqualTo("root\nro\ntext\n1024\n2048\n700");
        assertThat(machine.directory().resolve("shared/x")).exists();
        Run propagation =
                machine.run("docker run -d --name slave -v $dir/shared:/s:rslave busybox sleep 1000 >/dev/null;"
                        + " mkdir $dir/shared/m; mount -t tmpfs t $dir/shared/m; touch $dir/shared/m/seen;"
                        + " docker exec slave ls /s/m; umount $dir/shared/m; docker rm -f slave >/dev/null");
        assertThat(propagation).isEqualTo(new Run(0, "seen\n", ""));
    }

    @Test
    void usersCapabilitiesAndFiltersAreAsAskedFor() throws IOException {
        assertThat(box("--user guest busybox sh -c 'id -u; id -G'")).isEqualTo("1000\n1000 2000");
        assertThat(box("--user 12:34 --group-add 56 busybox sh -c 'id -u; id -G'"))
                .isEqualTo("12\n34 56");
        assertThat(box("--cap-drop ALL --cap-add CHOWN busybox grep -E 'Cap(Prm|Eff|Bnd)' /proc/self/status"))
                .isEqualTo("CapPrm:\t0000000000000001\nCapEff:\t0000000000000001\nCapBnd:\t0000000000000001");
        assertThat(box("--security-opt no-new-privileges busybox grep NoNewPrivs /proc/self/status"))
                .isEqualTo("NoNewPrivs:\t1");
        assertThat(box("--security-opt seccomp=unconfined busybox grep Seccomp: /proc/self/status"))
                .isEqualTo("Seccomp:\t0");
        Files.writeString(machine.directory().resolve("seccomp.json"), """
                {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                  {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 99}]}
                """);
        assertThat(docker("run --rm --security-opt seccomp=$dir/seccomp.json busybox mkdir /x"))
                .isEqualTo(new Run(1, "", "mkdir: can't create directory '/x': Cannot assign requested address\n"));
    }

    @Test
    void limitsSysctlsAndNamesAreAsAskedFor() {
        assertThat(box("--ulimit nofile=100:200 --sysctl net.ipv4.ip_forward=0 --hostname inside"
                        + " --add-host other:10.1.2.3 --dns 10.9.9.9 --device /dev/loop-control:/dev/mine:r busybox"
                        + " sh -c 'ulimit -Sn; ulimit -Hn; cat /proc/sys/net/ipv4/ip_forward; hostname;"
                        + " grep -c 10.1.2.3 /etc/hosts; cat /etc/resolv.conf; stat -c %F /dev/mine'"))
                .isEqualTo("100\n200\n0\ninside\n1\nnameserver 10.9.9.9\ncharacter special file");
    }

    @Test
    void namespacesAreSharedAsAskedFor() {
        get("run -d --name first busybox sleep 1234");
        String links = "sh -c 'for n in net pid ipc uts mnt cgroup; do readlink /proc/self/ns/$n; done'";
        String[] alone = get("exec first " + links).split("\n");
        String[] joined = box("--network container:first --pid container:first busybox " + links)
                .split("\n");
        String[] host = box("--network host --pid host --ipc host --uts host --cgroupns host busybox " + links)
                .split("\n");
        String[] real = machine.get(links).split("\n");
        assertThat(joined[0]).isEqualTo(alone[0]);
        assertThat(joined[1]).isEqualTo(alone[1]);
        assertThat(joined[2]).isNotEqualTo(alone[2]);
        assertThat(joined[4]).isNotEqualTo(alone[4]);
        for (int i = 0; i < real.length; i++) {
            assertThat(alone[i]).as(links).satisfies(name -> assertThat(name).contains(":["));
            assertThat(host[i].equals(real[i])).as(host[i]).isEqualTo(i != 4);
        }
        assertThat(box("--pid container:first busybox ps -o args")).contains("sleep 1234");
        assertThat(box("--cgroupns private busybox cat /proc/self/cgroup")).contains(":/\n");
        get("rm -f first");
    }

    @Test
    void networksConnectThem() {
        get("network create net");
        get("run -d --name server --network net -p 127.0.0.1:8080:80 busybox"
                + " sh -c 'mkdir /w; echo served >/w/index.html; exec httpd -f -p 80 -h /w'");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> machine.run("busybox wget -qO- http://127.0.0.1:8080")
                        .line()
                        .equals("served"));
        assertThat(box("--network net busybox wget -qO- http://server")).isEqualTo("served");
        assertThat(box("--network none busybox sh -c 'ls /sys/class/net'")).isEqualTo("lo");
        get("rm -f server");
        get("network rm net");
    }

    @Test
    void anImageIsBuiltInIt() throws IOException {
        Path build = Files.createDirectories(machine.directory().resolve("build"));
        Files.writeString(build.resolve("Dockerfile"), "FROM busybox\nRUN echo built >/made\nCMD cat /made\n");
        get("build -q -t made $dir/build");
        assertThat(box("made")).isEqualTo("built");
        get("rmi made");
    }

    @Test
    void manyAtOnce() {
        assertThat(machine.get("for i in $(seq 8); do docker run --rm busybox echo $i & done; wait")
                        .lines())
                .containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7", "8");
        assertThat(get("ps -aq")).isEmpty();
    }

    @Test
    void aCheckpointIsAnErrorThatSaysSo() {
        get("run -d --name frozen busybox sleep 1000");
        Run run = docker("checkpoint create frozen one");
        assertThat(run.code()).isNotZero();
        assertThat(run.err()).containsIgnoringCase("checkpoint");
        assertThat(get("inspect -f '{{.State.Status}}' frozen")).isEqualTo("running");
        get("rm -f frozen");
    }

    /// The daemon is killed, its containers run on, and the next one finds them.
    @Test
    void aDaemonThatIsKilledFindsItsContainersAgain() {
        get("run -d --name live busybox sh -c 'i=0; while sleep 0.1; do i=$((i+1)); echo $i; done'");
        get("run -d --name short busybox sh -c 'sleep 0.5; exit 6'");
        String pid = get("inspect -f '{{.State.Pid}}' live");
        machine.stop("dockerd", "KILL");
        assertThat(machine.run("kill -0 " + pid).code()).isZero();
        machine.run("sleep 0.6");
        DockerDaemon.again(machine, "--live-restore --experimental");
        assertThat(get("inspect -f '{{.State.Status}} {{.State.Pid}}' live")).isEqualTo("running " + pid);
        assertThat(get("inspect -f '{{.State.Status}} {{.State.ExitCode}}' short"))
                .isEqualTo("exited 6");
        assertThat(get("exec live echo here")).isEqualTo("here");
        get("rm -f live short");
    }
}
