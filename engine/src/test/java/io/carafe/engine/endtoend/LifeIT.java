package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What containers have of each other, which of them are shown, and several at once: docs/containers.md,
/// volumes.md.
@EndToEnd
class LifeIT {
    @TempDir
    Path directory;

    private ImageStore store;

    @BeforeEach
    void images() throws IOException {
        Path root = Rootfs.busybox(directory.resolve("base"));
        Files.createDirectories(root.resolve("data"));
        Files.writeString(root.resolve("data/file"), "of the image\n");
        store = new ImageStore(directory.resolve("root"));
        Path layer = ImageStore.layer(root);
        store.image("docker.io/library/bb:latest", "linux/amd64", "{\"Env\":[\"PATH=/bin\"]}", layer);
        store.image(
                "docker.io/library/web:latest",
                "linux/amd64",
                "{\"Env\":[\"PATH=/bin\"],\"Volumes\":{\"/data\":{}}}",
                layer);
    }

    @AfterEach
    void removeAll() {
        for (String id : store.carafe("ps", "-aq", "--no-trunc").out().lines().toList()) {
            store.carafe("rm", "-f", id);
        }
    }

    /// A script in which `c` is the program.
    private Run shell(String script) {
        return store.shell("set -e; c() { " + Carafe.PROGRAM + " \"$@\"; }\n" + script);
    }

    @Test
    void volumesOfAnotherOneAreThereToo() {
        Run run = shell("""
                mkdir -p %1$s/bound; echo bound >%1$s/bound/file
                c create --name one -v named:/named -v %1$s/bound:/bound --tmpfs /mem web true >/dev/null
                c run --rm --volumes-from one bb cat /data/file /bound/file
                c run --rm --volumes-from one bb sh -c 'echo written >/named/file; ls -d /mem' || echo no memory
                c run --rm --volumes-from one:ro bb sh -c 'cat /named/file; touch /named/x /bound/x' || echo read-only
                c run --rm --volumes-from one -v %1$s/bound:/named:ro bb cat /named/file
                c run --volumes-from one host cat /named/file
                c explain --volumes-from one:ro host true | grep -q 'mount .*/bound' && echo explained
                c run --name two --volumes-from none bb true || true
                """.formatted(directory));
        assertThat(run.out()).isEqualTo("""
                of the image
                bound
                no memory
                written
                read-only
                bound
                written
                explained
                """);
        assertThat(run.err()).contains("container none does not exist").contains("Read-only file system");
    }

    @Test
    void oneThatNobodyHasNamedGoesWithTheLastThatHasIt() {
        Run run = shell("""
                c run -d --rm --name one web sleep 1000 >/dev/null
                c create --name two --volumes-from one bb cat /data/file >/dev/null
                c stop -t 0 one
                until [ -z "$(c ps -aq --filter name=one)" ]; do sleep 0.05; done
                c start -a two
                c create --name three --volumes-from two bb true >/dev/null
                c rm -v two
                c volume ls -q | wc -l
                c rm -v three
                c volume ls -q | wc -l
                c run --rm web true
                c volume ls -q | wc -l
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("one\nof the image\ntwo\n1\nthree\n0\n0\n");
    }

    @Test
    void onlyTheStreamsThatAreAskedForAreTakenPartIn() {
        Run run = shell("""
                c run --rm -a stderr bb sh -c 'echo out; echo err >&2; exit 3' || echo $?
                c run --rm -a stdout bb sh -c 'echo out; echo err >&2'
                echo in | c run -i --rm -a stdin -a stdout bb cat
                echo in | c run -i --name fed -a stdin bb cat | wc -c
                c wait fed; c logs fed
                c run -a stdout host echo a box
                """);
        assertThat(run.err()).isEqualTo("err\n");
        assertThat(run.out()).isEqualTo("3\nout\nin\n65\n0\nin\na box\n");
        assertThat(store.run("-a", "stdin", "bb", "cat").err()).contains("--attach stdin needs -i");
        assertThat(store.run("-a", "what", "bb", "cat").err()).contains("it is stdin, stdout or stderr");
        assertThat(store.carafe("ps", "-aq", "--filter", "status=created").out())
                .isEmpty();
    }

    @Test
    void sharedMemoryAndNotes() {
        Run run = shell("""
                c run --rm bb df -k /dev/shm | awk 'END{print $2}'
                c run --rm --shm-size 1m bb df -k /dev/shm | awk 'END{print $2}'
                c run --shm-size 2m host df -k /dev/shm | awk 'END{print $2}'
                c run -d --name noted --annotation a.b/c=d bb sleep 1000 >/dev/null
                c inspect -f '{{json .HostConfig.Annotations}}' noted
                grep -sl '"a.b/c":"d"' ${XDG_RUNTIME_DIR:-/run}/carafe/containers/$(c inspect -f '{{.Id}}' noted)/* | wc -l
                c update -m 64m noted
                c inspect -f '{{json .HostConfig.Annotations}}' noted
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().filter(it -> !it.isBlank()))
                .startsWith("65536", "1024", "2048", "{\"a.b/c\":\"d\"}")
                .endsWith("noted", "{\"a.b/c\":\"d\"}");
    }

    @Test
    void oneThatIsRenamedAndGoesWithItsEndLeavesNoName() {
        Run run = shell("""
                c run -d --rm --name one bb sleep 1000 >/dev/null
                c rename one two
                c rename two three
                c stop -t 0 three
                until [ -z "$(ls %1$s/root/containers/names %1$s/root/containers/asking | grep -E '[0-9a-z]$')" ]
                do sleep 0.05; done
                c create --rm --name four bb true >/dev/null; c rename four five; c rm five
                ls %1$s/root/containers/names %1$s/root/containers/asking | grep -v : || true
                """.formatted(directory));
        assertThat(run.err()).isEmpty();
        assertThat(run.out().strip()).isEqualTo("three\nfive");
    }

    @Test
    void severalAreEndedAtOnce() {
        Run run = shell("""
                for i in 1 2 3 4; do c run -d --name s$i bb sh -c 'trap "sleep 1; exit" TERM; while :; do sleep 0.1; done'; done >/dev/null
                begun=$(date +%s); c restart s1 s2 s3 s4; [ $(($(date +%s) - begun)) -lt 4 ] && echo quick
                c ps -q | wc -l
                c stop -t 5 s1 none s2 || echo one failed
                c rm -f s1 s2 s3 s4 none
                c ps -aq | wc -l
                """);
        assertThat(run.out()).isEqualTo("s1\ns2\ns3\ns4\nquick\n4\ns1\ns2\none failed\ns1\ns2\ns3\ns4\n0\n");
        assertThat(run.err()).isEqualTo("carafe: container none does not exist\n");
    }

    @Test
    void anImageOfAContainerStays() {
        Run run = shell("""
                c run -d --name runs bb sleep 1000 >/dev/null
                c create --name rests web true >/dev/null
                c rmi bb || echo used
                c rmi web || echo used
                c rmi -f $(c images -q bb) || echo runs
                c rmi -f bb >/dev/null; c images -q bb | wc -l
                c exec runs true && echo goes on
                c rmi -f web >/dev/null
                c start -a rests && echo starts
                c rm rests; c rm -f runs
                c prune -f >/dev/null; c images -aq | wc -l
                """);
        assertThat(run.out()).isEqualTo("used\nused\nruns\n0\ngoes on\nstarts\nrests\nruns\n0\n");
        assertThat(run.err()).contains("runs", "rests");
    }

    @Test
    void filtersShowWhatIsMeant() {
        Run run = shell("""
                n() { c ps -a --format '{{.Names}}' "$@" | sort | tr '\\n' ' '; echo; }
                c create --name made -l a=1 bb true >/dev/null
                c run --name failed -l a=2 web sh -c 'exit 3' || true
                c run -d --name well --health-cmd true --health-interval 100ms bb sleep 1000 >/dev/null
                c run -d --name still bb sleep 1000 >/dev/null
                c pause still >/dev/null
                until [ -n "$(c ps -q --filter health=healthy)" ]; do sleep 0.05; done
                n --filter status=created
                n --filter status=exited --filter status=paused
                n --filter exited=3
                n --filter exited=4
                n --filter health=healthy
                n --filter health=none
                n --filter label=a
                n --filter label=a=2
                n --filter label=a --filter status=created
                n --filter ancestor=web
                n --filter ancestor=bb:latest
                n --filter since=failed
                n --filter before=failed
                n --filter name='^(made|still)$'
                n --filter id=$(c inspect -f '{{.Id}}' well)
                n --filter pod=none
                c unpause still >/dev/null
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().map(String::strip))
                .containsExactly(
                        "made",
                        "failed still",
                        "failed",
                        "",
                        "well",
                        "failed made still",
                        "failed made",
                        "failed",
                        "made",
                        "failed",
                        "made still well",
                        "still well",
                        "made",
                        "made still",
                        "well",
                        "");
        assertThat(store.carafe("ps", "--filter", "colour=red").err())
                .contains("--filter colour", "no such filter; there are ancestor, before, exited");
        assertThat(store.carafe("ps", "--filter", "name=(").err()).contains("not a pattern");
        assertThat(store.carafe("ps", "--filter", "since=none").err()).contains("container none does not exist");
    }
}
