package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What containers and volumes take on the disk, and how it is given back: docs/containers.md.
@EndToEnd
class DiskUseIT {
    @TempDir
    Path directory;

    private ImageStore store;

    @BeforeEach
    void image() throws IOException {
        Path root = Rootfs.busybox(directory.resolve("base"));
        store = new ImageStore(directory.resolve("root"));
        store.image("docker.io/library/bb:latest", "linux/amd64", "{\"Env\":[\"PATH=/bin\"]}", ImageStore.layer(root));
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

    /// Two thousand bytes under two names, and three thousand in a directory of somebody else's.
    private static final String WRITE = "'head -c 2000 /dev/zero >/a; ln /a /b; ln -s /bin/busybox /c; mkdir /d;"
            + " head -c 3000 /dev/zero >/d/e; chown 12 /d; chmod 0 /d; head -c 9 /dev/zero >/v/f'";

    @Test
    void whatAContainerHasWrittenIsCounted() {
        Run run = shell("""
                c run --name one -v vol:/v bb sh -c %s
                c create --name two bb true >/dev/null
                c ps -a --format '{{.Names}} {{.Size}}'
                c inspect -s -f '{{.SizeRw}}' one two
                c ps -as | head -1 | grep -o 'NAMES.*'
                c df --format '{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}' | grep -E 'Cont|Vol'
                """.formatted(WRITE));
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().map(it -> it.replaceAll("virtual .*\\)", "virtual)")))
                .containsExactly(
                        "two 0B (virtual)",
                        "one 5kB (virtual)",
                        "5000",
                        "0",
                        "NAMES   SIZE",
                        "Containers 2 0 5kB 5kB",
                        "Local Volumes 1 1 9B 0B");
        long whole = Long.parseLong(
                store.carafe("inspect", "-s", "-f", "{{.SizeRootFs}}", "two").line());
        assertThat(whole).isGreaterThan(500_000); // busybox's
    }

    @Test
    void theyAreShownOneByOne() {
        Run run = shell("""
                c run -d --name one -v vol:/v bb sleep 1000 >/dev/null
                c df -v | grep -A2 -E '^(Images|Containers|Local)' | cut -c1-12
                c df -v --format '{{index .Volumes 0}}'
                c df -v --format json | tr -d ' ' | grep -c '"LocalVolumes":"1"'
                c rm -f one >/dev/null
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("Images space", "REPOSITORY", "Containers s", "CONTAINER ID", "Local Volume", "VOLUME NAME")
                .contains("map[Name:vol Links:1 Size:0B]\n1\n");
    }

    @Test
    void onlyThoseGoThatHaveEndedAndAreMeant() {
        Run run = shell("""
                c run -d --name runs bb sleep 1000 >/dev/null
                c run --name old -l keep=1 bb sh -c 'head -c 4000 /dev/zero >/a'
                c create --name never bb true >/dev/null
                echo n | c container prune
                c container prune -f --filter until=1h
                c container prune -f --filter label=keep=2
                c container prune -f --filter 'label!=keep' | tail -2
                c ps -a --format '{{.Names}}'
                c container prune -f | grep -v -E '^[0-9a-f]{64}$'
                c ps -a --format '{{.Names}}'
                """);
        assertThat(run.err()).startsWith("WARNING! This will remove all containers that have ended, or never ran.");
        assertThat(run.out()).isEqualTo("""
                Total reclaimed space: 0B
                Total reclaimed space: 0B

                Total reclaimed space: 0B
                old
                runs
                Deleted Containers:

                Total reclaimed space: 4kB
                runs
                """);
    }

    @Test
    void aFilterThatIsNoneRemovesNothing() {
        assertThat(store.carafe("container", "prune", "-f", "--filter", "status=exited")
                        .err())
                .contains("invalid argument \"status=exited\"", "there are label=, label!= and until=");
        for (String what : List.of("container", "volume", "network", "pod", "image", "system")) {
            Run late = store.carafe(what, "prune", "--filter", "until=soon");
            assertThat(late.code()).as(what).isEqualTo(125);
            assertThat(late.err())
                    .as("nothing is asked for what can't be done")
                    .contains("soon")
                    .doesNotContain("[y/N]");
        }
        assertThat(store.carafe("container", "prune", "-f", "--filter", "until=soon")
                        .err())
                .contains("it is a time as 2026-01-02T03:04:05Z");
        assertThat(store.carafe("container", "prune", "-f", "all").err()).contains("accepts no arguments");
        assertThat(store.carafe("system", "prune", "-f", "--filter", "until=1h").out())
                .isEqualTo("Total reclaimed space: 0B\n");
        assertThat(store.carafe("df", "-v", "--format", "{{range}}").code()).isEqualTo(125);
    }
}
