package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Volumes and secrets of containers: named ones outlive them, the others go with them, and what is kept of
/// a container tells no secret (docs/volumes.md, docs/secrets.md).
@EndToEnd
class ContainerVolumeIT {
    private static final String VALUE = "Sesame-" + System.nanoTime();

    @TempDir
    Path directory;

    private ImageStore store;

    @BeforeEach
    void image() throws IOException {
        Path root = Rootfs.busybox(directory.resolve("base"));
        Files.createDirectories(root.resolve("data"));
        Files.writeString(root.resolve("data/file"), "of the image\n");
        store = new ImageStore(directory.resolve("root"));
        store.image(
                "docker.io/library/web:latest",
                "linux/amd64",
                "{\"Env\":[\"PATH=/bin\"],\"Volumes\":{\"/data\":{}}}",
                ImageStore.layer(root));
    }

    /// A script in which `c` is the program.
    private Run shell(String script) {
        return store.shell("set -e; c() { " + Carafe.PROGRAM + " \"$@\"; }\n" + script);
    }

    @Test
    void aNamedOneOutlivesItsContainerAndNobodyRemovesItBefore() {
        Run run = shell("""
                c run --name one -v keep:/keep web sh -c 'echo kept >/keep/a'
                c volume rm keep || echo used
                c volume prune -af
                c rm one
                c run --rm -v keep:/keep web cat /keep/a
                c volume rm keep
                """);
        assertThat(run.out()).isEqualTo("used\nTotal reclaimed space: 0B\none\nkept\nkeep\n");
        assertThat(run.err()).isEqualTo("carafe: volume keep is in use by one\n");
    }

    @Test
    void whatTheImageWantsIsKeptUntilTheContainerGoes() {
        Run run = shell("""
                c create --name one -v /more web sh -c 'cat /data/*; echo x >>/data/file; echo y >>/more/file' >/dev/null
                c start -a one
                c start -a one
                c volume ls -q | wc -l
                c rm -v one
                c volume ls -q | wc -l
                c run --rm web cat /data/file
                c volume ls -q | wc -l
                c run --name two web true
                c rm two
                c volume prune -f | grep -c -E '^[0-9a-f]{64}$'
                c volume ls -q | wc -l
                """);
        assertThat(run.out()).isEqualTo("""
                of the image
                of the image
                x
                2
                one
                0
                of the image
                0
                two
                1
                0
                """);
    }

    @Test
    void itsSecretIsNowhereButInIt() throws IOException {
        Run run = shell("""
                printf %%s '%1$s' | c secret create key - >/dev/null
                c run -d --name one --secret key web sh -c 'cat /run/secrets/key >/dev/null && echo read; sleep 1000' >/dev/null
                until [ "$(c logs one)" = read ]; do sleep 0.05; done
                c inspect one
                c exec one cat /run/secrets/key >%2$s/seen
                grep -r '%1$s' %2$s/root ${XDG_RUNTIME_DIR:-/run}/carafe || echo nowhere
                grep -c ' secrets ' /proc/self/mountinfo || true
                c stop -t 0 one
                until [ -z "$(ls ${XDG_RUNTIME_DIR:-/run}/carafe/containers)" ]; do sleep 0.05; done
                c start one
                until [ "$(c logs one | wc -l)" = 2 ]; do sleep 0.05; done
                c rm -f one
                """.formatted(VALUE, directory));
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).doesNotContain(VALUE).contains("\nnowhere\n0\none\none\none\n");
        assertThat(directory.resolve("seen")).hasContent(VALUE);
    }
}
