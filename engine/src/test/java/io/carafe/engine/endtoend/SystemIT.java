package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What looks after all containers: docs/events.md and docs/service.md. Each script has a runtime directory
/// and a daemon of its own, in a mount namespace of its own.
@EndToEnd
class SystemIT {
    @TempDir
    Path directory;

    @BeforeEach
    void image() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "needs busybox");
        var store = new ImageStore(directory.resolve("data"));
        store.image(
                "docker.io/library/bb:latest",
                "linux/amd64",
                "{\"Cmd\":[\"/bin/sh\"],\"Env\":[\"PATH=/bin\"]}",
                ImageStore.layer(Rootfs.busybox(directory.resolve("base"))));
    }

    /// Runs a script in which `boot` is the end of the machine and its next beginning.
    private String script(String text) {
        Run run = Carafe.started(
                        Map.of("CARAFE_DATA_ROOT", directory.resolve("data").toString()),
                        directory,
                        List.of("unshare", "-mn", "--propagation", "private", "bash", "-c", """
                set -eu
                mount -t tmpfs -o mode=0700 own /run/carafe
                daemons() {
                    for pid in $(pgrep -f "[e]ngine.daemon.Main"); do
                        [ "$(readlink /proc/$pid/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ] || echo $pid
                    done
                }
                finish() {
                    ids=$($carafe ps -aq --no-trunc); [ -z "$ids" ] || $carafe rm -f $ids >/dev/null
                    kill -9 $(daemons)
                }
                trap finish EXIT
                pid() { $carafe inspect -f '{{.State.Pid}}' $1; }
                parent() { sed -n 's/^PPid:\\t//p' /proc/$1/status; }
                # every process of ours dies at once, the keepers too, and what is not on a disk is gone
                boot() {
                    for id in $($carafe ps -q --no-trunc); do
                        box=$(pid $id)
                        monitor=$(parent $box)
                        groups=$(sed -n 's/^[0-9]*:\\([^:]*\\):/\\1 /p' /proc/$box/cgroup | grep carafe- || true)
                        kill -STOP $monitor
                        kill -9 $(pgrep -P $monitor) $monitor
                        while kill -0 $box 2>/dev/null; do sleep 0.01; done
                        sleep 0.1
                        find /sys/fs/cgroup -type d -name carafe-$id -exec rmdir {} + 2>/dev/null || true
                    done
                    kill -9 $(daemons)
                    sleep 0.1
                    rm -rf /run/carafe/*
                    sed -i 's/"boot":"[^"]*"/"boot":"another"/' $CARAFE_DATA_ROOT/containers/*/started
                }
                """ + text))
                .finish(Duration.ofSeconds(100));
        assertThat(run.code()).as(run.toString()).isZero();
        return run.out();
    }

    @Test
    void whatHappensIsTold() {
        assertThat(script("""
                        $carafe events --format '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.exitCode}}' >events &
                        sleep 1
                        $carafe run --rm --name one -l a=b bb sh -c 'exit 3' || [ $? = 3 ]
                        $carafe run -d --name two bb sleep 100 >/dev/null
                        $carafe exec two true
                        $carafe pause two >/dev/null
                        $carafe unpause two >/dev/null
                        $carafe rename two three
                        $carafe kill three >/dev/null; $carafe wait three >/dev/null
                        $carafe rm three >/dev/null
                        $carafe run --name four bb nosuch 2>/dev/null || true
                        sleep 0.5
                        kill $!
                        cat events
                        """)).isEqualToIgnoringWhitespace("""
                        create one <no value>
                        start one <no value>
                        die one 3
                        destroy one <no value>
                        create two <no value>
                        start two <no value>
                        exec_create: true two <no value>
                        exec_start: true two <no value>
                        exec_die two 0
                        pause two <no value>
                        unpause two <no value>
                        rename three <no value>
                        kill three <no value>
                        die two 137
                        destroy three <no value>
                        create four <no value>
                        start four <no value>
                        die four 127
                        """);
    }

    @Test
    void furtherProcessesSayHowTheyEnd() {
        assertThat(script("""
                        $carafe run -d --name one bb sleep 100 >/dev/null
                        $carafe exec one sh -c 'exit 3' || true
                        $carafe exec one nosuch 2>/dev/null || true
                        $carafe exec -d one sh -c 'sleep 0.2; exit 4'
                        $carafe exec -d one nosuch 2>/dev/null || echo $?
                        sleep 1
                        $carafe exec one sh -c 'kill -9 $$' || true
                        $carafe events --since 1m --stream=false -f event=exec_die --format '{{.Action}} {{.Actor.Attributes.exitCode}}'
                        $carafe events --since 1m --stream=false --format '{{.Actor.Attributes.execID}}' -f event=exec_create >created
                        $carafe events --since 1m --stream=false --format '{{.Actor.Attributes.execID}}' -f event=exec_die >died
                        sort created >a; sort died | cmp a -
                        """)).isEqualTo("""
                        127
                        exec_die 3
                        exec_die 127
                        exec_die 127
                        exec_die 4
                        exec_die 137
                        """);
    }

    @Test
    void aKillForWantOfMemoryIsToldWhileTheContainerRuns() {
        assertThat(script("""
                        $carafe run -d --name one -m 32m bb sh -c 'tail /dev/zero; sleep 100' >/dev/null
                        for i in $(seq 100); do
                            [ -z "$($carafe events --since 1m --stream=false -f event=oom)" ] || break; sleep 0.05
                        done
                        $carafe inspect -f '{{.State.Status}} {{.State.OOMKilled}}' one
                        $carafe exec one sh -c 'tail /dev/zero' || echo $?
                        $carafe kill one >/dev/null; $carafe wait one >/dev/null
                        $carafe events --since 1m --stream=false --format '{{.Action}}' -f event=oom -f event=die
                        $carafe inspect -f '{{.State.OOMKilled}}' one
                        """)).isEqualTo("running false\n137\noom\noom\ndie\ntrue\n");
    }

    @Test
    void eventsAreFilteredAndEnd() {
        assertThat(script("""
                        $carafe run -d --name one -l of=me bb true >/dev/null
                        $carafe wait one >/dev/null
                        sleep 0.2
                        $carafe events --since 1m --until 0s -f event=die -f container=one | sed 's/.*container/container/; s/[0-9a-f]\\{64\\}/ID/'
                        $carafe events --since 1m --stream=false -f label=of=you
                        $carafe events --since 1m --stream=false -f type=volume
                        $carafe events --since 1m --stream=false -f event=start --format json | grep -c '"Type":"container","Action":"start"'
                        """))
                .matches("container die ID \\(exitCode=0, image=[a-z./]*bb(:latest)?, name=one, of=me\\)\n1\n");
    }

    @Test
    void limitsAndPoliciesChangeWhileItRuns() {
        assertThat(script("""
                        $carafe run -d --name one -m 64m bb sleep 100 >/dev/null
                        $carafe update -m 32m --pids-limit 7 one >/dev/null
                        $carafe stats --no-stream --format '{{.MemUsage}}' one | sed 's/.* //'
                        $carafe restart -t 0 one >/dev/null
                        $carafe stats --no-stream --format '{{.MemUsage}}' one | sed 's/.* //'
                        $carafe update --restart on-failure:1 one >/dev/null
                        kill -9 $(pid one)
                        for i in $(seq 100); do [ "$($carafe inspect -f '{{.RestartCount}}' one)" = 0 ] || break; sleep 0.05; done
                        $carafe inspect -f '{{.RestartCount}}' one
                        sleep 0.5
                        $carafe update --restart no one >/dev/null
                        kill -9 $(pid one)
                        sleep 1
                        $carafe ps -a --format '{{.State}}'
                        $carafe update one 2>&1 | head -1 || true
                        """)).isEqualTo("""
                        32MiB
                        32MiB
                        1
                        exited
                        carafe: you must provide one or more flags when using this command
                        """);
    }

    @Test
    void afterARebootTheListIsTrueAndPoliciesAreHonoured() {
        assertThat(script("""
                        for policy in no always unless-stopped on-failure; do
                            $carafe run -d --name $policy --restart $policy bb sleep 100 >/dev/null
                            $carafe run -d --name $policy-stopped --restart $policy bb sleep 100 >/dev/null
                            $carafe stop -t 0 $policy-stopped >/dev/null
                        done
                        $carafe create --name created --restart always bb sleep 100 >/dev/null
                        boot
                        $carafe ps -q
                        $carafe ps -a --format '{{.Names}} {{.State}}' | sort
                        $carafe system service --once | sort
                        $carafe ps --format '{{.Names}}' | sort
                        $carafe system check
                        """)).isEqualTo("""
                        always dead
                        always-stopped exited
                        created created
                        no dead
                        no-stopped exited
                        on-failure dead
                        on-failure-stopped exited
                        unless-stopped dead
                        unless-stopped-stopped exited
                        started always (always)
                        started always-stopped (always)
                        started on-failure (on-failure)
                        started unless-stopped (unless-stopped)
                        always
                        always-stopped
                        on-failure
                        unless-stopped
                        Nothing is amiss.
                        """);
    }

    @Test
    void serviceStartsWhatNobodyMindsServesFiguresAndLeavesContainersRunning() {
        assertThat(script("""
                        $carafe run -d --name one --restart always bb sleep 100 >/dev/null
                        $carafe system service --metrics unix:socket >service & service=$!
                        for i in $(seq 100); do [ ! -S socket ] || break; sleep 0.05; done
                        curl -s --unix-socket socket http://x/metrics | grep -c '^container_memory_usage_bytes{.*name="one"'
                        curl -s -o /dev/null -w '%{http_code}\\n' --unix-socket socket http://x/
                        rm $CARAFE_DATA_ROOT/containers/*/carafe # as if whoever asks were killed at once
                        kill -9 $(pid one)
                        for i in $(seq 300); do ! grep -q started service || break; sleep 0.05; done
                        cat service
                        kill $service
                        wait $service || true
                        sleep 0.5
                        [ ! -e socket ] && $carafe ps --format '{{.Names}}'
                        """)).isEqualTo("1\n404\nstarted one (always)\none\n");
    }

    @Test
    void furtherProcessesAreListedAndEnded() {
        assertThat(script("""
                        $carafe run -d --name one bb sleep 100 >/dev/null
                        $carafe exec --list one | wc -l
                        $carafe exec -d one sleep 77
                        sleep 0.3
                        $carafe exec --list one | awk 'NR > 1 {print $3, $5, $6}'
                        further=$($carafe exec --list one | awk 'NR > 1 {print $1}')
                        $carafe exec --kill $further one | sed "s/$further/PID/"
                        $carafe exec --kill $(pid one) one 2>/dev/null || echo refused
                        $carafe exec --kill $$ one 2>/dev/null || echo refused
                        sleep 0.3
                        $carafe exec --list one | wc -l
                        $carafe ps --format '{{.Names}}'
                        """)).isEqualTo("1\nroot sleep 77\nPID\nrefused\nrefused\n1\none\n");
    }

    @Test
    void leftoversAreFoundAndRepaired() {
        assertThat(script("""
                        c=$CARAFE_DATA_ROOT/containers
                        id=$(printf %064d 1)
                        mkdir -p $c/names $c/removed/$id/upper $c/$id
                        echo -n $id >$c/names/ghost
                        for v in memory unified; do g=/sys/fs/cgroup/$v; [ ! -d $g ] || mkdir -p $g/carafe-$id; done
                        $carafe run -d --name one bb sleep 100 >/dev/null
                        monitor=$(parent $(pid one))
                        kill -STOP $monitor
                        kill -9 $(pgrep -P $monitor) $monitor # its keeper too: nobody cleans up
                        $carafe system check >found && exit 1
                        grep -c -e ghost -e 'was removed' -e 'half made' -e 'has ended, and what it ran in' found
                        $carafe ps -a --format '{{.Names}} {{.State}}'
                        $carafe system check --repair >/dev/null
                        $carafe system check
                        ls $c | wc -l
                        find /sys/fs/cgroup -name carafe-$id
                        """)).isEqualTo("4\none dead\nNothing is amiss.\n3\n");
    }

    @Test
    void whoeverIsKilledContainersLiveAndNothingIsLeft() {
        Run run = Carafe.started(
                        Map.of("carafe", Carafe.PROGRAM.toString(), "SOAK_DIR", directory.toString()),
                        directory,
                        List.of(
                                Path.of("../bench/soak")
                                        .toAbsolutePath()
                                        .normalize()
                                        .toString(),
                                "40"))
                .finish(Duration.ofMinutes(4));
        assertThat(run.code()).as(run.toString()).isZero();
    }
}
