package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Podman with our runtime as its default, as root and as an ordinary user who has ranges of ids.
@EndToEnd
class PodmanIT {
    private static Machine machine;

    enum Caller {
        ROOT,
        USER;

        Run podman(String arguments) {
            return machine.run((this == USER ? "as_user " : "") + "podman " + arguments);
        }

        String get(String arguments) {
            Run run = podman(arguments);
            assertThat(run.code()).as(run.toString()).isZero();
            return run.line();
        }

        /// `podman run OPTIONS IMAGE COMMAND`; root's containers are in the test's control group.
        Run run(String arguments) {
            return podman("run " + (this == USER ? "" : "--cgroup-parent $group ") + arguments);
        }

        String box(String arguments) {
            Run run = run("--rm " + arguments);
            assertThat(run.code()).as(run.toString()).isZero();
            return run.line();
        }

        void start(String name, String arguments) {
            Run run = run("-d --name " + name + " " + arguments);
            assertThat(run.code()).as(run.toString()).isZero();
        }

        void waitUntil(String arguments, String expected) {
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(podman(arguments).line()).isEqualTo(expected));
        }
    }

    @BeforeAll
    static void setUp() throws IOException {
        machine = Machine.with("podman", "conmon", "catatonit", "tini", "busybox", "newuidmap", "slirp4netns");
        TestImage.tar(machine.directory());
        Files.writeString(machine.directory().resolve("containers.conf"), """
                [containers]
                default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
                log_driver = "k8s-file"
                [engine]
                cgroup_manager = "cgroupfs"
                events_logger = "file"
                runtime = "carafe"
                runtime_supports_json = ["carafe"]
                [engine.runtimes]
                carafe = ["%s"]
                """.formatted(Machine.RUNTIME));
        Files.writeString(machine.directory().resolve("storage.conf"), """
                [storage]
                driver = "overlay"
                graphroot = "%s/storage"
                runroot = "/run/containers/storage"
                rootless_storage_path = "$HOME/storage"
                """.formatted(machine.directory()));
        // an /etc of the machine's own: its configuration, and a user with ranges of ids
        machine.get("""
                set -e
                mkdir -p /run/etc/containers /run/user/54321 $dir/home
                cp -a /etc/containers/. /run/etc/containers
                rm -f /run/etc/containers/libpod.conf
                cp $dir/*.conf /run/etc/containers
                mount --bind /run/etc/containers /etc/containers
                cp /etc/passwd /etc/group /run/etc
                echo "tester:x:54321:54321::$dir/home:/bin/bash" >>/run/etc/passwd
                echo "tester:x:54321:" >>/run/etc/group
                echo tester:500000:65536 | tee /run/etc/subuid >/run/etc/subgid
                for f in passwd group subuid subgid; do mount --bind /run/etc/$f /etc/$f; done
                chown 54321:54321 /run/user/54321 $dir/home
                chmod 700 /run/user/54321
                mknod -m 666 /run/etc/tun c 10 200
                mount --bind /run/etc/tun /dev/net/tun
                mkdir /run/bin
                cat >/run/bin/as_user <<END
                #!/bin/sh
                cd $dir/home
                export HOME=$dir/home XDG_RUNTIME_DIR=/run/user/54321
                exec setpriv --reuid 54321 --regid 54321 --clear-groups "\\$@"
                END
                chmod +x /run/bin/as_user
                """);
        for (Caller caller : Caller.values()) {
            caller.get("import -c 'ENV PATH=/bin' $dir/image.tar localhost/busybox");
        }
        assertThat(Caller.ROOT.get("info -f '{{.Host.OCIRuntime.Name}} {{.Host.Security.Rootless}}'"))
                .isEqualTo("carafe false");
        assertThat(Caller.USER.get("info -f '{{.Host.OCIRuntime.Name}} {{.Host.Security.Rootless}}'"))
                .isEqualTo("carafe true");
    }

    @AfterAll
    static void tearDown() {
        if (machine != null) {
            machine.close();
            // where Podman puts its monitors
            Carafe.shell("find /sys/fs/cgroup/libpod_parent /sys/fs/cgroup/*/libpod_parent -depth -type d"
                    + " -exec rmdir {} \\; 2>/dev/null");
        }
    }

    @AfterEach
    void removeContainers() {
        for (Caller caller : Caller.values()) {
            caller.podman("pod rm -a -f -t 0");
            caller.podman("rm -a -f -t 0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProgramsStreamsAndExitCodeAreItsOwn(Caller caller) {
        assertThat(caller.run("--rm localhost/busybox sh -c 'echo out; echo err >&2; exit 7'"))
                .isEqualTo(new Run(7, "out\n", "err\n"));
        Run missing = caller.run("--rm localhost/busybox nothere");
        assertThat(missing.code()).isEqualTo(127);
        assertThat(missing.err()).contains("\"nothere\": executable file not found in $PATH");
        Run directory = caller.run("--rm localhost/busybox /etc");
        assertThat(directory.code()).isEqualTo(126);
        assertThat(directory.err()).contains("permission denied");
        assertThat(caller.get("ps -aq")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void execJoinsIt(Caller caller) {
        caller.start("exec", "-e A=1 -w /tmp --hostname inside localhost/busybox sleep 1000");
        assertThat(caller.podman("exec -e B=2 exec sh -c 'echo $A $B; pwd; hostname; cat /proc/1/comm; exit 9'"))
                .isEqualTo(new Run(9, "1 2\n/tmp\ninside\nsleep\n", ""));
        assertThat(caller.get("exec -u guest exec id -u")).isEqualTo("1000");
        Run missing = caller.podman("exec exec nothere");
        assertThat(missing.code()).isEqualTo(127);
        assertThat(missing.err()).contains("\"nothere\": executable file not found in $PATH");
        assertThat(caller.get("exec exec readlink /proc/self/ns/pid"))
                .isEqualTo(caller.get("exec exec readlink /proc/1/ns/pid"));
        caller.get("exec -d exec touch /tmp/detached");
        caller.waitUntil("exec exec ls /tmp", "detached");
    }

    @ParameterizedTest
    @EnumSource
    void aTerminalIsOneInRunAndExec(Caller caller) {
        String podman = caller == Caller.USER ? "as_user podman" : "podman";
        assertThat(machine.run("script -qec \"stty rows 33 cols 99; " + podman + " run --rm -it"
                                + (caller == Caller.USER ? "" : " --cgroup-parent $group")
                                + " localhost/busybox sh -c 'tty; test -c /dev/console && echo console; sleep 0.5;"
                                + " stty size'\" /dev/null </dev/null")
                        .out())
                .contains("/dev/pts/0", "console", "33 99");
        caller.start("terminal", "localhost/busybox sleep 1000");
        Run exec = machine.run(
                "script -qec \"" + podman + " exec -it terminal sh -c 'tty; exit 5'\" /dev/null" + " </dev/null");
        assertThat(exec.out()).contains("/dev/pts/0");
        assertThat(exec.code()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void stopKillRestartWaitAndLogs(Caller caller) {
        caller.start(
                "life",
                "localhost/busybox sh -c 'trap \"echo term; exit 4\" TERM; echo up;"
                        + " while :; do sleep 0.05; done'");
        caller.waitUntil("logs life", "up");
        caller.get("stop life");
        assertThat(caller.get("wait life")).isEqualTo("4");
        caller.get("start life");
        caller.waitUntil("inspect -f '{{.State.Status}}' life", "running");
        caller.get("kill life");
        assertThat(caller.get("wait life")).isEqualTo("137");
        assertThat(caller.get("logs life")).startsWith("up\nterm\nup");
        caller.get("restart life");
        assertThat(caller.get("top life args")).contains("sleep 0.05");
        caller.get("rm -f -t 0 life");
        assertThat(caller.get("ps -aq")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aPodSharesItsNamespaces(Caller caller) {
        caller.get(
                "pod create --name pod --hostname shared" + (caller == Caller.USER ? "" : " --cgroup-parent $group"));
        caller.get("run -d --pod pod --name web localhost/busybox"
                + " sh -c 'mkdir /w; echo served >/w/i; exec httpd -f -p 8080 -h /w'");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> caller.podman("run --rm --pod pod localhost/busybox wget -qO- http://127.0.0.1:8080/i")
                        .line()
                        .equals("served"));
        caller.get("run -d --pod pod --name other localhost/busybox sleep 1000");
        String links = " sh -c 'for n in net uts ipc mnt; do readlink /proc/self/ns/$n; done; hostname'";
        String[] one = caller.get("exec web" + links).split("\n");
        String[] other = caller.get("exec other" + links).split("\n");
        assertThat(one[0]).isEqualTo(other[0]);
        assertThat(one[1]).isEqualTo(other[1]);
        assertThat(one[2]).isEqualTo(other[2]);
        assertThat(one[3]).isNotEqualTo(other[3]);
        assertThat(one[4]).isEqualTo("shared");
        assertThat(caller.get("generate kube pod")).contains("kind: Pod", "image: localhost/busybox:latest");
        assertThat(caller.get("generate systemd --name pod")).contains("ExecStart=/usr/bin/podman start");
        caller.get("pod stop -t 0 pod");
        caller.get("pod rm pod");
        assertThat(caller.get("ps -aq")).isEmpty();
    }

    /// What `generate kube` writes is what `play kube` runs.
    @ParameterizedTest
    @EnumSource
    void aPodOfAFileIsRun(Caller caller) throws IOException {
        Files.writeString(machine.directory().resolve("pod.yaml"), """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: played
                spec:
                  restartPolicy: Never
                  containers:
                  - name: one
                    image: localhost/busybox:latest
                    command: [sh, -c, "echo $A; sleep 1000"]
                    env:
                    - name: A
                      value: from a file
                    securityContext:
                      runAsUser: 1000
                      readOnlyRootFilesystem: true
                      capabilities:
                        drop: [ALL]
                """);
        caller.get("play kube $dir/pod.yaml");
        caller.waitUntil("logs played-one", "from a file");
        assertThat(
                        caller.get(
                                "exec played-one sh -c 'id -u; grep CapEff /proc/self/status; touch /x || echo ro' 2>/dev/null"))
                .isEqualTo("1000\nCapEff:\t0000000000000000\nro");
        caller.get("play kube --down $dir/pod.yaml");
    }

    @ParameterizedTest
    @EnumSource
    void filesUsersAndRightsAreAsAskedFor(Caller caller) throws IOException {
        Files.createDirectories(machine.directory().resolve("shared"));
        Files.writeString(machine.directory().resolve("shared/file"), "text\n");
        assertThat(caller.box("--read-only --tmpfs /memory:size=1m -v $dir/shared:/ro:ro -v volume:/volume"
                        + " --user guest --cap-drop ALL --security-opt no-new-privileges localhost/busybox"
                        + " sh -c 'id -u; id -G; touch /x || echo root; touch /ro/x || echo ro; cat /ro/file;"
                        + " grep -E \"CapBnd|NoNewPrivs|Seccomp:\" /proc/self/status' 2>/dev/null"))
                .isEqualTo("1000\n1000 2000\nroot\nro\ntext\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2");
        caller.get("volume rm -f volume");
        assertThat(caller.box("--init localhost/busybox cat /proc/1/comm")).isEqualTo("podman-init");
        assertThat(caller.box("--network none localhost/busybox ls /sys/class/net"))
                .isEqualTo("lo");
        Run hosts = caller.run("--rm --network host --pid host localhost/busybox readlink /proc/self/ns/pid");
        if (caller == Caller.ROOT) {
            assertThat(hosts.line()).isEqualTo(machine.get("readlink /proc/self/ns/pid"));
        } else { // and on cgroup v1 an ordinary user has none
            assertThat(hosts.err()).contains("a box that shares a process table needs a control group");
        }
    }

    @Test
    void pauseStatsAndLimitsOfRoot() {
        Caller root = Caller.ROOT;
        root.start(
                "limits",
                "-m 64m --cpus 0.5 --pids-limit 20 localhost/busybox sh -c 'while echo x; do sleep 0.05; done'");
        assertThat(root.get("stats --no-stream --format '{{.MemUsage}}' limits"))
                .endsWith("/ 67.11MB");
        assertThat(root.get("exec limits sh -c 'cd /sys/fs/cgroup; cat cpu/cpu.cfs_quota_us pids/pids.max'"))
                .isEqualTo("50000\n20");
        root.get("pause limits");
        assertThat(root.get("inspect -f '{{.State.Status}}' limits")).isEqualTo("paused");
        root.get("unpause limits");
        assertThat(root.get("inspect -f '{{.State.Status}}' limits")).isEqualTo("running");
        Run run = root.run("--rm -m 20m localhost/busybox sh -c 'x=a; while :; do x=$x$x; done'");
        assertThat(run.code()).isEqualTo(137);
    }

    @Test
    void anOrdinaryUsersContainersHaveHisIds() {
        Caller user = Caller.USER;
        assertThat(user.box("localhost/busybox sh -c 'id -u; tr -s \" \" </proc/self/uid_map'"))
                .isEqualTo("0\n 0 54321 1\n 1 500000 65536");
        assertThat(user.box("--userns keep-id localhost/busybox id -u")).isEqualTo("54321");
        assertThat(user.box("localhost/busybox ls /sys/class/net")).isEqualTo("lo\ntap0");
        assertThat(user.box("--privileged localhost/busybox sh -c 'mkdir /m; mount -t tmpfs t /m && echo mounted'"))
                .isEqualTo("mounted");
        assertThat(user.box("--uidmap 0:1:1000 localhost/busybox sh -c 'tr -s \" \" </proc/self/uid_map'"))
                .isEqualTo("0 1 1000");
        user.start("listed", "localhost/busybox sleep 1000");
        assertThat(user.get("unshare $runtime list -q")).isEqualTo(user.get("inspect -f '{{.Id}}' listed"));
    }

    @Test
    void aUserNamespaceOfRoots() {
        assertThat(Caller.ROOT.box("--uidmap 0:100000:65536 --gidmap 0:100000:65536 localhost/busybox"
                        + " sh -c 'id -u; tr -s \" \" </proc/self/uid_map; touch /x; stat -c %u /x'"))
                .isEqualTo("0\n 0 100000 65536\n0");
    }

    @ParameterizedTest
    @EnumSource
    void aCheckpointIsAnErrorThatSaysSo(Caller caller) {
        caller.start("frozen", "localhost/busybox sleep 1000");
        Run run = caller.podman("container checkpoint frozen");
        assertThat(run.code()).isNotZero();
        assertThat(run.err()).containsIgnoringCase("checkpoint");
        assertThat(caller.get("inspect -f '{{.State.Status}}' frozen")).isEqualTo("running");
    }
}
